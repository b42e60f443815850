"""Carrying out the verbs of a session: one at a time, on disk before what follows, kept when they cannot be saved."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from modtui.errors import ModtuiError
from modtui.services.reviewing import Change
from modtui.store.errors import CalledBack
from modtui.tui import actions
from modtui.tui.keymap import sign
from modtui.tui.messages import Changed
from modtui.tui.screens.review_base import ReviewBase

Verb = Callable[[], Awaitable[Change]]

SAVING_AFTER = 0.15
"Seconds after which a commit that is still running is named."


class VerbActions(ReviewBase):
    """What stands between a key and the disk."""

    _verb_task: asyncio.Task[None] | None = None
    _followed: asyncio.Task[None] | None = None
    _tell_after: asyncio.TimerHandle
    _retry: tuple[Verb, object] | None = None
    "The verb that could not be saved, and what the desk said then."

    def carry_out(self, verb: Verb, writes: bool = True) -> None:
        """Run a verb of the session; while it runs there is no second one. Only one that writes can be *not saved*."""
        if self.is_saving:
            self.say("saving the last decision …", is_warning=True)
            return
        self.is_saving = True
        self.ad_leaves()
        self._verb_task = asyncio.create_task(self._carry_out(verb, writes))

    async def _carry_out(self, verb: Verb, writes: bool) -> None:
        self._tell_after = asyncio.get_running_loop().call_later(SAVING_AFTER, self._tell_saving)
        try:
            change = await verb()
        except CalledBack:
            self._tell_after.cancel()
            self.is_saving = False
            self._called_back()
        except ModtuiError as error:
            self._tell_after.cancel()
            self.is_saving = False
            if writes:
                self._not_saved(error, verb)
            else:
                self.say(" · ".join(part for part in (error.title, error.message, error.hint) if part), is_warning=True)
                self.show_status()
                self.card.draw_title()
        else:
            self._tell_after.cancel()
            self.is_saving = False
            self._done(change)
        finally:
            self._tell_after.cancel()
            self.is_saving = False

    def _tell_saving(self) -> None:
        """Say what the wait is for, as long as it lasts."""
        other, key = self.session.waits_for, sign(self.keymap.key(actions.BACK_PANE))
        wait = f"waiting for another modtui ({other})" if other else "saving"
        self.show_status(f"{wait} … {key} calls it back")
        self._tell_after = asyncio.get_running_loop().call_later(SAVING_AFTER, self._tell_saving)

    def call_back(self) -> None:
        """Call back what is being saved, while it waits to be written; else say that it cannot be, and what undoes it.

        Either way it is known what became of it: what was called back is never stored, the rest is, or is named
        as not saved.
        """
        if not self.session.call_back():
            undo = sign(self.keymap.key(actions.UNDO))
            self.say(f"it is being written and cannot be called back; {undo} undoes it then", is_warning=True)

    def _called_back(self) -> None:
        """The ad stays as it is, with answers and note."""
        self.banner = ""
        self._retry = None
        self.show_ruling()
        self.show_status()
        self.card.draw_title()
        self.say("called back: nothing was stored; the ad is as you left it")
        self.draft_soon()

    async def finish(self) -> None:
        """Wait for the running verb, then keep the draft."""
        if self._verb_task is not None:
            await asyncio.wait({self._verb_task})
        if self.session.current is not None:
            await self.session.save_draft()

    def take_back_last(self) -> None:
        """Undo the decision that stray input made, once it is on disk."""
        self._followed = asyncio.create_task(self._take_back())

    async def _take_back(self) -> None:
        if self._verb_task is not None:
            await asyncio.wait({self._verb_task})
        self.carry_out(self.session.undo, writes=False)

    def _done(self, change: Change) -> None:
        self.banner = ""
        self._retry = None
        self.in_hand = self.checks
        self.remove_class("-ad-in-hand", "-checks-in-hand")
        self.show_all()
        self.card.draw_title()  # the guard waits for a paint, also where the same ad stays
        self.say(change.words)
        self.tell_news()
        self.post_message(Changed(change))

    def _not_saved(self, error: ModtuiError, verb: Verb) -> None:
        """Ad, answers and note stay as they are; the accepting key tries again."""
        self._retry = (verb, self._desk_says())
        again = sign(self.keymap.key(actions.ACCEPT))
        told = error.title.upper() if error.title.lower().startswith("not saved") else f"NOT SAVED: {error.title}"
        self.banner = " · ".join(part for part in (told, f"{again} tries again", error.hint, error.message) if part)
        self.show_ruling()
        self.show_status()
        self.card.draw_title()

    def _desk_says(self) -> object:
        """What a verb that is tried again must still find: the ad, and all that its outcome follows from."""
        desk = self.desk
        return desk and (id(desk), dict(desk.answers), desk.override, desk.escalation, desk.documents)

    def try_again(self) -> bool:
        """Carry out what could not be saved, while the desk still says the same; whether there was such a thing."""
        if self._retry is None or not self.banner or self._retry[1] != self._desk_says():
            return False
        self.carry_out(self._retry[0])
        return True
