"""Needs of rows: how they are named, and the questions and repairs they carry where the file words none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modtui.domain.clause_values import DEFAULT_MARKET, Need, NeedKind, State
from modtui.domain.policies import Answer, Check, Severity

Document = Mapping[str, Any]


def need_id(check_id: str, kind: NeedKind, market: str, name: str | None = None) -> str:
    """The id of the check that asks for a need: `<check id>/<name>`, or `<check id>/<kind>@<market key>`."""
    return f"{check_id}/{name}" if name else f"{check_id}/{kind}@{market}"


def default_missing(kind: NeedKind, by: str | None = None) -> State:
    """What the lack of a need does where the file does not say.

    A document holds, a label that the platform adds labels, anything else cuts: only a new version of the ad cures it.
    """
    if kind == "label" and by == "platform":
        return State.LABELLED
    return State.HELD if kind in ("certificate", "audience_share") else State.CUT


def percent(per_mille: int) -> str:
    """`738` as `73.8%`."""
    whole, rest = divmod(per_mille, 10)
    return f"{whole}.{rest}%" if rest else f"{whole}%"


def need_from_document(document: Document, check_id: str, market: str) -> Need:
    """The need that one entry of a row's `needs` describes."""
    kind = document["kind"]
    get = document.get
    missing = get("missing")
    ask, fix = get("ask"), get("fix")
    if ask is None or fix is None:
        default_ask, default_fix = _default_texts(document, market)
        ask = default_ask if ask is None else ask
        fix = default_fix if fix is None else fix
    return Need(
        need_id(check_id, kind, market, get("id")),
        kind,
        ask,
        State[missing.upper()] if missing else default_missing(kind, get("by")),
        fix,
        get("required", True),
        get("certificate"),
        get("number"),
        tuple(get("in", ())),
        tuple(get("text", ())),
        get("language"),
        get("holder", False),
        get("domain", False),
        get("ages"),
        get("at_least_per_mille"),
        get("age"),
        get("by"),
        get("min_area_per_mille"),
    )


def need_check(need: Need, parent_id: str, policy_id: str, severity: Severity, order: int) -> Check:
    """The check that asks whether a need is missing, once its parent is answered yes."""
    return Check(
        need.id,
        policy_id,
        "",
        need.ask,
        severity,
        order,
        when=((parent_id, Answer.YES),),
        required=need.required,
        fix=need.fix,
        need=need,
    )


def _default_texts(need: Document, market: str) -> tuple[str, str]:
    """The question, to which yes means *missing*, and the repair."""
    kind = need["kind"]
    where = "" if market == DEFAULT_MARKET else f" for {market}"
    if kind == "certificate":
        paper = f"{need['certificate']} certificate" if need.get("certificate") else "certificate"
        return f"Is a valid {paper}{where} missing?", f"Send the {paper}{where}."
    if kind == "number":
        return f"Is the number required{where} missing from the ad?", f"Show the number required{where} in the ad."
    if kind == "text":
        wordings = " or ".join(f"“{words}”" for words in need.get("text", ())) or "the required text"
        return f"Is the wording required{where} missing: {wordings}?", f"Add the wording required{where}: {wordings}."
    if kind == "label":
        area = need.get("min_area_per_mille")
        size = f" over at least {percent(area)} of the picture" if area else ""
        words = "".join(f" “{text}”" for text in need.get("text", ())[:1])
        ask, mark = f"Is the label{words} required{where}{size} missing?", f"label{words} required{where}{size}"
        # What the platform adds is named, not asked of the advertiser.
        is_added = need.get("by") == "platform" and need.get("missing") in (None, "labelled")
        return ask, f"{mark[0].upper()}{mark[1:]}" if is_added else f"Add the {mark}."
    if kind == "audience_share":
        share = f"{percent(need['at_least_per_mille'])} of the audience is {need['ages']}"
        return f"Is proof missing{where} that at least {share}?", f"Send proof{where} that at least {share}."
    age = need.get("age")
    return f"Does anyone shown look younger than {age}?", f"Show only people who clearly look {age} or older{where}."
