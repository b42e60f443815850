"""Slices kept under names: choosing one for a list, keeping the filter in hand, forgetting one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from modtui.errors import ModtuiError
from modtui.services.slices_saved import Filter, SavedSlice, forget_slice, save_slice, saved_slices
from modtui.store.workspace import Workspace
from modtui.tui.screens.ad_filter import ALL_QUEUES
from modtui.tui.screens.bar_screen import BarScreen
from modtui.tui.screens.dialog import Choice, Entry, Option

KEEP, FORGET = "keep", "forget"


class SlicesDialog(Choice):
    """The slices that are kept, then what can be done with the filter in hand. Hands back an index into `answers`."""

    def __init__(self, slices: Sequence[SavedSlice], filter_: Filter) -> None:
        options = [
            Option(str(n) if n < 10 else "", each.name, f"{each.queue or ALL_QUEUES}: {each.filter}")
            for n, each in enumerate(slices, start=1)
        ]
        self.answers: list[SavedSlice | str] = list(slices)
        if filter_:
            options.append(Option("+", "Keep the filter in hand under a name", str(filter_)))
            self.answers.append(KEEP)
        if slices:
            options.append(Option("-", "Forget one of these"))
            self.answers.append(FORGET)
        super().__init__("Slices" if options else "Slices: none is kept, and no filter is in hand to keep", options)


class KeptSlices:
    """The dialogs about slices, over a screen that lists a queue, or all, through a filter."""

    def __init__(self, screen: BarScreen, workspace: Workspace, queue: str | None, filter_: Filter) -> None:
        self.screen = screen
        self.workspace = workspace
        self.queue = queue
        self.filter = filter_

    def choose(self, show: Callable[[str | None, Filter], None]) -> None:
        """Ask for a slice to show, or for what to do with the filter in hand."""
        dialog = SlicesDialog(saved_slices(self.workspace), self.filter)

        def chosen(index: int | None) -> None:
            answer = dialog.answers[index] if index is not None else None
            if isinstance(answer, SavedSlice):
                show(answer.queue, answer.filter)
            elif answer == KEEP:
                self.screen.app.push_screen(Entry("Keep this filter under which name?"), self._keep)
            elif answer is not None:
                self._forget()

        self.screen.app.push_screen(dialog, chosen)

    def _keep(self, name: str | None) -> None:
        if name is None:
            return
        try:
            kept = save_slice(self.workspace, name, self.queue, self.filter)
        except ModtuiError as error:
            self.screen.say_error(error)
        else:
            self.screen.say(f"kept as {kept.name}")

    def _forget(self) -> None:
        slices = saved_slices(self.workspace)
        options = [
            Option(str(n) if n < 10 else "", each.name, str(each.filter)) for n, each in enumerate(slices, start=1)
        ]

        def chosen(index: int | None) -> None:
            if index is None:
                return
            try:
                forget_slice(self.workspace, slices[index].name)
            except ModtuiError as error:
                self.screen.say_error(error)
            else:
                self.screen.say(f"{slices[index].name} is forgotten")

        self.screen.app.push_screen(Choice("Forget which slice?", options), chosen)
