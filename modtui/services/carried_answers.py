"""Answers given on another ad or version, taken over to the one on the desk as far as its catalog asks the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from modtui.domain.catalog import Catalog
from modtui.domain.events import Event
from modtui.domain.evidence import Evidence
from modtui.domain.policies import Answer
from modtui.services.desk import Desk
from modtui.services.reviewing import News, Previous
from modtui.services.versions import answers_that_still_hold

if TYPE_CHECKING:
    from modtui.domain.touched import Touched


class Carried(Struct, frozen=True):
    """What was taken over."""

    count: int
    news: News | None = None
    "What to say where the answers were given under another catalog."


def repeat(desk: Desk, answers: Mapping[str, Answer], given_under: Catalog) -> Carried:
    """Fill in the answers of the last decided ad; those to questions asked anew since are left behind."""
    if given_under.hash == desk.case.catalog.hash:
        desk.fill(answers)
        return Carried(len(answers))
    from modtui.domain.touched import Touched  # only where the catalog has changed

    kept, anew = Touched(given_under, desk.case.catalog).carried_over(answers)
    desk.fill(kept)
    return Carried(len(kept), _recomputed(desk, f"the last ad's answers are of {given_under.version}", anew))


def offer(desk: Desk, previous: Previous, touched: Touched | None) -> Carried:
    """Fill in the answers of the version before on what did not change; `touched` is what another catalog changed."""
    kept = answers_that_still_hold(previous, desk.case)
    answers = {check_id: Answer(answer) for check_id, answer in kept.items()}
    news = None
    if touched is not None:
        answers, anew = touched.carried_over(answers)
        news = _recomputed(desk, f"the answers before are of {touched.old.version}", anew)
    evidence = {
        each: tuple(Evidence.from_json(dict(at)) for at in places) for each, places in previous.evidence.items()
    }
    desk.fill(answers, evidence)
    return Carried(len(answers), news)


def since_decided(desk: Desk, event: Event, asked_anew: Sequence[str]) -> str:
    """What an ad that undo brought back comes to now, if another catalog is in use than when it was decided."""
    if event.catalog_hash in ("", desk.case.catalog.hash):
        return ""
    version = (event.body.get("catalog") or {}).get("version", "another version")
    asked = f", asked anew: {_letters(desk, asked_anew)}" if asked_anew else ""
    return f"; decided under {version}, by {desk.case.catalog.version} now: {desk.words(desk.outcome)}{asked}"


def _recomputed(desk: Desk, words: str, anew: Sequence[str]) -> News:
    """That answers given under another catalog were ruled by the one in use, and which were left behind."""
    left = f"asked anew, so left open: {_letters(desk, anew)}" if anew else "all of them answer the same questions"
    now = f"Ruled by catalog {desk.case.catalog.version}: {desk.words(desk.outcome)}."
    return News((f"{words[0].upper()}{words[1:]}.", now, f"{left[0].upper()}{left[1:]}."))


def _letters(desk: Desk, check_ids: Sequence[str]) -> str:
    known = desk.case.catalog.check_by_id
    return " ".join(known[each].key if each in known and known[each].key else each for each in check_ids)
