"""Hypothesis strategies for small catalogs, ads and answers that meet in few markets, ages and placements."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from modtui.domain.ads import Ad, Advertiser, Audience, Certificate, Creative, LandingPage, Media, Share, TimedText
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import DEFAULT_MARKET, Basis, Clause, Effect, Hours, Mark, Need, State
from modtui.domain.policies import Answer, Check, Cues, Escalation, Facts, FactTest, Policy, Severity

EXAMPLES = int(os.environ.get("MODTUI_LAW_EXAMPLES", "50"))
"How many examples a law is tried on; raise it for a long run."
LAW = settings(
    max_examples=EXAMPLES,
    deadline=None,
    # How long drawing takes depends on the machine, and how often a premise fails on the law.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
"How a law is tried."
AS_OF = "2026-06-15"
EARLIER, LATER = "2026-01-01", "2026-12-31"
GROUPS = {"EEA": ("DE", "FR", "NO"), "NORTH": ("NO", "SE"), "GCC": ("AE", "SA")}
ROW_KEYS = (DEFAULT_MARKET, "EEA", "NORTH", "GCC", "FR", "NO", "SA", "US", "US-NY")
TARGETS = ("FR", "DE", "NO", "SE", "SA", "AE", "US", "US-NY", "US-CA", "JP", "EEA", "GCC")
PLACEMENTS = ("feed", "tv")
SHARES = ((), (Share("21+", 700),), (Share("21+", 800, "US"), Share("21+", 600, "EEA")))
ESCALATIONS = (None, None, None, Escalation("child-safety", "safety"), Escalation("scam", "legal", offered=True))
FACTS = (
    FactTest("audience.min_age", "<", "18"),
    FactTest("product.food_score", ">=", "4"),
    FactTest("industry", "under", "food"),
    FactTest("text", "matches", "wine"),
    FactTest("body", "matches", "casino"),
    FactTest("markets", "has", "EEA"),
    FactTest("creative.ai_declared", "is", "no"),
)


def rank_of(market: str) -> int:
    return 0 if market == DEFAULT_MARKET else 1 if market in GROUPS else 2


@st.composite
def needs(draw: st.DrawFn, check_id: str, market: str, number: int) -> Need:
    kind = draw(st.sampled_from(("certificate", "number", "text", "label", "audience_share", "apparent_age")))
    details: dict[str, dict[str, Any]] = {
        "certificate": {"certificate": "gambling", "holder": draw(st.booleans())},
        "number": {"number": r"AB\d", "where": draw(st.sampled_from(((), ("body",), ("text", "on_screen_text"))))},
        "text": {"text": ("drink less", "18+")},
        "label": {"by": "advertiser", "min_area_per_mille": 70},
        "audience_share": {"ages": "21+", "at_least_per_mille": 738},
        "apparent_age": {"age": 25},
    }
    return Need(
        id=f"{check_id}/{kind}-{number}@{market}",
        kind=kind,
        ask=f"Is the {kind} missing?",
        missing=draw(st.sampled_from((State.HELD, State.CUT))),
        fix=f"Send the {kind} of {check_id} for {market}.",
        required=draw(st.booleans()),
        **details[kind],
    )


@st.composite
def clauses(draw: st.DrawFn, check_id: str, market: str, number: int, exemptions: tuple[str, ...]) -> Clause:
    return Clause(
        market=market,
        rank=rank_of(market),
        effect=draw(st.sampled_from((None, None, None, Effect.PROHIBITED, *Effect))),
        min_age=draw(st.sampled_from((None, None, 13, 18, 21, 25))),
        needs=(draw(needs(check_id, market, number)),) if draw(st.integers(0, 3)) == 0 else (),
        labels=draw(st.sampled_from(((), (), ("ad mark",), ("ad mark", "synthetic")))),
        placements=draw(st.sampled_from(((), (), ("tv",), ("feed",)))),
        hours=draw(st.sampled_from((None, None, Hours("05:30", "21:00", "Europe/London")))),
        unless=draw(st.sampled_from(((), exemptions))),
        basis=draw(st.sampled_from(Basis)),
        mark=draw(st.sampled_from((*[Mark.VERIFIED] * 3, Mark.SECOND_HAND, Mark.UNVERIFIED))),
        effective=draw(st.sampled_from((*[None] * 5, EARLIER, LATER))),
        sunset=draw(st.sampled_from((*[None] * 5, EARLIER, LATER))),
        fix=draw(st.sampled_from(("", f"Mend {check_id}."))),
        hash=f"{check_id}#{market}#{number}",
    )


def need_checks(check: Check, order: int) -> list[Check]:
    rows = [*check.clauses, *(row for rows in check.markets.values() for row in rows)]
    found = [need for row in rows for need in row.needs]
    return [
        Check(
            need.id,
            check.policy_id,
            "",
            need.ask,
            check.severity,
            order + place,
            when=((check.id, Answer.YES),),
            required=need.required,
            need=need,
        )
        for place, need in enumerate(found)
    ]


@st.composite
def checks(
    draw: st.DrawFn,
    policy_id: str,
    name: str,
    key: str,
    order: int,
    parents: tuple[str, ...],
    exemptions: tuple[str, ...],
) -> Check:
    check_id = f"{policy_id}/{name}"
    keys = draw(st.lists(st.sampled_from(ROW_KEYS), min_size=1, max_size=4, unique=True))
    rows: dict[str, tuple[Clause, ...]] = {}
    for market in keys:
        count = draw(st.sampled_from((1, 1, 2)))
        rows[market] = tuple(draw(clauses(check_id, market, number, exemptions)) for number in range(count))
    when: tuple[tuple[str, Answer], ...] = ()
    if draw(st.booleans()) and parents:
        wanted = draw(st.sampled_from((Answer.YES, Answer.YES, Answer.NO)))
        when = ((draw(st.sampled_from(parents)), wanted),)
    return Check(
        id=check_id,
        policy_id=policy_id,
        key=key,
        ask=f"{check_id}?",
        severity=draw(st.sampled_from(Severity)),
        order=order,
        clauses=rows.pop(DEFAULT_MARKET, ()),
        markets=rows,
        facts=draw(
            st.one_of(
                st.none(),
                st.none(),
                st.builds(
                    Facts, st.lists(st.sampled_from(FACTS), min_size=1, max_size=2).map(tuple), every=st.booleans()
                ),
            )
        ),
        when=when,
        required=draw(st.booleans()),
        cues=draw(st.sampled_from((Cues(), Cues(words=("wine",)), Cues(patterns=("casi?no",))))),
        escalation=draw(st.sampled_from(ESCALATIONS)),
        fix=draw(st.sampled_from(("", f"Change {check_id}."))),
    )


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """One or two policies of one to three checks, with `when` chains, needs, exemptions and rows of every rank."""
    policies: list[Policy] = []
    parents: tuple[str, ...] = ()
    order = 0
    for number in range(draw(st.integers(1, 2))):
        policy_id = f"p{number}"
        members: list[Check] = []
        exemptions: tuple[str, ...] = ()
        if draw(st.booleans()):
            roots: list[tuple[tuple[str, Answer], ...]] = [(), *(((parent, Answer.YES),) for parent in parents)]
            root = draw(st.sampled_from(roots))
            exemption = Check(
                id=f"{policy_id}/exempt",
                policy_id=policy_id,
                key=f"x{chr(97 + number)}",
                ask="Exempt?",
                severity=Severity.LOW,
                order=order,
                when=root,
                is_exemption=True,
            )
            members.append(exemption)
            exemptions = (exemption.id,)
            order += 1
        for place in range(draw(st.integers(1, 3))):
            key = f"{chr(97 + number)}{chr(97 + place)}"
            check = draw(checks(policy_id, f"c{place}", key, order, parents, exemptions))
            asked_for = need_checks(check, order + 1)
            members += [check, *asked_for]
            order += 1 + len(asked_for)
            parents = (*parents, check.id)
        policies.append(
            Policy(
                id=policy_id,
                title=policy_id,
                family="test",
                axis="content",
                severity=Severity.MEDIUM,
                principle="A principle.",
                cues=draw(st.sampled_from((Cues(), Cues(industries=("food",)), Cues(words=("spring",))))),
                checks=tuple(members),
                on_partial=draw(st.sampled_from(("limit", "limit", "limit", "return"))),
                effective=draw(st.sampled_from((*[None] * 6, EARLIER, LATER))),
                sunset=draw(st.sampled_from((*[None] * 6, EARLIER, LATER))),
            )
        )
    return Catalog("test", "1", "Test", None, GROUPS, {"legal": "Counsel", "safety": "Safety"}, tuple(policies))


TEXTS = st.sampled_from((None, "wine in spring", "a casino, 18+", "AB7 drink less", "nothing here"))
AGES = st.sampled_from((None, 0, 13, 16, 18, 21, 30, 65))
CERTIFICATES = st.builds(
    Certificate,
    kind=st.sampled_from(("gambling", "finance")),
    holder=st.sampled_from((None, "Glow", "Other")),
    market=st.sampled_from((None, "FR", "US", "EEA", "SA")),
    expires=st.sampled_from((None, EARLIER, AS_OF, LATER)),
)


@st.composite
def ads(draw: st.DrawFn) -> Ad:
    """An ad with any data missing: markets (groups, parts, none), ages (none, reversed), media, certificates."""
    return Ad(
        "test",
        "ad-1",
        schedule_end=draw(st.sampled_from((None, "2026-07-01", "2027-02-01"))),
        advertiser=Advertiser(
            name=draw(st.sampled_from((None, "Glow"))),
            certificates=draw(st.one_of(st.none(), st.lists(CERTIFICATES, max_size=2).map(tuple))),
        ),
        industry=draw(st.sampled_from((None, "food.alcohol", "games"))),
        food_score=draw(st.sampled_from((None, 0, 4, 12))),
        markets=draw(
            st.one_of(st.just(()), st.lists(st.sampled_from(TARGETS), min_size=2, max_size=5, unique=True).map(tuple))
        ),
        audience=Audience(
            min_age=draw(AGES),
            max_age=draw(AGES),
            placements=tuple(draw(st.lists(st.sampled_from(PLACEMENTS), max_size=2, unique=True))),
            shares=draw(st.sampled_from(SHARES)),
        ),
        creative=Creative(
            headline=draw(TEXTS),
            body=draw(TEXTS),
            on_screen_text=draw(st.sampled_from(((), (TimedText("wine", 0, 900),)))),
            ai_declared=draw(st.sampled_from((None, True, False))),
        ),
        media=draw(st.sampled_from(((), (Media("media/1.mp4", "video"),)))),
        landing_page=draw(st.sampled_from((LandingPage(), LandingPage(url="https://x.example/", text="wine shop")))),
    )


@st.composite
def answered(draw: st.DrawFn, unsure: bool = True) -> tuple[Ad, Catalog, dict[str, Answer]]:
    """An ad, a catalog, and answers to some of its checks."""
    catalog = draw(catalogs())
    choices = [*[Answer.YES] * 4, Answer.NO, None, *([Answer.UNSURE] if unsure else [])]
    given = {check.id: draw(st.sampled_from(choices)) for check in catalog.checks}
    return draw(ads()), catalog, {check_id: answer for check_id, answer in given.items() if answer is not None}


def keep_rows(catalog: Catalog, keep: Callable[[Clause], bool]) -> Catalog:
    """The catalog with only the rows that pass, everything else as it is."""

    def kept(check: Check) -> Check:
        markets: Mapping[str, tuple[Clause, ...]] = {
            market: tuple(row for row in rows if keep(row)) for market, rows in check.markets.items()
        }
        return replace(check, clauses=tuple(row for row in check.clauses if keep(row)), markets=markets)

    policies = tuple(replace(policy, checks=tuple(map(kept, policy.checks))) for policy in catalog.policies)
    return replace(catalog, policies=policies)
