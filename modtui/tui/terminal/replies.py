"""What a terminal types by itself, told apart from what a person types: answers to queries never become keys."""

from __future__ import annotations

import re
from typing import Final

HELD_SECONDS: Final = 0.5
"How long the unfinished beginning of an answer is kept back for its rest."
_LONGEST: Final = 4096

_ANSWER: Final = re.compile(
    r"\x1b\[[?>=][0-9;:]*\$?[a-zA-LN-Z]"  # device attributes, modes, keyboard flags (M and m are mice)
    r"|\x1b\[[0-9;]+(?:\$y|n|c|t|x)"  # status, attributes, window and parameter reports
    r"|\x1b\[[0-9]+;[0-9]+R"  # cursor position
    r"|(?:\x1b[\]P_^X])[^\x1b\x07\x9c]*(?:\x07|\x1b\\|\x9c)"  # colours, titles, settings, graphics
)
_UNFINISHED: Final = re.compile(r"\x1b(?:\[[0-9;:?>=<$ ]*|[\]P_^X][^\x07\x9c]*)?\Z")
_STRING_BEGUN: Final = re.compile(r"\x1b(?:\][0-9]+;?|P[0-9+!>|$]|_[A-Z]|[\^X][^\x1b])[^\x07\x9c]*\Z")


class ReplyFilter:
    """Takes answers out of a stream of input, also when reads cut them in two."""

    def __init__(self) -> None:
        self._held = ""
        self._held_since = 0.0

    def feed(self, text: str, at: float) -> tuple[str, int, bool]:
        """What people typed, how many answers were taken out, and whether the input ends in mid-sequence.

        The beginning of a string answer is kept back until its end comes, or for `HELD_SECONDS` (then it is dropped: no
        person types one). All other text is handed on at once.
        """
        answers = 0
        since = at
        if self._held:
            if at - self._held_since > HELD_SECONDS or len(self._held) > _LONGEST:
                answers = 1
            else:
                text = self._held + text
                since = self._held_since
            self._held = ""
        if "\x1b" not in text:
            return text, answers, False
        text, taken = _ANSWER.subn("", text)
        answers += taken
        begun = _STRING_BEGUN.search(text)
        if begun:
            self._held, self._held_since = begun[0], since
            return text[: begun.start()], answers, True
        return text, answers, _UNFINISHED.search(text) is not None
