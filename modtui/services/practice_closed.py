"""The verbs of review that practice has no use for: each says why, and what to do instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from modtui.errors import ModtuiError
from modtui.services.reviewing import Change

if TYPE_CHECKING:
    from modtui.services.group_verbs import Group
    from modtui.services.group_verbs import Told as GroupTold
    from modtui.services.precedents import TwinAd


class ClosedVerbs:
    """Raises ModtuiError for what belongs to real work."""

    async def undo(self) -> Change:
        self._refuse("An answer stands", "The first answer counts.", "Answer the ad again from its feedback with U.")

    async def redo(self) -> Change:
        self._refuse("Nothing to redo", "An answer stands.", "Go on.")

    async def hold(self, reason: str, minutes: int, note: str = "") -> Change:  # noqa: ARG002
        self._refuse("Nothing is held in practice", "The ad waits until it is answered.", "Leave it for later with ].")

    async def skip(self, reason: str) -> Change:  # noqa: ARG002
        self._refuse("Nothing is given back in practice", "Every ad has an answer.", "Leave it for later with ].")

    async def open_ad(self, source: str, ad_id: str) -> Change:  # noqa: ARG002
        self._refuse("Not in practice", "The ads come in the order of the pack.", "Go along it with ] and [.")

    async def plan_group(self, twins: Sequence[TwinAd], told: GroupTold) -> Group:  # noqa: ARG002
        self._refuse("Not in practice", "Each ad is answered alone.", "Go on.")

    async def decide_group(self, group: Group, told: GroupTold) -> Change:  # noqa: ARG002
        self._refuse("Not in practice", "Each ad is answered alone.", "Go on.")

    def _refuse(self, title: str, message: str, hint: str) -> NoReturn:
        raise ModtuiError(title, message, hint)

    @property
    def catalog_may_change(self) -> bool:
        return False

    async def look_at_catalog(self) -> None:
        """A pack goes by its own catalog."""

    def put_off(self) -> str:
        return "a pack goes by its own catalog"

    def offer_previous(self) -> int:
        return 0
