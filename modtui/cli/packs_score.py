"""`modtui pack score`: the answers of a learner or a class against the key, on the screen and as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modtui.cli.card_lines import as_one_line, bar, card_lines
from modtui.cli.common import put, put_json, say
from modtui.cli.packs_choice import progress
from modtui.cli.packs_reports import write_cards, write_page, write_tables
from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from modtui.services.pack_scoring import Scored, Sheet

SCORE_HELP = """\
Score the ANSWERS that came home, of one learner or a class, against the key of --pack. What was answered first counts;
outcomes are worked out again from the answers. Every file is checked line by line; one that was damaged or changed, or
answers another pack, is named and left out.

A learner tells the trainer a short code when an exam begins and another when it ends. --start NAME=CODE says when it
was begun again since, in whatever workspace; --code NAME=CODE when the file that came home is not the one of the end.

--html FILE writes the class as one page, --cards FOLDER a page for each learner to take home, --csv FOLDER the class,
the ads and all answers as tables. --against scores another class on the same pack and tells the difference.

\b
Examples:
  modtui pack score answers/*.answers --pack entry.pack --key entry.pack.key.json --html class.html
  modtui pack score amina.answers --pack entry.pack --key entry.pack.key.json --code amina=K7QF2-9WMPA
  modtui pack score may/* --pack open.pack --against june/a.answers --against june/b.answers
"""


@click.command(help=SCORE_HELP, short_help="Score the answers that came home.")
@click.argument("files", metavar="ANSWERS...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--pack", "pack_file", required=True, type=click.Path(path_type=Path), help="The pack they answer.")
@click.option("--key", "key_file", type=click.Path(path_type=Path), help="The key file of an exam.")
@click.option("--class-code", help="Opens the key of a sealed pack.")
@click.option("--code", "codes", multiple=True, metavar="NAME=CODE", help="The short code a learner told.")
@click.option("--start", "starts", multiple=True, metavar="NAME=CODE", help="The start code a learner told.")
@click.option("--against", multiple=True, type=click.Path(path_type=Path), help="Answers of a class to compare with.")
@click.option("--rank", is_flag=True, help="Rank learners who gave at least 20 answers.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the class as one page.")
@click.option("--cards", type=click.Path(path_type=Path), help="Write a page for each learner into this folder.")
@click.option("--csv", "tables", type=click.Path(path_type=Path), help="Write three tables into this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def score(
    ctx: click.Context,
    files: tuple[Path, ...],
    pack_file: Path,
    key_file: Path | None,
    class_code: str | None,
    codes: tuple[str, ...],
    starts: tuple[str, ...],
    against: tuple[Path, ...],
    rank: bool,
    html: Path | None,
    cards: Path | None,
    tables: Path | None,
    as_json: bool,
) -> None:
    from modtui.files.pack_file import open_pack
    from modtui.services.class_report import as_json as plain
    from modtui.services.pack_scoring import compare_classes, keys_for
    from modtui.services.pack_scoring import score as score_files

    pack = open_pack(pack_file, class_code)
    keys = keys_for(pack, key_file)
    with progress("scoring") as tell:
        told = (lambda _what, done, total: tell(done, total)) if tell else None
        stated = {"codes": _codes(codes, "--code"), "starts": _codes(starts, "--start")}
        scored = score_files(pack, keys, files, **stated, on_progress=told)
        other = score_files(pack, keys, against, on_progress=told) if against else None
    if not scored.sheets:
        raise ModtuiError("No answers to score", "\n".join(why for _, why in scored.refused), "Look at the files.")
    compared = compare_classes(scored, other) if other is not None else None
    if html:
        write_page(html, scored, with_ranks=rank)
    if cards:
        write_cards(cards, scored)
    if tables:
        write_tables(tables, scored)
    if as_json:
        found: dict[str, Any] = plain(scored)
        if compared is not None:
            found["against"] = {
                "right": compared.one.share, "other": compared.other.share, "apart": compared.apart,
                "low": compared.low, "high": compared.high,
            }  # fmt: skip
        put_json(found)
    else:
        _print(scored, with_ranks=rank)
        if compared is not None:
            put(f"\nAgainst the other class: {compared.words}")
    for _, why in (*scored.refused, *(other.refused if other else ())):
        say(f"Not scored: {why}")
    if scored.refused:
        ctx.exit(1)


def _codes(stated: Sequence[str], option: str) -> dict[str, str]:
    found = {}
    for each in stated:
        name, is_there, code = each.rpartition("=")
        if not is_there or not name:
            raise click.BadParameter(f"'{each}' is not NAME=CODE.", param_hint=option)
        found[name] = code
    return found


# On the screen ---


def _print(scored: Scored, *, with_ranks: bool) -> None:
    from modtui.services.class_report import agreement_lines

    if len(scored.sheets) == 1:
        for line in card_lines(scored.cards[0]):
            put(line)
        put(f"short code  {scored.sheets[0].code}")
        put(f"begun       {_begun(scored.sheets[0])}")
        if scored.sheets[0].again.of:
            put(f"again       {scored.sheets[0].again.words}; counts for nothing else")
    else:
        put(f"{as_one_line(scored.title)}: {number_of(len(scored.sheets), 'learner')}, {number_of(scored.ads, 'ad')}")
        _print_class(scored, with_ranks)
        for name, value in agreement_lines(scored):
            put(f"  {name:30} {value}")
        for one, other, same, either in scored.alike:
            errors = number_of(either, "error")
            put(f"  {as_one_line(one)} and {as_one_line(other)} made the same {same} of {errors}: look at them")
    _print_items(scored)
    for learner, each in scored.contests:
        put(as_one_line(f"  contest  {each.ad}  {learner}  {each.check}: {each.reason}"))


def _print_class(scored: Scored, with_ranks: bool) -> None:
    ranks = {standing.learner: standing.rank for standing in scored.standings}
    for sheet in scored.sheets:
        card = sheet.card
        passed = "" if card.passed is None else "  passed" if card.passed else "  not passed"
        rank = f"  rank {ranks[sheet.learner] or '- (fewer than 20 answers)'}" if with_ranks else ""
        put(f"  {as_one_line(sheet.learner):16.16} {bar(card.right)}  {card.right.words}{passed}  {sheet.code}{rank}")
        put(f"      begun {_begun(sheet)}")
        for doubt in card.doubts:
            put(f"      ! {as_one_line(doubt)}")


def _begun(sheet: Sheet) -> str:
    found = sheet.answers
    start = f", start code {found.start_code}" if found.start_code else ""
    return as_one_line(f"{found.started_at[:16].replace('T', ' ')} UTC{start}")


def _print_items(scored: Scored) -> None:
    advised = [item for item in scored.items if item.advice]
    for item in advised:
        words = (" ".join(filter(None, (each.outcome, each.first, str(each.people)))) for each in item.wrong[:3])
        wrong = f" ({'; '.join(words)})" if item.wrong else ""
        title = as_one_line(scored.titles.get(item.ad, ""))[:40]
        put(f"  ad {item.ad}  {item.right} of {item.people} right  {title}: {item.advice}{as_one_line(wrong)}")
