"""The real program on a terminal, over a workspace of its own; what it did is read from the event log."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from modtui.domain.events import withdrawn
from modtui.services.catalogs import load_rulebook
from modtui.services.clock import wall_clock
from modtui.services.importing import ImportOrder, build_search_index, run_import
from modtui.store.event_log import EventLog
from modtui.store.workspace import open_workspace
from tests.terminal.pty_session import PtySession

MODTUI = ("-m", "modtui")
RULES = """
schema: modtui/policies/1
catalog: {id: house, version: 2026.11.1, effective: 2026-01-01, title: House}
routes: {legal: Counsel for the market., child-safety: The child safety team.}
policies:
  - id: weight.loss
    title: Weight management
    family: health
    axis: content
    severity: high
    principle: Nobody is promised a body.
    cues: {words: [lose 10 kg]}
    checks:
      - id: weight.loss/promise
        key: wl
        ask: Does the ad promise weight loss without diet or effort?
        effect: prohibited
        ref: House rule
        fix: Take out the promise.
"""


class House:
    """A folder with a workspace, its catalog and nobody else's settings."""

    def __init__(self, folder: Path, rules: str = RULES) -> None:
        self.folder = folder
        self.workspace = folder / "workspace.db"
        self.policies = folder / "policies.yaml"
        self.policies.write_text(rules, encoding="utf-8")
        (folder / "config.toml").touch()

    @property
    def env(self) -> dict[str, str]:
        return {
            "MODTUI_CONFIG": str(self.folder / "config.toml"),
            "MODTUI_WORKSPACE": str(self.workspace),
            "MODTUI_POLICIES": str(self.policies),
            "MODTUI_REVIEWER": "amina",
            "XDG_STATE_HOME": str(self.folder / "state"),
        }

    def bring(self, ads: Iterable[Mapping[str, Any]], queue: str = "q", name: str = "") -> None:
        """Import ads and make them searchable."""
        path = self.folder / f"{name or 'ads'}.jsonl"
        path.write_text("".join(json.dumps(each) + "\n" for each in ads), encoding="utf-8")
        with open_workspace(self.workspace, wall_clock()) as workspace:
            rulebook = load_rulebook(self.policies, workspace, wall_clock())
            run_import(workspace, rulebook.catalog, ImportOrder([path], queue))
            build_search_index(workspace)

    def run(
        self, *words: str, env: Mapping[str, str] | None = None, program: Sequence[str] = MODTUI, **terminal: Any
    ) -> PtySession:
        """`modtui` with these words on a terminal."""
        command = [sys.executable, *program, *words]
        return PtySession(command, env={**self.env, **(env or {})}, cwd=self.folder, **terminal)

    def outcomes(self) -> list[tuple[str, str]]:
        """Ads and what stands decided of them, oldest first."""
        with open_workspace(self.workspace, wall_clock()) as workspace:
            events = [event for _, event in EventLog().read(workspace.reader)]
        gone = withdrawn(events)
        return [
            (event.subject.ad_id, event.body["outcome"])
            for event in events
            if event.kind == "decision" and event.id not in gone and event.subject
        ]

    def events(self) -> list[str]:
        """The kinds of all events, oldest first."""
        with open_workspace(self.workspace, wall_clock()) as workspace:
            return [event.kind for _, event in EventLog().read(workspace.reader)]


def lit(number: int) -> dict[str, Any]:
    """An ad that lights the one check, as digit 1."""
    return {"id": f"ad-{number}", "markets": ["FR"], "creative": {"body": f"Lose 10 kg, offer {number}."}}


def clean(number: int) -> dict[str, Any]:
    """An ad that nothing points at: Enter approves it."""
    return {"id": f"ad-{number}", "markets": ["FR"], "creative": {"body": f"Fresh bread, offer {number}."}}
