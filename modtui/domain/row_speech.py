"""Rows of a check as one says them aloud, with all that they mean: `allowed with a gambling certificate (law)`."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.domain.clause_values import Basis, Clause, Effect, Mark, Need
from modtui.domain.need_checks import default_missing, percent

_MARKS = {Mark.VERIFIED: "", Mark.SECOND_HAND: "second hand", Mark.UNVERIFIED: "not verified, warns only"}
_BASES = {Basis.LAW: "law", Basis.CODE: "code", Basis.PLATFORM: "platform"}


def said(row: Clause) -> str:
    """What the row does, without what it rests on."""
    lead = _lead(row)
    conditions = ", ".join(_conditions(row))
    if row.effect in (Effect.PROHIBITED, Effect.INFO, Effect.QUALITY) and conditions:
        lead += ", though it also says"
    return " ".join(filter(None, (lead, conditions))) + "".join(_scope(row))


def _lead(row: Clause) -> str:
    if row.effect is Effect.PROHIBITED:
        return "prohibited"
    if row.effect is Effect.INFO:
        return "a note to the reviewer"
    if row.effect is Effect.QUALITY:
        return "a mark of quality"
    if row.effect is Effect.RESTRICTED:
        return "restricted"
    is_bare = row.effect is Effect.CERTIFICATE and not any(need.kind == "certificate" for need in row.needs)
    return "allowed with a certificate" if is_bare else "allowed"


def said_rows(rows: tuple[Clause, ...]) -> str:
    """Rows that hold together, each with its source; `no rule` where there is none."""
    return "; ".join(f"{said(row)} ({source(row)})" for row in rows) or "no rule"


def source(row: Clause) -> str:
    """What the row rests on: `law`, `platform, second hand`."""
    briefing = f"briefing {row.briefing}" if row.briefing else ""
    return ", ".join(part for part in (_BASES[row.basis], _MARKS[row.mark], briefing) if part)


def _conditions(row: Clause) -> Iterator[str]:
    if row.min_age is not None:
        yield f"from age {row.min_age}"
    for need in row.needs:
        yield said_need(need)
    for label in row.labels:
        yield f"labelled “{label}”"
    if row.effect is Effect.LABEL and not row.labels:
        yield "labelled"
    if row.hours is not None:
        yield f"not between {row.hours.not_from} and {row.hours.not_until} ({row.hours.tz})"


def _scope(row: Clause) -> Iterator[str]:
    if row.placements:
        yield f", on {', '.join(row.placements)} only"
    if row.unless:
        yield f", unless {' or '.join(row.unless)}"
    if row.effective:
        yield f", from {row.effective}"
    if row.sunset:
        yield f", until {row.sunset}"


def said_need(need: Need) -> str:
    """What the row asks for, and what its lack does where that is not what it usually does."""
    without = "" if need.missing is default_missing(need.kind, need.by) else f" ({need.missing.name.lower()} without)"
    may_wait = "" if need.required else " (need not be answered)"
    return f"{_asked_for(need)}{without}{may_wait}"


def _asked_for(need: Need) -> str:
    place = f" in {', '.join(need.where)}" if need.where else ""
    if need.kind == "certificate":
        paper = f"a {need.certificate} certificate" if need.certificate else "a certificate"
        number = f" numbered {need.number}" if need.number else ""
        holder = " held by the advertiser" if need.holder else ""
        return f"with {paper}{number}{holder}{' for the domain' if need.domain else ''}"
    if need.kind == "number":
        return f"with a number like {need.number}{place}"
    if need.kind == "text":
        wordings = " or ".join(f"“{words}”" for words in need.text)
        language = f", {need.language}" if need.language else ""
        return f"with the text {wordings}{language}{place}"
    if need.kind == "label":
        words = "".join(f" “{text}”" for text in need.text)
        area = f" over {percent(need.min_area_per_mille)} of the picture" if need.min_area_per_mille else ""
        return f"with a label{words} by the {need.by or 'advertiser'}{area}{place}"
    if need.kind == "audience_share":
        share = percent(need.at_least_per_mille) if need.at_least_per_mille is not None else "?"
        return f"with an audience at least {share} {need.ages}"
    return f"with nobody who looks younger than {need.age}"
