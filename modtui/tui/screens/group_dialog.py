"""Before twins are decided together: how many, what becomes of each, and who is left out and why."""

from __future__ import annotations

from collections import Counter

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from modtui.domain.plurals import number_of
from modtui.services.group_verbs import Group
from modtui.services.reviewing import OnDesk
from modtui.tui.keymap import key_of
from modtui.tui.safe_text import show
from modtui.tui.screens.dialog import Dialog
from modtui.tui.twin_words import group_objection

STEPS = {"j": 1, "down": 1, "k": -1, "up": -1, "pagedown": 10, "pageup": -10, "space": 10}


class GroupDialog(Dialog[bool]):
    """Hands back whether all of them are to be decided. Only `Enter` says so."""

    decides = True

    def __init__(self, on_desk: OnDesk, group: Group) -> None:
        hint = f"⏎ decides all {group.size} · j k scroll" if group.members else "no twin can be decided with it"
        super().__init__(f"Decide {number_of(group.size, 'ad')} together, each by its own ruling", f"{hint} · esc back")
        self.on_desk = on_desk
        self.group = group

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="dialog-body", can_focus=False):
            yield Static(group_words(self.on_desk, self.group))

    def is_deciding(self, key: str) -> bool:
        return key == "enter" and bool(self.group.members)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = key_of(event.key, event.character)
        if key in STEPS:
            self.query_one("#dialog-body", VerticalScroll).scroll_relative(y=STEPS[key], animate=False)
        elif key == "enter" and self.group.members:
            self.dismiss(True)
        elif key in ("escape", "q", "D"):
            self.dismiss(False)


def group_words(on_desk: OnDesk, group: Group) -> Content:
    """All that is about to happen, the sums first."""
    outcomes = Counter([group.plan.words, *(member.words for member in group.members)])
    sums = " · ".join(f"{count} {words}" for words, count in outcomes.most_common())
    lines = [show(sums, "bold", "one")]
    desk = on_desk.desk
    objection = group_objection(desk.offer, group.plan.outcome, desk.case.catalog)
    if objection:
        lines.append(show(objection, "$warning"))
    lines.append(Content(""))
    lines.append(show(f"{desk.case.ad.id}: {group.plan.words}   this ad", "bold", "one"))
    for member in group.members:
        ad = member.desk.case.ad
        aside = " ".join(part for part in (" ".join(ad.markets), ad.advertiser.name or "") if part)
        lines.append(
            Content.assemble(
                show(f"{ad.id}: {member.words}", "", "one"), show(f"   {aside}" if aside else "", "dim", "one")
            )
        )
    if group.left_out:
        lines += [Content(""), show(f"Left out: {len(group.left_out)}", "bold", "one")]
        lines += [show(f"{each.ad_id}: {each.why}", "dim", "one") for each in group.left_out]
    return Content("\n").join(lines)
