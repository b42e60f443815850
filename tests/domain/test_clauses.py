"""Rows: what each effect and key puts a cell in, one by one (docs/policy-file.md)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from modtui.domain.ads import Ad, Audience
from modtui.domain.clause_values import Clause, Effect, Hours, Need, State
from modtui.domain.clauses import causes_of, need_cause
from modtui.domain.grid import Band
from modtui.domain.policies import Answer, Check, Severity

CHECK = Check("p/a", "p", "aa", "A?", Severity.MEDIUM, 0, fix="Mend it.")
ADULTS, CHILDREN = Band(18), Band(13, 17)
NIGHT = Hours("05:30", "21:00", "Europe/London")
LABEL = Need("p/a/label@FR", "label", "?", State.CUT, fix="Add it.")
PERMIT = Need("p/a/certificate@FR", "certificate", "?", State.HELD)


def found(row: Clause, band: Band = ADULTS, placements: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    ad = Ad("t", "1", audience=Audience(placements=placements))
    return [(cause.state.name.lower(), cause.text) for cause in causes_of(CHECK, row, band, ad)]


@pytest.mark.parametrize(
    ("row", "causes"),
    [
        (Clause("FR", 2), []),
        (Clause("FR", 2, Effect.PROHIBITED), [("cut", "Mend it.")]),
        (Clause("FR", 2, Effect.PROHIBITED, fix="Leave France out."), [("cut", "Leave France out.")]),
        (Clause("FR", 2, min_age=18), []),
        (Clause("FR", 2, min_age=21), [("cut", "Mend it.")]),
        (Clause("FR", 2, hours=NIGHT), [("limited", "not 05:30-21:00 Europe/London")]),
        (Clause("FR", 2, labels=("ad", "18+")), [("labelled", "ad"), ("labelled", "18+")]),
        (Clause("FR", 2, Effect.LABEL, labels=("ad",)), [("labelled", "ad")]),
        (Clause("FR", 2, Effect.LABEL, note="Marked as an ad."), [("labelled", "Marked as an ad.")]),
        (Clause("FR", 2, Effect.LABEL, needs=(LABEL,)), []),
        (Clause("FR", 2, Effect.RESTRICTED, note="Facts only."), [("limited", "Facts only.")]),
        (Clause("FR", 2, Effect.RESTRICTED, min_age=18), []),
        (Clause("FR", 2, Effect.RESTRICTED, labels=("ad",)), [("labelled", "ad")]),
        (Clause("FR", 2, Effect.CERTIFICATE), [("held", "Mend it.")]),
        (Clause("FR", 2, Effect.CERTIFICATE, needs=(PERMIT,)), []),
        (Clause("FR", 2, Effect.QUALITY, min_age=25, labels=("ad",)), []),
        (Clause("FR", 2, Effect.INFO), []),
        (Clause("FR", 2, needs=(LABEL, PERMIT)), []),
    ],
    ids=lambda value: str(value.effect or "-") if isinstance(value, Clause) else None,
)
def test_the_state_follows_from_what_a_row_names(row: Clause, causes: list[tuple[str, str]]) -> None:
    assert found(row) == causes


def test_below_its_age_a_row_cuts_and_says_which_without_a_fix() -> None:
    row = Clause("FR", 2, min_age=18)
    assert found(row, CHILDREN) == [("cut", "Mend it.")]
    bare = replace(CHECK, fix="")
    assert [cause.text for cause in causes_of(bare, row, CHILDREN, Ad("t", "1"))] == ["Target 18 and older."]


@pytest.mark.parametrize(
    ("row", "elsewhere", "only_there"),
    [
        (Clause("FR", 2, Effect.PROHIBITED, placements=("tv",)), ("limited", "not on tv"), ("cut", "Mend it.")),
        (Clause("FR", 2, placements=("tv",)), ("limited", "not on tv"), ("cut", "Mend it.")),
        (Clause("FR", 2, Effect.RESTRICTED, placements=("tv",)), ("limited", "not on tv"), ("cut", "Mend it.")),
        (Clause("FR", 2, min_age=21, placements=("tv",)), ("limited", "21+ on tv"), ("cut", "Mend it.")),
        (
            Clause("FR", 2, Effect.CERTIFICATE, placements=("tv",)),
            ("limited", "not on tv without a document"),
            ("held", "Mend it."),
        ),
    ],
    ids=["prohibited", "bare", "restricted", "age", "certificate"],
)
def test_a_row_for_placements_limits_and_bites_when_the_ad_runs_nowhere_else(
    row: Clause, elsewhere: tuple[str, str], only_there: tuple[str, str]
) -> None:
    assert found(row, placements=()) == [elsewhere], "placements nobody stated may be any"
    assert found(row, placements=("feed", "tv")) == [elsewhere]
    assert found(row, placements=("tv",)) == [only_there]
    assert found(row, placements=("feed",)) == []


def test_hours_on_a_placement_limit_whether_it_is_the_only_one_or_not() -> None:
    row = Clause("GB", 2, hours=NIGHT, placements=("tv",))
    said = [("limited", "not 05:30-21:00 Europe/London on tv")]
    assert found(row, placements=("tv",)) == found(row, placements=("tv", "feed")) == said


def test_a_missing_need_does_what_it_says_within_its_placements() -> None:
    check = Check(LABEL.id, "p", "", "?", Severity.LOW, 1, when=(("p/a", Answer.YES),), need=LABEL)
    everywhere, tv = Clause("FR", 2, needs=(LABEL,)), Clause("FR", 2, needs=(LABEL,), placements=("tv",))
    running = {name: Ad("t", "1", audience=Audience(placements=places)) for name, places in
               (("both", ("tv", "feed")), ("tv", ("tv",)))}  # fmt: skip
    assert need_cause(check, everywhere, running["both"]).state is State.CUT
    assert need_cause(check, tv, running["tv"]).state is State.CUT
    scoped = need_cause(check, tv, running["both"])
    assert (scoped.state, scoped.text) == (State.LIMITED, "not on tv: Add it.")
