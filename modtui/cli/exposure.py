"""`modtui exposure`: how clearly sensitive ads are shown to me, and today's count. Nobody else's business."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from modtui.cli.common import put, put_json, say, settings_of
from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from modtui.domain.catalog import Catalog
    from modtui.services.exposure import CareBook


@click.command(
    epilog="For example: modtui exposure --start adult=coarse --mask adult\n\nOr: modtui exposure --start '*=grey'"
)
@click.option(
    "--start", "starts", multiple=True, metavar="FAMILY=LEVEL",
    help="How media of a policy family start: coarse, blurred, grey or sharp. * is every ad.",
)  # fmt: skip
@click.option("--mask", "masks", multiple=True, metavar="FAMILY", help="Mask the text of a family in the same steps.")
@click.option("--show-text", "shows", multiple=True, metavar="FAMILY", help="Show its text as it is again.")
@click.option("--hints/--no-hints", default=None, help="Whether a break is hinted at, between two ads.")
@click.option("--forget", is_flag=True, help="Delete the count and the choices.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def exposure(
    ctx: click.Context,
    starts: Sequence[str],
    masks: Sequence[str],
    shows: Sequence[str],
    hints: bool | None,
    forget: bool,
    as_json: bool,
) -> None:
    """How clearly sensitive ads are shown to me, and how many there were today.

    Kept in the workspace for the reviewer named by --reviewer, for today only; never exported, synced or reported.
    """
    from modtui.cli.workplace import opened
    from modtui.services.exposure import CareBook

    settings = settings_of(ctx)
    with opened(settings, create=False) as (workspace, rulebook):
        book = CareBook(workspace, settings.reviewer)
        if forget:
            book.forget()
            say(f"The count and the choices of {settings.reviewer} are deleted.")
        care = book.care
        for family, level in (_start(each) for each in starts):
            care = care.with_start(_known(family, rulebook.catalog), level)
        for family in masks:
            care = care.with_mask(_known(family, rulebook.catalog), True)
        for family in shows:
            care = care.with_mask(_known(family, rulebook.catalog), False)
        if hints is not None:
            care = replace(care, has_hints=hints)
        if care != book.care:
            book.choose(care)
        _print(book, settings.reviewer, as_json)


def _start(text: str) -> tuple[str, str]:
    from modtui.domain.exposure import LEVELS

    family, sign, level = text.rpartition("=")
    if not sign or level not in LEVELS:
        levels = ", ".join(LEVELS)
        raise ModtuiError("No such level", f"'{text}' is no FAMILY=LEVEL.", f"The levels are {levels}: adult=blurred.")
    return family, level


def _known(family: str, catalog: Catalog) -> str:
    """The family, if the catalog has it. Raises ModtuiError, naming those there are."""
    from modtui.domain.exposure import EVERYTHING, START
    from modtui.domain.suggestions import did_you_mean

    known = sorted({policy.family for policy in catalog.policies} | set(START))
    if family not in (EVERYTHING, *known):
        near = did_you_mean(family, known)
        raise ModtuiError("No such family", f"'{family}' is no policy family.{near}", f"There are: {', '.join(known)}.")
    return family


def _print(book: CareBook, reviewer: str, as_json: bool) -> None:
    from modtui.domain.exposure import MINUTE_MS

    care, today = book.care, book.today
    if as_json:
        count = {"day": today.day, "ads": today.ads, "minutes": today.active_ms // MINUTE_MS}
        put_json({"reviewer": reviewer, "today": count, **care.as_json()})
        return
    starts = ", ".join(f"{family} {level}" for family, level in sorted(care.start.items())) or "everything sharp"
    put(f"{reviewer}: {today.words}")
    put(f"media start   {starts}")
    put(f"text masked   {', '.join(care.masked) or 'none'}")
    put(f"break hints   {'on' if care.has_hints else 'off'}")
