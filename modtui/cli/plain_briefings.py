"""Briefings, line by line: the unread ones in full, and saying that one was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from modtui.cli.plain_lines import number_in
from modtui.services.reviewing import Session

if TYPE_CHECKING:
    from modtui.domain.briefings import Briefing


class PlainBriefings:
    """What a reviewer has to know before the next ad."""

    def __init__(self, session: Session, write: Callable[[str], None]) -> None:
        self.session = session
        self.write = write

    async def tell(self) -> None:
        """Say those that are unread."""
        self._say(await self.session.library.unread())

    async def read(self, rest: str) -> None:
        """List them all, or keep that one of the unread ones was read."""
        library = self.session.library
        unread = await library.unread()
        if not rest:
            self._say(unread)
            names = {each.id for each in unread}
            for each in library.briefings:
                if each.id not in names:
                    self.write(f"BRIEFING, read: {each.title}\n{each.text.strip()}")
        elif number := number_in(rest, len(unread)):
            await library.mark_read(unread[number - 1])
            self.write(f"read: {unread[number - 1].title}; {len(unread) - 1} unread")
        else:
            self.write("Which one? b lists them, b 1 says that you have read the first unread one.")

    def _say(self, unread: Sequence[Briefing]) -> None:
        for number, each in enumerate(unread, start=1):
            must = ", must be read" if each.must_read else ""
            of = " ".join((*each.policies, *each.markets))
            self.write(f"BRIEFING {number}, unread{must}: {each.title} {f'({of})' if of else ''}".rstrip())
            self.write(each.text.strip())
            self.write(f"b {number} when you have read it")
