"""An answer held against the key: right is right, and every difference is told once."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.attempts import Attempt
from modtui.domain.catalog import Catalog
from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.counted_findings import counted_findings, deciding_check
from modtui.domain.evidence import FULL_BOX, Evidence
from modtui.domain.feedback import FOUND, MISSED, TOO_MUCH, compare, overlap
from modtui.domain.packs import Accepted, Key, Rationale
from modtui.domain.policies import Answer
from modtui.domain.rulings import Case, rule_case
from modtui.files.patterns import compile_pattern
from tests.files.packs_made import house_document
from tests.services.room import AL, MP, TL, WB, WL

CHECKS = (WL, WB, AL, TL, MP)
answers = st.dictionaries(st.sampled_from(CHECKS), st.sampled_from([Answer.YES, Answer.NO]))
components = st.sampled_from(["body", "headline", "media.0"])
spans = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)
boxes = st.tuples(spans, spans).map(lambda two: (two[0][0], two[1][0], two[0][1], two[1][1]))
places = st.one_of(
    st.builds(lambda name, span: Evidence(name, span[0], span[1]), components, spans),
    st.builds(lambda name, span: Evidence(name, start_ms=span[0], end_ms=span[1]), components, spans),
    st.builds(lambda name, box: Evidence(name, box=box), components, boxes),
    st.builds(Evidence, components),
)


@cache
def catalog() -> Catalog:
    return catalog_from_document(house_document(), compile_pattern)


def case() -> Case:
    payload = {"id": "1", "source": "pack", "markets": ["FR", "SA"], "audience": {"min_age": 16}}
    return Case(ad_from_payload(payload | {"creative": {"body": "Wine."}}), catalog(), "2026-11-20")


def attempt(given_answers: dict[str, Answer], **more: object) -> Attempt:
    ruling = rule_case(case(), given_answers)
    outcome = ruling.outcome.value
    findings, first = counted_findings(ruling, given_answers), deciding_check(ruling, given_answers)
    whole = Attempt("001", 1, outcome, outcome, given_answers, findings=findings, first=first)
    return replace(whole, **more)


def key(given_answers: dict[str, Answer], **more: object) -> Key:
    own = attempt(given_answers)
    whole = Key(own.outcome, given_answers, Rationale("Because."), own.findings, own.first)
    return replace(whole, **more)


@given(answers)
def test_the_key_s_own_answer_is_whole(right: dict[str, Answer]) -> None:
    told = compare(case(), key(right), attempt(right))
    assert told.is_right and told.is_whole and told.is_first_right
    assert not told.missed and not told.too_much and not told.cells and not told.answers


@given(answers, answers)
def test_every_finding_of_either_side_is_told_once(own: dict[str, Answer], right: dict[str, Answer]) -> None:
    told = compare(case(), key(right), attempt(own))
    by_verdict = {verdict: {line.check_id for line in told.checks if line.verdict == verdict} for verdict in
                  (FOUND, MISSED, TOO_MUCH)}  # fmt: skip
    own_set, key_set = set(attempt(own).findings), set(key(right).checks)
    assert by_verdict == {FOUND: own_set & key_set, MISSED: key_set - own_set, TOO_MUCH: own_set - key_set}
    assert len(told.checks) == len(own_set | key_set)
    assert told.is_set_right == (own_set == key_set)


@given(answers, answers)
def test_what_one_side_missed_the_other_has_too_much(own: dict[str, Answer], right: dict[str, Answer]) -> None:
    there, back = compare(case(), key(right), attempt(own)), compare(case(), key(own), attempt(right))
    assert (there.missed, there.too_much) == (back.too_much, back.missed)
    assert len(there.cells) == len(back.cells) <= there.cell_count


@given(answers, answers)
def test_another_answer_that_is_accepted_leaves_nothing_to_learn(
    own: dict[str, Answer], right: dict[str, Answer]
) -> None:
    mine = attempt(own)
    told = compare(case(), key(right, accepted=(Accepted(mine.outcome, mine.findings),)), mine)
    assert told.is_right and told.is_accepted != (told.is_outcome_right and told.is_first_right)


@given(answers, answers)
def test_what_an_attempt_says_of_its_own_ruling_is_not_believed(
    own: dict[str, Answer], right: dict[str, Answer]
) -> None:
    whole = key(right)
    boast = attempt(own, outcome=whole.outcome, derived=whole.outcome, findings=whole.checks, first=whole.first)
    assert compare(case(), whole, boast).is_outcome_right == (attempt(own).outcome == whole.outcome)
    assert compare(case(), whole, boast).checks == compare(case(), whole, attempt(own)).checks


@given(st.lists(places, max_size=4), st.lists(places, max_size=4))
def test_overlap_is_a_share_and_whole_for_the_same_places(own: list[Evidence], right: list[Evidence]) -> None:
    assert 0 <= overlap(own, right) <= 100
    assert overlap(right, right) == 100
    assert overlap([*own, *right], right) == 100
    assert overlap([], right) == (0 if right else 100)


@given(spans, spans)
def test_overlap_of_two_spans_is_symmetric_and_none_when_apart(one: list[int], other: list[int]) -> None:
    first, second = Evidence("body", *one), Evidence("body", *other)
    assert overlap([first], [second]) == overlap([second], [first])
    assert overlap([replace(first, component="headline")], [second]) == 0
    if one[1] <= other[0] and one != other:
        assert overlap([first], [second]) == 0


def test_a_whole_component_meets_a_place_in_it_and_half_a_box_is_half() -> None:
    assert overlap([Evidence("body")], [Evidence("body", 3, 9)]) == 100
    left, whole = (0, 0, FULL_BOX // 2, FULL_BOX), (0, 0, FULL_BOX, FULL_BOX)
    assert overlap([Evidence("media.0", box=left)], [Evidence("media.0", box=whole)]) == 50


def test_no_and_open_say_the_same_of_a_check() -> None:
    told = compare(case(), key({WL: Answer.NO}), attempt({}))
    assert told.answers == ()
    told = compare(case(), key({WL: Answer.NO}), attempt({WL: Answer.UNSURE}))
    assert [line.check_id for line in told.answers] == [WL]
