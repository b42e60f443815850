"""Laying out an ad and what stands beside it, so that showing it is putting ready lines into the panes."""

from __future__ import annotations

from msgspec import Struct, field

from modtui.services.reviewing import OnDesk
from modtui.tui import actions
from modtui.tui.flow import Line
from modtui.tui.keymap import sign
from modtui.tui.media_look import NO_MEDIA, MediaLook
from modtui.tui.screens.review_panes import ReviewPanes
from modtui.tui.widgets.ad_card import LaidAd, ad_lines_for, lay_out_ad
from modtui.tui.widgets.checklist import LaidChecks
from modtui.tui.widgets.clause_pane import LaidClause
from modtui.tui.widgets.ruling_line import LaidRuling
from modtui.tui.widgets.ruling_pane import LaidMarkets


class Laid(Struct):
    """One ad and its checks, ready to be shown at the sizes of the panes."""

    on_desk: OnDesk
    ad: LaidAd
    checks: LaidChecks
    sizes: tuple[int, int, int]
    clauses: dict[str, LaidClause] = field(default_factory=dict)
    "The clauses that were looked at, by check."
    ruling: LaidRuling | None = None
    markets: LaidMarkets | None = None


class ReviewLaying(ReviewPanes):
    """Makes lines at the sizes of the panes; nothing here shows any."""

    shows_translation = False

    def _sizes(self) -> tuple[int, int, int]:
        return (self.card.text_width, self.checks.inner_width, self.checks.inner_height)

    def lay_out(self, on_desk: OnDesk) -> Laid:
        looks = self._ready_looks()
        ad = self._lay_out_ad(on_desk)
        checks = LaidChecks(
            on_desk.desk, looks, self.checks.inner_width, self.checks.inner_height, self.keymap.key(actions.FIND)
        )
        return Laid(on_desk, ad, checks, self._sizes())

    def _lay_out_ad(self, on_desk: OnDesk) -> LaidAd:
        """The ad's own pane."""
        looks, shows_context = self._ready_looks(), not self.has_class("-full")
        media, around = self.media_of(on_desk), self.around_of(on_desk)
        lines = ad_lines_for(on_desk, looks, self.card, self.shows_translation, shows_context, media, around)
        return lay_out_ad(lines, on_desk.desk.focused if self.in_hand is self.card else "")

    def media_of(self, on_desk: OnDesk) -> MediaLook:  # noqa: ARG002
        """What is known of an ad's media, and whether a preview is wanted."""
        return NO_MEDIA

    def around_of(self, on_desk: OnDesk) -> tuple[str, ...]:  # noqa: ARG002
        """A line each about what was read of twins and notes."""
        return ()

    def aside_of(self, on_desk: OnDesk) -> Line:  # noqa: ARG002
        """What stands at the right of the ad's title."""
        return []

    def _lay_out_rest(self, laid: Laid) -> None:
        """What stands beside the ad."""
        laid.checks.settle(self._ruling_of(laid).plan)
        laid.checks.strips()
        laid.on_desk.desk.make_ready()
        if self.has_class("-full"):
            self._markets_of(laid)
        if self.clause.size.height:
            self._clause_of(laid)

    def _ruling_of(self, laid: Laid) -> LaidRuling:
        """The lines of the ruling as it stands, laid out once."""
        laid.ruling = self.ruling.lay_out(
            laid.on_desk.desk, self._ready_looks(), sign(self.keymap.key(actions.ACCEPT)), laid.ruling
        )
        return laid.ruling

    def _markets_of(self, laid: Laid) -> LaidMarkets:
        """The column of markets as the ruling stands, laid out once."""
        around = self.around_of(laid.on_desk)
        laid.markets = self.markets.lay_out(laid.on_desk, self._ready_looks(), around, laid.markets)
        return laid.markets

    def _clause_of(self, laid: Laid) -> LaidClause | None:
        """The clause of the check under the cursor, laid out once."""
        row = laid.checks.current
        if row is None:
            return None
        if row.check.id not in laid.clauses:
            laid.clauses[row.check.id] = self.clause.lay_out(laid.on_desk.desk, row.check)
        return laid.clauses[row.check.id]
