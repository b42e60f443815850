"""A review session to tell stories with: keys from the registry, what the screen shows, and nothing that sleeps."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.files.policy_file import read_catalog
from modtui.tui import keymap as keymaps
from modtui.tui.actions import Action
from modtui.tui.app import ModtuiApp
from modtui.tui.keymap import Keymap
from modtui.tui.screens.review import ReviewScreen
from tests.tui.list_session import ListSession

GOLDEN = Path(__file__).parent / "golden"

CATALOG = """
schema: modtui/policies/1
catalog: {id: story, version: 2026.11.1, effective: 2026-01-01, title: Story}
market_groups: {NORDIC: [DK, NO, SE]}
routes: {legal: Counsel for the market., child-safety: The child safety team.}
policies:
  - id: weight.loss
    title: Weight management
    family: health
    axis: content
    severity: high
    principle: Nobody is promised a body.
    guidance: |
      1. Is a loss of weight promised? Answer *yes*.
    cues: {words: [perdez 10 kg, lose 10 kg, تخسر 10 كيلو]}
    checks:
      - id: weight.loss/promise
        key: wl
        ask: Does the ad promise weight loss without diet or effort?
        effect: prohibited
        ref: House rule
        fix: Take out the promise.
      - id: weight.loss/before-after
        key: wb
        ask: Does it show a body before and after?
        severity: medium
        effect: prohibited
        ref: House rule
        fix: Take out the pictures of bodies.
  - id: alcohol.product
    title: Alcoholic drinks
    family: alcohol
    axis: industry
    severity: medium
    principle: Drinks reach only people old enough.
    cues: {industries: [food.alcohol], words: [wine, whisky]}
    checks:
      - id: alcohol.product/sells
        key: al
        ask: Does the ad sell or show an alcoholic drink?
        min_age: 18
        ref: House rule
        fix: Target adults only and leave out markets that ban it.
        markets:
          SA: {effect: prohibited, basis: law, mark: S, ref: Ban on alcohol}
          FR:
            - {min_age: 18, ref: House rule}
            - {needs: {certificate: {kind: alcohol, missing: held}}, basis: law, mark: V, ref: French rule,
               fix: Send the licence.}
      - id: alcohol.product/minor-appeal
        key: am
        ask: Would a child be drawn to it?
        when: {alcohol.product/sells: yes}
        severity: high
        required: yes
        effect: prohibited
        ref: House rule
        fix: Take out what appeals to children.
  - id: threat.life
    title: Threats to life
    family: safety
    axis: content
    severity: critical
    principle: People stay alive.
    checks:
      - id: threat.life/threat
        key: tl
        ask: Does it threaten somebody's life?
        effect: prohibited
        ref: House rule
        fix: Nothing cures it.
        escalation: {class: threat-to-life, route: legal}
"""


@cache
def catalog() -> Catalog:
    found, problems = read_catalog(CATALOG.encode(), "story.yaml")
    assert found is not None and not problems, [str(problem) for problem in problems]
    return found


def ad(ad_id: str, **payload: Any) -> Ad:
    """An ad from its JSON, for adults in Belgium unless it says otherwise."""
    whole: dict[str, Any] = {
        "source": "story",
        "id": ad_id,
        "markets": ["BE"],
        "languages": ["en"],
        "audience": {"min_age": 18},
        "advertiser": {"name": "Glow LLC", "country": "US"},
    }
    return ad_from_payload(whole | payload)


CLEAN = ad("ad-1", creative={"display_name": "Bakery", "body": "Fresh bread every morning at six."})
LIT = ad(
    "ad-2",
    markets=["FR", "SA", "BE"],
    languages=["fr"],
    audience={"min_age": 16},
    schedule={"start": "2026-12-01", "end": "2026-12-24"},
    creative={
        "display_name": "GlowFit",
        "headline": "Perdez 10 kg en 10 jours !",
        "body": "Sans régime, sans sport. Résultats garan\u200btis, un verre de wine compris.",
        "call_to_action": "Commander",
        "transcript": [{"start_ms": 3000, "end_ms": 5000, "text": "Sans aucun effort."}],
    },
    media=[{"path": "media/2.mp4", "kind": "video"}],
    landing_page={
        "url": "https://glowfit.example/fr",
        "title": "Cure minceur",
        "text": "Essai gratuit. " * 60,
        "captured_at": "2026-11-20T04:00:00Z",
    },
    translations={"en": {"body": "No diet, no sport."}},
    flags=[{"source": "text-model-7", "label": "weight", "score": 0.83}],
)
HOSTILE = ad(
    "ad-3\x1b[2J",
    creative={
        "display_name": "\x1b]0;gotcha\x07Bank\u202eknaB",
        "headline": "[bold red]free[/] \u200b\u200b\u200bwine \u2066\x9b31m",
        "body": "اربح جائزة wine 123 اليوم\nline two\ttab\r\nthree " + "x" * 300 + " ⟦ZWSP⟧ 👩‍👩‍👧‍👦 e" + "\u0301" * 30,
    },
    advertiser={"name": "Evil\nCorp [@click=app.quit]x[/]", "country": "US"},
    landing_page={"url": "javascript:alert(1)\x1b[31m", "title": "\x07bell"},
    extra={"\x1bkey": "\x1b[5mvalue"},
)
WINE = ad(
    "ad-4",
    markets=["FR", "SA"],
    industry="food.alcohol",
    creative={"display_name": "Chai", "body": "A red wine, 2023."},
)
PLAIN = tuple(ad(f"ad-1{n}", creative={"body": f"Plain offer number {n}."}) for n in range(4))


@dataclass
class Story:
    """A running app with its session, in the words of a reviewer."""

    app: ModtuiApp
    pilot: Pilot[None]
    session: ListSession

    @property
    def screen(self) -> ReviewScreen:
        review = self.app.review
        assert review is not None
        return review

    async def press(self, *keys: Action | str) -> None:
        """Press keys, or the keys of actions, and wait until all they started has been shown."""
        for key in keys:
            name = self.app.keymap.key(key) if isinstance(key, Action) else key
            await self.pilot.press(NAMES.get(name, name))
            await self.settled()

    async def settled(self) -> None:
        """Wait for the verb that runs, unless it is held by the session's gate, and for the paint."""
        gate = self.session.gate
        while self.screen.is_saving and (gate is None or gate.is_set()):
            await self.pilot.pause()
        await self.pilot.pause()

    def text(self) -> str:
        """What is on screen, without spaces at line ends."""
        screen = self.app.screen
        width, height = screen.size
        strips = [strip.crop(0, width) for strip in screen._compositor.render_strips()[:height]]
        lines = ["".join(part.text for part in strip if not part.control).rstrip() for strip in strips]
        return "\n".join(lines) + "\n"

    def shows(self, *words: str) -> None:
        shown = " ".join(self.text().split())
        for each in words:
            assert " ".join(each.split()) in shown, f"{each!r} is not on screen:\n{self.text()}"

    def hides(self, *words: str) -> None:
        shown = " ".join(self.text().split())
        for each in words:
            assert " ".join(each.split()) not in shown, f"{each!r} is on screen:\n{self.text()}"

    def outcomes(self) -> list[tuple[str, str]]:
        """What was decided, oldest first."""
        return [(ad_id, body["outcome"]) for ad_id, body, _ in self.session.decided]

    @property
    def ad_id(self) -> str:
        assert self.screen.desk is not None
        return self.screen.desk.case.ad.id


NAMES = {
    "/": "slash", ".": "full_stop", "?": "question_mark", ":": "colon", "]": "right_square_bracket",
    "[": "left_square_bracket",
}  # fmt: skip


@asynccontextmanager
async def desk_with(
    *ads: Ad,
    size: tuple[int, int] = (120, 40),
    keymap: Keymap = keymaps.DEFAULT,
    reorder: str = "terminal",
    **session: Any,
) -> AsyncIterator[Story]:
    """An app on the first of the ads."""
    with_ads = ListSession(ads, catalog(), **session)
    app = ModtuiApp(with_ads, keymap=keymap, reorder=reorder)
    async with app.run_test(size=size) as pilot:
        story = Story(app, pilot, with_ads)
        await pilot.pause()
        await pilot.pause()
        yield story


def demo_ads(lines: Sequence[int]) -> list[Ad]:
    """Ads of the shipped queue by line."""
    path = Path(__file__).parents[2] / "data" / "demo" / "queue.jsonl"
    rows = path.read_text(encoding="utf-8").splitlines()
    return [ad_from_payload({"source": "demo", **json.loads(rows[line])}) for line in lines]
