"""Twins, precedents and the advertiser's card, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from modtui.domain.rulings import Outcome
from modtui.errors import ModtuiError
from modtui.services.desk import Desk
from modtui.services.reviewing import OnDesk, Session

if TYPE_CHECKING:
    from modtui.services.group_verbs import Group
    from modtui.services.precedents import Around, Precedents

HELP = """\
  p                 fill in the answers of the newest decided twin; again: take them back
  T                 the near-identical ads;  D  what this ad's answers make of them,  D yes  decide all of them
  A  A TEXT         the advertiser's card; write a note that comes up with its next ads"""
Write = Callable[[str], None]


class PlainTwins:
    """What is around the ad at hand, said once when it comes."""

    def __init__(self, session: Session, write: Write) -> None:
        self.session = session
        self.write = write
        self.around: Around | None = None
        self.group: Group | None = None
        "What was shown last, and may be decided."
        self._told: OnDesk | None = None

    async def tell(self) -> None:
        """Say what is around the ad at hand, if it has just come. Past outcomes are said after the first answer."""
        on_desk = self.session.current
        if on_desk is self._told:
            return
        self._told, self.around, self.group = on_desk, None, None
        if on_desk is None or on_desk.is_alone or self.session.precedents is None:
            return
        self.around = await self.session.precedents.around(on_desk)
        on_desk.desk.offer = self.around.offer
        from modtui.tui.twin_words import around_lines

        for line in around_lines(self.around, on_desk.desk.case.catalog, False):
            self.write(f"AROUND {line}")

    def objection(self, desk: Desk, outcome: Outcome) -> str:
        """What speaks against an outcome, said once."""
        if desk.offer is None or desk.objected_to is outcome:
            return ""
        from modtui.domain.precedents import goes_against
        from modtui.tui.twin_words import objection_words

        if not goes_against(desk.offer, outcome):
            return ""
        desk.objected_to = outcome
        return objection_words(desk.offer, desk.case.catalog).replace("the same key", "the same line")

    def take(self, desk: Desk) -> str:
        """Fill in the precedent's answers, or take them back."""
        from modtui.services.precedents import disagreeing, give_back, take_over
        from modtui.tui.twin_words import filled_words, given_back_words

        if desk.taken is not None:
            return given_back_words(give_back(desk))
        self._around()
        if desk.offer is None:
            return "no twin of this ad has been decided"
        kept = disagreeing(desk)
        return filled_words(desk.offer, take_over(desk), kept, desk.case.catalog)

    def twins(self, desk: Desk) -> Iterator[str]:
        """All twins, a line each."""
        from modtui.tui.twin_words import twin_line

        around, is_open = self._around(), bool(desk.answers)
        yield around.count_words or "this ad has no twins"
        for twin in around.twins:
            if twin.verdict is not None and is_open:
                yield twin_line(twin, desk.case.catalog)
            else:
                state = "decided: answer first, or p" if twin.verdict is not None else twin.item.state
                yield f"{twin.item.ad_id} ({twin.likeness}): {state.replace('_', ' ')}"

    async def decide_all(self, desk: Desk, is_meant: bool) -> str:
        """Show what becomes of all twins, and decide them once that was shown; what was done, or nothing."""
        from modtui.tui.twin_words import group_objection

        around = self._around()
        if not is_meant or self.group is None or self.group.lead is not desk:
            self.group = await self.session.plan_group(around.twins, lambda *_: None)
            for line in group_lines(desk, self.group):
                self.write(line)
            self.write(
                f"D yes decides all {self.group.size}" if self.group.members else "no twin can be decided with it"
            )
            return ""
        if self.group.plan != desk.plan():
            self.group = None
            return "The answers have changed: D shows what they make of the twins now."
        group, self.group = self.group, None
        if group_objection(desk.offer, group.plan.outcome, desk.case.catalog):
            desk.objected_to = group.plan.outcome
        change = await self.session.decide_group(group, lambda done, of: self.write(f"{done} of {of} decided"))
        return change.words

    async def card(self, on_desk: OnDesk, text: str) -> Iterator[str]:
        """The advertiser's card; with a text it is kept as a note first."""
        from modtui.domain.events import Subject
        from modtui.tui.twin_words import card_words

        name, precedents = on_desk.desk.case.ad.advertiser.name, self._precedents()
        if not name:
            raise ModtuiError("No card", "The ad names no advertiser.")
        if text:
            item, digest = on_desk.item, on_desk.desk.case.catalog.hash
            await precedents.notes.write(name, text, Subject(item.source, item.ad_id, item.content_hash), digest)
        card = await precedents.card(name, self.around)
        return card_words(card, on_desk.desk.case.catalog)

    def _around(self) -> Around:
        if self.around is None:
            raise ModtuiError("Judged alone", "What others said of this ad and its like is not shown.")
        return self.around

    def _precedents(self) -> Precedents:
        self._around()
        assert self.session.precedents is not None
        return self.session.precedents


def group_lines(desk: Desk, group: Group) -> Iterator[str]:
    """All that is about to happen."""
    yield f"{desk.case.ad.id}: {group.plan.words} (this ad)"
    for member in group.members:
        yield f"{member.item.ad_id}: {member.words} ({' '.join(member.desk.case.ad.markets)})"
    for each in group.left_out:
        yield f"left out {each.ad_id}: {each.why}"
