"""`modtui agreement`: how far reviewers agree on ads that two or more of them judged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from modtui.cli.common import put, put_json, safe, say, settings_of
from modtui.domain.plurals import number_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from modtui.domain.team_agreement import TeamAgreement

HELP = """\
How far reviewers agree who judged the same ads without knowing of each other: in second review, or each in a
workspace of their own before a sync.

Of each person the newest decision on a version of an ad counts, also where it lost a conflict; one that answered an
escalation, or was made in the knowledge of somebody else's, does not. --policy takes ads that were asked about a
policy, and of the findings only its own.

Raw agreement and AC1 are of outcomes, alpha (MASI) of sets of findings; what cannot be said is shown as undefined,
with the reason. People stand by name, with a figure from 20 ads on, and are not ranked.
"""
EPILOG = "For example: modtui agreement --policy alcohol --since 2026-11-01"
NAME = 30


@click.command(help=HELP, epilog=EPILOG)
@click.option("--queue", default="", help="Only decisions in this queue.")
@click.option("--policy", "policies", multiple=True, metavar="ID", help="Only ads asked about it. May be repeated.")
@click.option("--since", metavar="TIME", help="Ads that somebody judged from this date or time on, UTC.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def agreement(ctx: click.Context, queue: str, policies: tuple[str, ...], since: str | None, as_json: bool) -> None:
    from modtui.cli.workplace import opened_workspace
    from modtui.services.team_agreement import Asked, team_agreement

    with opened_workspace(settings_of(ctx)) as workspace, _progress() as tell:
        found = team_agreement(workspace, Asked(queue, policies, since), on_progress=tell)
    if as_json:
        put_json(_as_json(found))
    elif found.ads:
        _show(found)
    else:
        say("No ad was judged by two people. `second_review: all` in the settings has every ad judged twice.")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None] | None]:
    from modtui.cli.progress_bar import counting

    with counting("reading and drawing again") as tell:
        yield None if tell is None else (lambda _what, done, total: tell(done, total))


def _as_json(found: TeamAgreement) -> dict[str, Any]:
    import msgspec

    plain: dict[str, Any] = msgspec.to_builtins(found)
    for each, person in zip(found.persons, plain["persons"], strict=True):
        person["share"] = None if each.agreed is None else each.agreed.share
    for check, row in zip(found.checks, plain["checks"], strict=True):
        row["positive"] = check.positive
    return plain


def _show(found: TeamAgreement) -> None:
    from modtui.services.agreement_words import coefficient_lines

    ads = number_of(found.ads, "ad")
    put(f"{ads} judged by two or more of {found.people} reviewers; intervals from {found.draws:,} draws")
    for name, value in coefficient_lines(found):
        put(f"  {name:{NAME}} {value}")
    if found.checks:
        put("\nWhat they differ on: pairs of people of whom both, or only one, found it")
    for check in found.checks:
        counts = f"both {check.both:,}, one {check.one:,}; agreement {check.positive or 0:.2f}"
        put(f"  {_one(check.check):{NAME}.44} {counts}")
    put("\nSame outcome as the other who judged the ad")
    for person in found.persons:
        share = person.agreed.words if person.agreed else f"fewer than 20 ads ({person.ads})"
        put(f"  {_one(person.name):{NAME}.{NAME}} {share}")
    if found.pairs and found.people > 2:
        put("\nPairs with 20 ads or more in common, Cohen's kappa")
        for pair in found.pairs:
            put(f"  {_one(pair.one) + ' and ' + _one(pair.other):{NAME}} {pair.kappa.words} of {pair.ads:,}")


def _one(value: str) -> str:
    return safe(value).replace("\n", " ")
