"""A hostile queue through the real program, with the output filter off: every screen, dialog, toast and command.

What a run writes is held against the same run over a benign twin: not one kind of control function may be new.
MODTUI_LONG=1 walks the whole corpus; otherwise a sample of every group.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.corpus import hostile_ad, hostile_texts
from tests.terminal.pty_session import ROOT, PtySession, control_functions, novel_control_functions
from tests.terminal.real_app import RULES, House

pytestmark = pytest.mark.terminal
BARE = (str(ROOT / "tests" / "terminal" / "bare_app.py"),)
CUES = RULES.replace("words: [lose 10 kg]", "words: [buy, invoice], patterns: ['(?s)buy.{0,40}']")
EVIL = "\x1b]0;pwned\x07\x1b[2J\x9b31m[@click=app.quit]x[/]\u202e\u200b"
BENIGN = "buy fresh bread every morning, ten kinds"
WALKED = 1_000 if os.environ.get("MODTUI_LONG") else 1
"Texts of each group that are walked through."
TOURED = (("osc", "clipboard-st"), ("csi", "clear"), ("markup", "0"), ("width", "zalgo"))


class Tour:
    """Presses keys one by one, each once the screen has answered the one before."""

    def __init__(self, session: PtySession) -> None:
        self.session = session

    def press(self, *keys: str, within: float = 0.25) -> None:
        for key in keys:
            before = len(self.session.raw)
            self.session.send(key)
            deadline = time.monotonic() + within
            while len(self.session.raw) == before and time.monotonic() < deadline:
                self.session.wait_quiet(0.02)
            self.session.wait_quiet(0.03)

    def look(self, key: str, *inside: str) -> None:
        """Open something, look around in it, and leave it by Escape."""
        self.press(key, *inside)
        self.press("\x1b")
        # Escape and a bracket typed after it would be the beginning of a sequence.
        self.session.wait_quiet(0.12)


def queue_of(is_hostile: bool) -> Iterator[dict[str, Any]]:
    """The ads of the tour, those of the walk, and a second version of the first."""
    kinds = {(group, name): text for group, name, text in hostile_texts()}
    walked: dict[str, int] = {}
    for place in (*TOURED, *(place for place in kinds if place not in TOURED)):
        walked[place[0]] = walked.get(place[0], 0) + 1
        if walked[place[0]] <= WALKED and (is_hostile or place in TOURED):
            text = kinds[place] if is_hostile else BENIGN
            # Something that is lit whatever the text, so that each ad can be answered and none is approved at once.
            ad = hostile_ad(*place, text)
            ad["creative"]["disclaimer"] = f"buy {text}"
            ad["media"] = [{"path": f"media/{text[:20]}.png", "kind": "image"}]
            yield ad if is_hostile else {**ad, "id": f"{place[0]}-{place[1]}"}


def house_of(folder: Path, is_hostile: bool) -> House:
    folder.mkdir()
    house = House(folder, CUES)
    ads = list(queue_of(is_hostile))
    house.bring(ads, queue=name_of("q", is_hostile))
    first = ads[0]
    house.bring([{**first, "creative": {**first["creative"], "body": f"{first['creative']['body']} now"}}],
                queue=name_of("q", is_hostile))  # fmt: skip
    return house


def name_of(name: str, is_hostile: bool) -> str:
    return name + EVIL if is_hostile else f"{name} of the morning"


def run(
    house: House, *words: str, is_hostile: bool, env: Mapping[str, str] | None = None, **terminal: Any
) -> PtySession:
    who = {"MODTUI_REVIEWER": name_of("amina", is_hostile), "PYTHONPATH": str(ROOT)}
    return house.run(*words, env={**who, **(env or {})}, program=BARE, **terminal)


def review(house: House, is_hostile: bool, columns: int, rows: int, env: Mapping[str, str] | None = None) -> bytes:
    """The review screen with all it opens, then home and the list; nothing is decided that stays so."""
    queue = name_of("q", is_hostile)
    note = EVIL if is_hostile else BENIGN
    count = sum(1 for _ in queue_of(is_hostile))
    with run(house, "review", queue, is_hostile=is_hostile, columns=columns, rows=rows, env=env) as session:
        session.wait_for("⏎  .*(APPROVE|REJECT)")
        tour = Tour(session)
        for _ in TOURED[: 2 if is_hostile and columns < 100 else 1]:
            tour.press("1", "j", "\t", "j", "JK\t", "t", "tl", "i", "P", ".")
            tour.look("c", f"\x1b[200~{note}\x1b[201~", "x")
            for key in "wm?edhs":
                tour.look(key, "j")
            tour.look("v", "1")
            tour.look("/", "weight")
            tour.look(":", "key")
            tour.look("m", "2", "\r")
            tour.press("\x1b")
            tour.press("]")
        for _ in range(count - len(TOURED) if columns < 100 or WALKED > 1 else 3):
            tour.press("1", "]")
        session.wait_quiet(0.2)
        # What is said of an ad that was decided, held, given back, taken back.
        tour.press("h", "1")
        session.wait_quiet(0.2)
        tour.press("u")
        session.wait_quiet(0.2)
        tour.press("s", "1")
        session.wait_quiet(0.2)
        tour.press("u", "U", "u")
        home_and_list(tour)
        session.send("\x11")
        assert session.wait_exit() == 0
        return bytes(session.raw)


def home_and_list(tour: Tour) -> None:
    session = tour.session
    tour.press("g", "h")
    session.wait_for_bytes(b"Queues")
    tour.press("j", "k", "?", "\x1b")
    session.wait_quiet(0.12)
    tour.press("/")
    session.wait_quiet(0.2)
    tour.press("j", "J", "K", "k")
    tour.look("f", "j")
    tour.look("F", "j")
    tour.look("?")
    tour.press("/", *"buy", "\r")
    session.wait_quiet(0.2)
    tour.press("\x1b")
    session.wait_quiet(0.12)
    tour.press(":", *"test", "\r")
    session.wait_quiet(0.1)
    tour.press("x", "\x1b", "\x1b")


@pytest.fixture(scope="module")
def benign(tmp_path_factory: pytest.TempPathFactory) -> House:
    return house_of(tmp_path_factory.mktemp("twins") / "benign", False)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> House:
    return house_of(tmp_path_factory.mktemp("twins") / "hostile", True)


@pytest.fixture(scope="module")
def allowed(benign: House) -> set[str]:
    return control_functions(review(benign, False, 80, 24))


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 48)])
def test_screens_write_nothing_from_the_queue(hostile: House, allowed: set[str], columns: int, rows: int) -> None:
    raw = review(hostile, True, columns, rows)
    assert novel_control_functions(raw, allowed) == set()
    assert hostile.outcomes() == []


def test_the_audit_can_fail(hostile: House, allowed: set[str]) -> None:
    with run(hostile, "review", name_of("q", True), is_hostile=True, env={"BARE_TEXT": "1"}) as session:
        session.wait_for_bytes(b"\x1b[?1049h")
        session.wait_quiet(1.0)
        novel = novel_control_functions(bytes(session.raw), allowed)
    assert len(novel) > 3


MISTAKES = (
    'schema: modtui/policies/1\ncatalog: {id: "a\\e[2J\\x9b", version: "\\e]0;x\\a", nope\x9b: 1}\n"\\e[31m": 1\n',
    "schema: modtui/policies/1\ncatalog: {id: a, version: x, nope: 1}\nother: 1\n",
)
KEYMAPS = ('"no\\e[2Jsuch": a\n', "nosuch: a\n")


def commands(house: House, is_hostile: bool) -> bytes:
    """Every command that prints, on a terminal of its own."""
    name = "evil\x1b[2J\x9b31m" if is_hostile else "good name"
    text = EVIL if is_hostile else BENIGN
    queue = name_of("q", is_hostile)
    ads, table, rules, quoted, keys = (f"{house.folder}/{name}.{end}" for end in ("jsonl", "csv", "yaml", "yml", "map"))
    Path(ads).write_text(f'{{"id": "nothing to see"}}\n{{"id": 1, "x{name}": \n[1]\n"{name}"\n', encoding="utf-8")
    Path(table).write_text(f"id,{name}\n1,{text}\n", encoding="utf-8")
    Path(rules).write_text(f"schema: modtui/policies/1\n{name}: {text}\npolicies: [{name}]\n", encoding="utf-8")
    Path(quoted).write_text(MISTAKES[not is_hostile], encoding="utf-8")
    Path(keys).write_text(KEYMAPS[not is_hostile], encoding="utf-8")
    calls: list[tuple[str, ...]] = [
        ("import", ads), ("import", f"missing {name}"), ("import", "--guess", table),
        ("import", table, "--mapping", f"nope {name}"), ("import", table, "--markets", name), ("queues",),
        ("ads", "buy", "--limit", "200"), ("ads", f"state:{name}"), ("decisions",),
        ("decisions", "--format", "csv"), ("export", "jsonl"), ("export", "csv"), ("policies", "check", rules),
        ("policies", "check", quoted), ("policies", "check", f"no {name}"), ("verify",), ("doctor",), ("keys",),
        ("backup",), ("restore",), ("review", f"no {name}"),
        (f"no{name}",), ("ads", f"--no{name}"),
        ("--policies", rules, "queues"), ("--policies", rules, "review", queue),
        ("--workspace", f"{ads}/{name}.db", "queues"), ("--workspace", ads, "queues"),
    ]  # fmt: skip
    raw = plainly(house, is_hostile)
    # The harmless run shows what a command may write: a progress bar, an error, lines.
    for words in calls if is_hostile else (*calls[:2], *calls[6:8], ("verify",), ("keys",)):
        env = {"MODTUI_KEYMAP": keys} if words == ("keys",) else {}
        with run(house, *words, is_hostile=is_hostile, env=env) as session:
            status = session.wait_exit()
            raw += bytes(session.raw)
            assert status in (0, 1, 2), (words, session.text)
            assert b"Traceback" not in session.raw, (words, session.text)
    return raw


def plainly(house: House, is_hostile: bool) -> bytes:
    """The line mode, with an ad decided and taken back."""
    with run(
        house, "review", name_of("q", is_hostile), "--plain", is_hostile=is_hostile, columns=200, rows=60
    ) as session:
        session.wait_for("^>")
        # The terminal itself echoes what is typed, escapes as ^[.
        typed = "x\x1b[2Jx" if is_hostile else "x"
        for line in ("1 r", "u", "t", "w", "l", "?", "1", f"c {typed}", typed, "h", "s", "e", f"d {typed}", "h 1", "u"):
            session.send(line + "\n")
            session.wait_quiet(0.1)
        session.send("q\n")
        assert session.wait_exit() == 0
        return bytes(session.raw)


def test_commands_write_nothing_from_the_queue(benign: House, hostile: House) -> None:
    allowed = control_functions(commands(benign, False))
    assert novel_control_functions(commands(hostile, True), allowed) == set()
    assert hostile.outcomes() == []
