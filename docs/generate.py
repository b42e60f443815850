"""Makes what is made: the picture of the README, from a scripted session, the page of keys, and the catalog's schema.

Run it with `make docs`. With `--check` nothing is written and the exit status says whether a text is stale.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from modtui.files.policy_json_schema import schema_text
from modtui.services.catalogs import load_rulebook
from modtui.services.clock import Clock
from modtui.services.importing import ImportOrder, run_import
from modtui.services.review_session import ReviewSession
from modtui.services.shipped import shipped
from modtui.store.workspace import open_workspace
from modtui.tui.app import ModtuiApp
from modtui.tui.key_docs import keys_page
from modtui.tui.screens.briefings import Briefings

DOCS = Path(__file__).parent
AD = "ad-2001"
KEYS = ("1",)
SIZE = (120, 36)
NOW_MS = 1_795_600_000_000
"A fixed moment of the demo queue's week, so that the picture does not change with the day."


def clock() -> int:
    return NOW_MS


async def picture(at: Clock) -> str:
    """The review screen as SVG, with one ad opened and some keys pressed."""
    with tempfile.TemporaryDirectory() as folder, open_workspace(Path(folder) / "demo.db", at()) as workspace:
        rulebook = load_rulebook(shipped("policies.yaml"), workspace, at())
        run_import(workspace, rulebook.catalog, ImportOrder([shipped("data/demo/queue.jsonl")], "demo"), clock=at)
        session = ReviewSession(workspace, rulebook, "demo", "amina", clock=at)
        app = ModtuiApp(session)
        async with app.run_test(size=SIZE) as pilot:
            while not isinstance(app.screen, Briefings):
                await pilot.pause()
            await pilot.press("escape")
            await pilot.pause()
            await session.open_ad("demo", AD)
            assert app.review is not None
            app.review.show_all()
            for key in KEYS:
                await pilot.press(key)
            await pilot.pause()
            return without_remote_fonts(app.export_screenshot(title="modtui review demo"))


def without_remote_fonts(svg: str) -> str:
    """The picture without the web fonts it names: whoever opens it fetches nothing."""
    quiet = re.sub(r"@font-face\s*\{[^}]*\}|<!--.*?-->", "", svg, flags=re.DOTALL)
    return quiet.replace("Fira Code", "monospace")


def main() -> int:
    texts = {
        DOCS / "keys.md": keys_page(),
        DOCS.parent / "data" / "policies.schema.json": schema_text(DOCS.joinpath("policy-file.md").read_text("utf-8")),
    }
    if "--check" in sys.argv:
        return int(any(path.read_text(encoding="utf-8") != text for path, text in texts.items()))
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    (DOCS / "review.svg").write_text(asyncio.run(picture(clock)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
