"""The checks beside an ad without any help: every check that can apply, in catalog order, with nothing pointed at."""

from __future__ import annotations

from modtui.domain.relevance import UNIVERSAL, Line, Worksheet
from modtui.domain.rulings import Case


def plain_sheet(case: Case) -> Worksheet:
    """The worksheet of a learner who is to find out alone. What is required of an answered check stays required."""
    lines = tuple(
        Line(check, UNIVERSAL)
        for policy in case.catalog.policies
        for check in policy.checks
        if not check.when and case.is_asked(check, {}) and case.can_apply(check)
    )
    required = tuple(check for check in case.catalog.required_children if case.binds(check))
    return Worksheet(lines, len(case.catalog.checks) - len(lines), blocking=required)
