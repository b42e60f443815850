"""Reporting a clause: what is wrong with it by digit, a note, and it is kept with the ad for the policy owner."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen

from modtui.errors import ModtuiError
from modtui.services.clause_reports import REPORT_KINDS, NewReport
from modtui.services.library import Library
from modtui.store.items import Item
from modtui.tui.screens.dialog import Choice, Entry, Option

Say = Callable[[str, bool], None]


def ask_report(
    screen: Screen[None], library: Library, policy_id: str, check_id: str, item: Item | None, say: Say
) -> None:
    """Ask and keep. Without an item the report names no ad; without a policy, no clause."""
    name = check_id or policy_id
    reports = [NewReport(kind, policy_id, check_id) for kind in REPORT_KINDS] if name else []
    options = [Option(str(n), REPORT_KINDS[each.kind], is_own=True) for n, each in enumerate(reports, start=1)]
    reports.append(NewReport("missing"))
    options.append(Option(str(len(reports)), "No policy speaks of this", is_own=True))

    def chosen(index: int | None) -> None:
        if index is None:
            return
        begun = reports[index]

        def noted(note: str | None) -> None:
            if note is None:
                return
            report = NewReport(begun.kind, begun.policy_id, begun.check_id, note.strip())
            if report.problem:
                say(f"not reported: {report.problem}", True)
            else:
                screen.run_worker(_keep(library, report, item, say), exit_on_error=True)

        screen.app.push_screen(Entry("In a few words: what, and what you expected", placeholder=begun.kind), noted)

    with_ad = f", with {item.ad_id}" if item is not None else ""
    screen.app.push_screen(Choice(f"Report {name or 'what is missing'}{with_ad}", options), chosen)


async def _keep(library: Library, report: NewReport, item: Item | None, say: Say) -> None:
    try:
        await library.report(report, item)
    except ModtuiError as error:
        say(f"NOT SAVED. {error.title}: {error.message} {error.hint}", True)
    else:
        say(
            f"reported as {report.kind}: {report.check_id or report.policy_id or 'no policy'}; the owner sees it", False
        )
