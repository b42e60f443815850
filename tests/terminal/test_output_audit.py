"""No control function from data reaches the terminal: what a hostile run writes, a harmless run writes too."""

from __future__ import annotations

import pytest

from modtui.tui.terminal.output_filter import filtered
from tests.hostile.corpus import hostile_ads, hostile_texts
from tests.terminal.pty_session import PtySession, control_functions, novel_control_functions, python

pytestmark = pytest.mark.terminal


def written(kind: str, **env: str) -> bytes:
    with PtySession(python("tests/terminal/gallery_app.py", kind), 100, 30, env=env, answers=False) as session:
        session.wait_for_bytes(b"DONE", 60)
        session.send("\x11")
        session.wait_exit()
        return bytes(session.raw)


@pytest.fixture(scope="module")
def allowed() -> set[str]:
    return control_functions(written("benign"))


def test_hostile_texts_write_nothing_new(allowed: set[str]) -> None:
    assert novel_control_functions(written("hostile"), allowed) == set()


def test_the_filter_alone_holds_too(allowed: set[str]) -> None:
    assert novel_control_functions(written("hostile", GALLERY_RAW="1"), allowed) - ZERO_WIDTH == set()


def test_the_audit_can_fail(allowed: set[str]) -> None:
    novel = novel_control_functions(written("hostile", GALLERY_RAW="1", GALLERY_UNFILTERED="1"), allowed)
    assert len(novel) > 30


ZERO_WIDTH = {f"bidi {text.encode()!r}" for text in "\u200b\u2060\u2061\u2062\u2063\u2064\u206a\u206f\ufeff"}
"Not control functions: the filter leaves them to `reveal`."


def test_the_corpus_is_large_and_varied() -> None:
    texts = list(hostile_texts())
    assert len(texts) >= 200
    assert len({(group, name) for group, name, _ in texts}) == len(texts)
    assert len({group for group, _, _ in texts}) >= 12
    assert sum(1 for _ in hostile_ads()) == len(texts)


def test_the_filter_passes_what_screens_need() -> None:
    frame = (
        "\x1b[?2026h\x1b[2;1H\x1b[38;2;1;2;3;48;5;7mtext é 漢 👩\u200d🚀\x1b[0m\r\n\x1b[?25l\x1b[>25u\x1b[<u\x1b[?2026l"
    )
    assert filtered(frame) == frame
    assert filtered("\x1b]22;pointer\x07text") == "text"
    assert filtered("\x1b[?1003h\x1b[?2026$p\x1b[?2048$p\x07") == "\x1b[?1002h"
    assert filtered("a\x1b]52;c;x\x07\x1b[6n\x9bc\u202e") == "a␛]52;c;x␛[6n\ufffdc\ufffd"
