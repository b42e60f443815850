"""`modtui practice` and `modtui drill`: the review screen over packs, with a log of its own."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modtui.cli.common import put, put_json, say, settings_of
from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from modtui.services.practice_packs import TakenPack
    from modtui.services.practising import PracticeSession
    from modtui.services.settings import Settings
    from modtui.store.workspace import Workspace

PLAIN_HELP = "Line by line, for screen readers and poor terminals."
CODE_HELP = "The class code of a sealed pack; asked for where it is not given. [MODTUI_CLASS_CODE]"


@click.command(epilog="For example: modtui practice weight.pack --answers amina.answers\n\nOr: modtui practice")
@click.argument("pack", required=False, metavar="[PACK]")
@click.option("--answers", metavar="FILE", help="Where the answers go when the last ad is answered.")
@click.option("--class-code", metavar="CODE", help=CODE_HELP)
@click.option("--plain", is_flag=True, help=PLAIN_HELP)
@click.option("--latency", type=int, metavar="MS", help="Round trip to the terminal; measured when not given.")
@click.option("--theme", help="The theme of the screens.")
@click.option("--graphics", metavar="auto|blocks|kitty|sixel|none", help="How pictures are drawn; auto finds out.")
@click.pass_context
def practice(
    ctx: click.Context,
    pack: str | None,
    answers: str | None,
    class_code: str | None,
    plain: bool,
    latency: int | None,
    theme: str | None,
    graphics: str | None,
) -> None:
    """Practise a pack on the review screen. Without one: ads of the catalog's own examples.

    Answers go to a log of their own, never among decisions, and leave as one file.
    """
    settings = settings_of(ctx, latency_ms=latency, theme=theme, graphics=graphics)
    gc.disable()  # Start-up makes much and drops little; the app turns it on again.
    if not plain:
        _require_terminal()
    from modtui.cli.workplace import opened_place
    from modtui.services.catalogs import load_rulebook
    from modtui.services.clock import wall_clock
    from modtui.services.practising import PracticeSession
    from modtui.store.times import utc_text

    with opened_place(settings.workspace) as workspace:
        now = utc_text(wall_clock())
        taken = _pack_at(workspace, Path(pack), now, class_code) if pack else _examples(workspace, settings, now)
        path = Path(answers) if answers else (answers_name(taken, settings.reviewer) if pack else None)
        in_use = load_rulebook(_policies(settings), workspace, wall_clock()).catalog if pack else None
        session = PracticeSession(workspace, taken, settings.reviewer, answers_path=path, in_use=in_use)
        (_run_plainly if plain else _run)(workspace, settings, session)


def answers_name(taken: TakenPack, learner: str) -> Path:
    """Where answers go when nobody says: a file in this folder, named for the pack and the learner."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in f"{taken.pack.manifest.title}-{learner}")
    return Path(f"{plain[:80].strip('-').lower()}.answers")


def _pack_at(workspace: Workspace, path: Path, now: str, code: str | None) -> TakenPack:
    """Take a pack in, with the code from the option, the environment or the terminal where it is sealed."""
    from modtui.services.practice_packs import PackSealed, take_in

    try:
        return take_in(workspace, path, now, code or os.environ.get("MODTUI_CLASS_CODE", ""))
    except PackSealed:
        return take_in(workspace, path, now, click.prompt("Class code", hide_input=True, err=True))


def _examples(workspace: Workspace, settings: Settings, now: str) -> TakenPack:
    """A pack of the worked examples of the catalog in use, built when it is asked for first."""
    from modtui.services.practice_examples import examples_pack

    return examples_pack(workspace, _policies(settings), now)


def _policies(settings: Settings) -> Path:
    from modtui.services.shipped import shipped

    return settings.policies or shipped("policies.yaml")


def _require_terminal() -> None:
    from modtui.tui.terminal.requirements import require_terminal

    require_terminal()


def _run(workspace: Workspace, settings: Settings, session: PracticeSession) -> None:
    """Open the screens, and in the end say where the answers are."""
    from modtui.tui.terminal.latency import LatencyProbe, given_link

    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)
    probe = LatencyProbe(graphics=settings.graphics) if settings.latency_ms is None else None
    if probe is not None:
        probe.start()
    from modtui.cli.practice_screens import build_practice_app

    link = probe.finish() if probe is not None else given_link(settings.latency_ms, settings.graphics)
    app = build_practice_app(workspace, settings, session, link)
    try:
        app.run_and_exit()
    finally:
        _tell(session)


def _run_plainly(workspace: Workspace, settings: Settings, session: PracticeSession) -> None:
    """The same line by line."""
    import asyncio

    from modtui.cli.plain_practice import PlainPractice
    from modtui.services.exposure import CareBook

    gc.enable()
    try:
        asyncio.run(PlainPractice(session, care=CareBook(workspace, settings.reviewer)).run())
    finally:
        _tell(session)


def _tell(session: PracticeSession) -> None:
    """Write what there is, on leaving; what is unfinished says so."""
    if session.answers_path is None or not session.run.attempts:
        return
    try:
        code = session.write_answers()
    except ModtuiError as error:
        say(f"{error.title}: {error.message} {error.hint}")
        return
    count = len(session.run.answered)
    state = "finished" if session.is_finished else f"{count} of {number_of(session.ad_count, 'ad')}, to be gone on with"
    say(f"Answers: {session.answers_path} ({state})\nCode: {code}")


DRILL_EPILOG = "For example: modtui drill\n\nOr, with fresh ads from another pack: modtui drill weight.pack"


@click.command(epilog=DRILL_EPILOG)
@click.argument("packs", nargs=-1, metavar="[PACK...]")
@click.option("--pairs", is_flag=True, help="Only clauses that are taken for one another, side by side.")
@click.option("--due", "only_due", is_flag=True, help="Say what is due, and open nothing.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.option("--class-code", metavar="CODE", help=CODE_HELP)
@click.option("--plain", is_flag=True, help=PLAIN_HELP)
@click.option("--latency", type=int, metavar="MS", help="Round trip to the terminal; measured when not given.")
@click.option("--theme", help="The theme of the screens.")
@click.pass_context
def drill(
    ctx: click.Context,
    packs: tuple[str, ...],
    pairs: bool,
    only_due: bool,
    as_json: bool,
    class_code: str | None,
    plain: bool,
    latency: int | None,
    theme: str | None,
) -> None:
    """Bring back the clauses you got wrong, when they are due, each time with other ads. Ten minutes a day are enough.

    Ads come from the packs you took in whose key opens, and from the worked examples of the catalog.
    """
    settings = settings_of(ctx, latency_ms=latency, theme=theme)
    from modtui.cli.workplace import opened_place
    from modtui.services.clock import wall_clock

    code = class_code or os.environ.get("MODTUI_CLASS_CODE", "")
    with opened_place(settings.workspace) as workspace:
        if only_due or as_json:
            _tell_due(workspace, settings, as_json)
            return
        if not plain:
            _require_terminal()
        from modtui.services.drill_opening import DrillOpening
        from modtui.services.practice_packs import take_in
        from modtui.store.times import utc_text

        now = utc_text(wall_clock())
        for path in packs:
            take_in(workspace, Path(path), now, code).pack.close()
        opening = DrillOpening(workspace, _policies(settings), settings.reviewer, code)
        session = opening.session(pairs_only=pairs)
        for words in opening.remarks:
            say(words)
        if session is not None:
            (_run_plainly if plain else _run)(workspace, settings, session)
        else:
            _tell_due(workspace, settings, as_json=False)


def _tell_due(workspace: Workspace, settings: Settings, as_json: bool) -> None:
    from modtui.services.clock import wall_clock
    from modtui.services.drill_schedule import day_words
    from modtui.store import drill_cards
    from modtui.store.times import utc_text

    now_ms = wall_clock()
    with workspace.read() as connection:
        cards = drill_cards.all_cards(connection, settings.reviewer)
    if as_json:
        found = [
            {"clause": card.clause, "due": utc_text(card.due_ms), "is_due": card.due_ms <= now_ms} for card in cards
        ]
        put_json({"reviewer": settings.reviewer, "cards": found})
        return
    due = [card.clause for card in cards if card.due_ms <= now_ms]
    if due:
        put(f"{len(due)} due: {', '.join(due)}")
    elif cards:
        put(f"Nothing is due. {cards[0].clause} comes back {day_words(cards[0].due_ms - now_ms)}.")
    else:
        put("Nothing is due: clauses come here that you get wrong in practice.")
