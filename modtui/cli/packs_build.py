"""`modtui pack build`: gold from decisions, examples or files, chosen, looked at, edited, and written as one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modtui.cli.common import put, put_json, say, settings_of
from modtui.cli.packs import DIFFICULTIES, chances
from modtui.cli.packs_choice import progress, say_left_out, show_choice, write_choice
from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from modtui.domain.catalog import Catalog
    from modtui.domain.gold import Gold
    from modtui.domain.pack_choice import Choice, Order
    from modtui.domain.packs import Settings
    from modtui.services.pack_building import Edit
    from modtui.services.pack_editing import PackDraft
    from modtui.services.settings import Settings as UserSettings
    from modtui.store.workspace import Workspace

BUILD_HELP = """\
Make a pack: one file with ads, their media, the catalog, and the right answer to each with the reason for it.

Gold comes from the decisions of the workspace (--decisions), from the worked examples of the catalog (--examples), or
from a table or lines of JSON with labels (--gold FILE --labels MAP --ads QUEUE). Gold that nobody gave a reason for,
whose answers lead elsewhere, or whose clause has changed since is left out, and counted with its reason.

--preview lists what would be in it. --sheet FILE writes the same as CSV: say yes or no under `in`, mend `why`, name
other right answers under `accepted` (reject: misleading.price/was | request_info), and build with --edits FILE.
--edit does the same on a screen.

Three kinds. An open pack shows its key to whoever looks. A sealed pack opens its key with a class code. An exam has no
key in it: it goes to a file beside the pack, which stays with the trainer.

\b
Examples:
  modtui pack build --examples --size 30 --preview
  modtui pack build --decisions --policy alcohol --agreed 2 --kind sealed -o alcohol.pack
  modtui pack build --examples --kind exam --title "Entry exam" -o entry.pack
  modtui pack build --gold labels.csv --labels map.yaml --ads screenshots -o screenshots.pack
"""
OUTCOMES = ("approve", "approve_limited", "reject", "request_info", "escalate")


@click.command(help=BUILD_HELP, short_help="Make a pack of decisions, examples, or gold answers.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The pack to write.")
@click.option("--decisions", is_flag=True, help="Take decisions of the workspace.")
@click.option("--examples", is_flag=True, help="Take the worked examples of the catalog.")
@click.option("--gold", type=click.Path(path_type=Path), help="Take labels from this CSV, TSV, JSON or JSONL file.")
@click.option("--labels", type=click.Path(path_type=Path), help="The label map that reads --gold.")
@click.option("--ads", metavar="QUEUE|FILE", help="Where the ads of --gold are.")
@click.option("--mapping", help="The mapping that reads --ads, where it is a file of another layout.")
@click.option("--policy", "policy_ids", multiple=True, metavar="ID", help="Only this policy, or those under it.")
@click.option("--market", "markets", multiple=True, metavar="CODE", help="Only decisions about this market or group.")
@click.option("--outcome", "outcomes", multiple=True, type=click.Choice(OUTCOMES), help="Only such decisions.")
@click.option("--since", metavar="DATE", help="Only decisions from then on.")
@click.option("--until", metavar="DATE", help="Only decisions before it.")
@click.option("--queue", default="", help="Only decisions in this queue.")
@click.option("--agreed", type=click.IntRange(1), default=1, show_default=True, help="Reviewers who said the same.")
@click.option("--adjudicated", is_flag=True, help="Only what was adjudicated.")
@click.option("--size", type=click.IntRange(1, 2000), default=50, show_default=True, help="Ads in the pack.")
@click.option("--clean", type=click.IntRange(0, 100), default=40, show_default=True, help="Percent of clean ads.")
@click.option(
    "--difficulty", "difficulties", multiple=True, type=click.Choice(list(DIFFICULTIES)), help="Only such ads."
)
@click.option("--seed", default="1", show_default=True, help="Another seed, another choice.")
@click.option("--include", multiple=True, metavar="AD", help="Have this ad in it.")
@click.option("--exclude", multiple=True, metavar="AD", help="Leave this ad out.")
@click.option("--with-stale", is_flag=True, help="Take gold on clauses that have changed since.")
@click.option("--preview", is_flag=True, help="List what would be in it, and write nothing.")
@click.option("--sheet", type=click.Path(path_type=Path), help="Write what would be in it as CSV to edit.")
@click.option("--edits", type=click.Path(path_type=Path), help="Build by an edited sheet.")
@click.option("--edit", is_flag=True, help="Look at it and edit it on the screen before it is written.")
@click.option("--kind", type=click.Choice(["open", "sealed", "exam"]), default="open", show_default=True)
@click.option("--class-code", default="", help="Of a sealed pack. [one is made and printed]")
@click.option("--title", default="", help="What learners see.")
@click.option("--note", default="", help="A word to the class.")
@click.option("--feedback", type=click.Choice(["each", "end", "none"]), help="[each; none for exams]")
@click.option("--assist", type=click.Choice(["live", "no-cues", "browse"]), help="[live; no-cues for exams]")
@click.option("--time-limit", type=click.IntRange(1), metavar="MINUTES", help="From the first ad to the last answer.")
@click.option("--pauses", type=click.IntRange(0), help="How often a learner may leave with the clock stopped.")
@click.option("--pass-at", type=click.IntRange(1), metavar="N", help="Right answers that pass. [exams: 90 %]")
@click.option("--no-retry", is_flag=True, help="No ad may be answered again. [exams: so]")
@click.option("--without-media", is_flag=True, help="Leave out media that are not there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def build(ctx: click.Context, /, **given: Any) -> None:
    from modtui.services.pack_building import Plan, build_pack, plain_document, plan_choice

    with ExitStack() as stack:
        document, catalog, workspace = _catalog(ctx, stack, with_workspace=given["decisions"] or bool(given["gold"]))
        edits, include, exclude = _edits(given["edits"])
        order = _order(given, include, exclude)
        gold = _gold(given, catalog, workspace)
        with progress("answers") as tell:
            choice = plan_choice(gold, catalog, order, edits=edits, with_stale=given["with_stale"], on_progress=tell)
        if given["sheet"]:
            write_choice(given["sheet"], choice)
        if given["preview"] or given["sheet"]:
            show_choice(choice, as_json=given["as_json"])
            return
        if not given["output"]:
            raise click.UsageError("Say where to write it: -o FILE. --preview lists what would be in it.")
        if given["edit"]:
            draft = _edited_on_screen(settings_of(ctx), choice, given)
            if draft is None:
                say("Nothing was written.")
                return
            drafted = [each.weighed.gold for each in draft.ads]
            choice = plan_choice(drafted, catalog, draft.order(given["seed"]), edits=draft.edits, with_stale=True)
        settings = _settings(given, len(choice.chosen))
        plan = Plan(
            given["title"] or given["output"].stem, settings, given["note"], given["class_code"], given["without_media"]
        )
        built = build_pack(given["output"], choice, plain_document(document), plan)
    if given["as_json"]:
        put_json({
            "file": str(built.path), "hash": built.hash, "manifest_hash": built.manifest_hash, "ads": built.ads,
            "clean": built.clean, "bytes": built.size, "class_code": built.class_code or None,
            "key_file": str(built.key_file) if built.key_file else None, "remarks": list(choice.remarks),
            "left_out": {why: len(found) for why, found in choice.left_out.items()},
        })  # fmt: skip
        return
    say_left_out(choice)
    say(f"{number_of(built.ads, 'ad')}, {built.clean} of them clean, in {built.path} ({built.size:,} bytes).")
    say(f"Pack {built.hash[:12]}, manifest {built.manifest_hash[:12]}.")
    if built.class_code:
        say("Class code, to be given to the class and kept apart from the pack:")
        put(built.class_code)
    if built.key_file:
        say(f"The key is in {built.key_file}. Keep it: without it no answer can be scored.")
    if settings.pass_at is not None:
        words = ", ".join(
            f"{accuracy} {chance:.0%}" for accuracy, chance in chances(built.ads, settings.pass_at).items()
        )
        say(f"Passed at {settings.pass_at} right. Chance of passing by true accuracy: {words}.")


def _catalog(ctx: click.Context, stack: ExitStack, *, with_workspace: bool) -> tuple[Any, Catalog, Workspace | None]:
    """The catalog in use with its document, and the workspace where gold or its ads lie in it."""
    from modtui.cli.policies import catalog_in_use
    from modtui.domain.catalog_document import catalog_from_document
    from modtui.files.patterns import compile_pattern
    from modtui.services.catalogs import document_at

    document = document_at(catalog_in_use(ctx))
    workspace: Workspace | None = None
    settings = settings_of(ctx)
    if with_workspace and settings.workspace.exists():
        from modtui.cli.workplace import opened_workspace

        workspace = stack.enter_context(opened_workspace(settings))
    return document, catalog_from_document(document, compile_pattern), workspace


def _gold(given: dict[str, Any], catalog: Catalog, workspace: Workspace | None) -> Iterator[Gold]:
    """All the gold that is asked for."""
    from modtui.services.clock import today, wall_clock
    from modtui.services.gold_sources import Wanted, gold_of_decisions, gold_of_examples

    if not (given["decisions"] or given["examples"] or given["gold"]):
        raise click.UsageError("Say where gold comes from: --decisions, --examples, or --gold FILE.")
    day = today(wall_clock())
    if given["decisions"]:
        if workspace is None:
            raise ModtuiError("No decisions", "There is no workspace.", "Name it with --workspace.")
        wanted = Wanted(
            given["policy_ids"], tuple(code.upper() for code in given["markets"]), given["outcomes"], given["since"],
            given["until"], given["queue"], given["agreed"], given["adjudicated"],
        )  # fmt: skip
        with progress("decisions") as tell:
            yield from gold_of_decisions(workspace, catalog, wanted, on_progress=tell)
    if given["examples"]:
        yield from gold_of_examples(catalog, day, given["policy_ids"])
    if given["gold"]:
        if not (given["labels"] and given["ads"]):
            raise click.UsageError("--gold FILE needs --labels MAP and --ads QUEUE|FILE.")
        from modtui.services.gold_files import gold_of_file

        yield from gold_of_file(
            given["gold"], given["labels"], given["ads"], given["mapping"], catalog, workspace, day, _say_missing
        )


def _say_missing(missing: list[str]) -> None:
    left = number_of(len(missing), "ad of the gold is not there and was", "ads of the gold are not there and were")
    say(f"{left} left out: {', '.join(missing[:5])} ...")


def _order(given: dict[str, Any], include: frozenset[str], exclude: frozenset[str]) -> Order:
    from modtui.domain.pack_choice import Order

    return Order(
        given["size"],
        given["clean"],
        tuple(DIFFICULTIES[word] for word in given["difficulties"]),
        given["seed"],
        include | frozenset(given["include"]),
        exclude | frozenset(given["exclude"]),
    )


def _edits(path: Path | None) -> tuple[dict[str, Edit], frozenset[str], frozenset[str]]:
    """What an edited sheet changes: reasons and other right answers, and which ads are in or out."""
    if path is None:
        return {}, frozenset(), frozenset()
    from modtui.files.pack_sheet import accepted_answers, read_sheet
    from modtui.services.pack_building import Edit

    rows = read_sheet(path)
    edits = {row.origin: Edit(row.why, accepted_answers(path, row, OUTCOMES)) for row in rows}
    return (
        edits,
        frozenset(row.origin for row in rows if row.is_in == "yes"),
        frozenset(row.origin for row in rows if row.is_in == "no"),
    )


def _edited_on_screen(settings: UserSettings, choice: Choice, given: dict[str, Any]) -> PackDraft | None:
    """The draft as the trainer left it, or None when they left without building."""
    from modtui.cli.own_keymap import keymap_of
    from modtui.services.pack_editing import PackDraft
    from modtui.tui.app import ModtuiApp
    from modtui.tui.screens.pack_editor import PackEditor
    from modtui.tui.terminal.requirements import require_terminal

    require_terminal()
    draft = PackDraft(choice, given["clean"])
    title = given["title"] or given["output"].stem
    app = ModtuiApp(
        keymap=keymap_of(settings), theme=settings.theme, reorder=settings.reorder,
        places={"pack": lambda: PackEditor(draft, title)},
    )  # fmt: skip
    try:
        app.run_and_exit()
    except SystemExit as left:
        if left.code:
            raise
    return draft if draft.is_done else None


def _settings(given: dict[str, Any], ads: int) -> Settings:
    from modtui.domain.packs import Assist, Feedback, Kind, Settings

    is_exam = given["kind"] == "exam"
    pass_at = given["pass_at"] or (-(-ads * 9 // 10) if is_exam else None)
    if pass_at is not None and pass_at > ads:
        raise click.UsageError(f"--pass-at {pass_at} is more than the {ads} ads of the pack.")
    if is_exam and given["feedback"] not in (None, "none"):
        raise click.UsageError("An exam has no key in it, so it gives no feedback.")
    return Settings(
        Kind(given["kind"]),
        Feedback(given["feedback"] or ("none" if is_exam else "each")),
        Assist(given["assist"] or ("no-cues" if is_exam else "live")),
        given["time_limit"] * 60 if given["time_limit"] else None,
        given["pauses"],
        pass_at,
        not (given["no_retry"] or is_exam),
    )
