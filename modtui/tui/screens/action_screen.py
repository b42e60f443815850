"""A screen whose keys start actions of the registry: a cheap path from key to method, and a reason when it is off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from textual import events
from textual.keys import key_to_character
from textual.screen import Screen

from modtui.tui import actions
from modtui.tui.actions import Action
from modtui.tui.keymap import Keymap, key_of
from modtui.tui.palette import Palette, palette_of

if TYPE_CHECKING:
    from modtui.tui.app import ModtuiApp

Result = TypeVar("Result")


class ActionScreen(Screen[Result], Generic[Result]):
    """Looks a key up in the keymap of its context and calls `do_<action>`. Nothing on it takes the focus."""

    AUTO_FOCUS = ""
    context = actions.ANYWHERE

    @property
    def keymap(self) -> Keymap:
        return app_of(self).keymap

    @property
    def looks(self) -> Palette:
        return palette_of(self)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        self.take_key(key_of(event.key, event.character), event)

    def take_key(self, key: str, event: events.Key) -> None:  # noqa: ARG002
        """One key, in the notation of keymaps."""
        action = self.keymap.action(self.context, key)
        if action is not None:
            self.start(action)

    def start(self, action: Action) -> None:
        """Do an action, or say why it cannot be done now."""
        reason = self.why_off(action)
        if reason:
            self.say(reason, is_warning=True)
        else:
            self.do(action)

    def do(self, action: Action) -> None:
        """Call the method of an action; screens without one hand it to the app's."""
        method = getattr(self, action.method, None) or getattr(self.app, action.method, None)
        if method is None:
            self.say(f"{action.words}: not on this screen", is_warning=True)
        else:
            method()

    def why_off(self, action: Action) -> str:  # noqa: ARG002
        """Why an action does nothing now; empty when it does something."""
        return ""

    def say(self, words: str, is_warning: bool = False) -> None:
        """One line to the person."""
        self.notify(words, severity="warning" if is_warning else "information", markup=False)

    def is_deciding(self, key: str) -> bool:
        """Whether a key, by its Textual name, writes a decision on this screen as it stands."""
        action = self.keymap.action(self.context, key_of(key, character_of(key)))
        return action is not None and action.decides

    # What every such screen can do ---

    def do_help(self) -> None:
        from modtui.tui.screens.dialog import Reading
        from modtui.tui.screens.help import help_words

        self.app.push_screen(Reading("Keys", help_words(self.keymap, self.context)))

    def do_palette(self) -> None:
        from modtui.tui.screens.dialog import Finder
        from modtui.tui.screens.help import palette_options

        offered = actions.in_context(self.context)
        known, options = palette_options(self.keymap, self.context, {each.id: self.why_off(each) for each in offered})

        def chosen(index: int | None) -> None:
            if index is not None:
                self.start(known[index])

        decides = any(action.decides for action in offered)
        self.app.push_screen(Finder("Do what?", options, decides=decides), chosen)


def character_of(key: str) -> str | None:
    """The character of a key by its Textual name: `full_stop` is `.`; None when it prints nothing."""
    return key if len(key) == 1 else key_to_character(key)


def app_of(screen: Screen[Any]) -> ModtuiApp:
    """The app of a screen, by its own type."""
    return cast("ModtuiApp", screen.app)
