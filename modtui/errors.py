"""The one error a person can mend: what is wrong, where, and what to do next."""

from __future__ import annotations


class ModtuiError(Exception):
    """Something a person can fix.

    The command line prints it on stderr and exits with 1, a screen shows it in a dialog. `title` is three to six words,
    `message` one or two sentences that say what is wrong and where, `hint` the next thing to do. All three may quote
    untrusted text: whoever shows them makes it safe.
    """

    def __init__(self, title: str, message: str = "", hint: str = "") -> None:
        super().__init__(": ".join(part for part in (title, message) if part))
        self.title = title
        self.message = message
        self.hint = hint
