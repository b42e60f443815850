"""Building packs: what is gold and what is not, how it is chosen, and that nothing but the key gives answers away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from modtui.domain.gold import Gold, Weighed
from modtui.domain.gold_sample import sampled
from modtui.domain.pack_choice import STALE, TWICE, UNLIKE, Order, choose
from modtui.domain.packs import Feedback, Kind, Settings
from modtui.domain.policies import Answer
from modtui.errors import ModtuiError
from modtui.files.pack_file import Pack, open_pack
from modtui.files.pack_sheet import SheetRow, accepted_answers, read_sheet, write_sheet
from modtui.services.catalogs import Rulebook, catalog_at, document_at
from modtui.services.gold_files import gold_of_file
from modtui.services.gold_sources import Wanted, gold_of_decisions, gold_of_examples
from modtui.services.pack_building import Edit, Plan, build_pack, plain_document, plan_choice, weigh
from modtui.services.pack_staleness import staleness
from modtui.services.review_session import ReviewSession
from modtui.services.shipped import shipped
from tests.services.room import AL, HOUSE, NO, WL, YES, Room, ad, answer, at_hand, room_at

SHIPPED = shipped("policies.yaml")
TODAY = "2026-11-23"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return Rulebook(catalog_at(SHIPPED))


@pytest.fixture(scope="module")
def examples(rulebook: Rulebook) -> list[Weighed]:
    """The worked examples of the shipped catalog."""
    found = gold_of_examples(rulebook.catalog, TODAY)
    return [weigh(each, rulebook.catalog, rulebook.index) for each in found]


async def decide(session: ReviewSession, note: str = "", **answers: Answer) -> None:
    answer(session, **answers)
    at_hand(session).desk.note = note
    await session.decide()


def build(room: Room, gold: list[Gold], name: str = "a.pack", *, kind: Kind = Kind.OPEN, **order: Any) -> Pack:
    choice = plan_choice(gold, room.rulebook.catalog, Order(**({"size": 10} | order)))
    plan = Plan("House", Settings(kind))
    built = build_pack(room.folder / name, choice, plain_document(document_at(HOUSE)), plan)
    return open_pack(built.path, built.class_code)


async def decided(room: Room) -> list[Gold]:
    """Three decisions with their reasons in three places, and one without any."""
    secret = {"extra": {"Permitted (Y/N)": "N-very-secret"}, "flags": [{"source": "m", "label": "secret-flag"}]}
    room.bring(
        ad("reject-me", creative={"body": "Lose 10 kg in a week"}, **secret),
        ad("approve-me", creative={"body": "How I failed to lose 10 kg"}),
        ad("wine-1", "Red wine", markets=["BE"]),
        ad("plain-1", "Bread"),
    )
    amina = await room.sit()
    for _ in range(4):
        body = at_hand(amina).desk.case.ad.creative.body or ""
        if body.startswith("Lose"):
            await decide(amina, wl=YES)  # evidence by its cue
        elif body.startswith("How"):
            await decide(amina, wl=NO)  # a lit check that was denied
        elif "wine" in body:
            await decide(amina, "Sold to adults, in Belgium only.", al=YES)
        else:
            await decide(amina)
    return list(gold_of_decisions(room.workspace, room.rulebook.catalog, Wanted()))


async def test_decisions_become_gold_with_the_reason_they_hold(room: Room) -> None:
    gold = await decided(room)
    choice = plan_choice(gold, room.rulebook.catalog, Order(10, clean_share=0))
    why = {each.gold.name: each.key.rationale.why for each in choice.chosen}
    assert why["wine-1"] == "Sold to adults, in Belgium only."
    assert why["reject-me"].startswith("“Lose 10 kg” (body) makes the answer yes to: Does the ad promise")
    assert "“lose 10 kg” points at" in why["approve-me"]
    (reason,) = [why for why, found in choice.left_out.items() if [each.gold.name for each in found] == ["plain-1"]]
    assert reason.startswith("nobody said why")
    keys = {each.gold.name: each.key for each in choice.chosen}
    assert (keys["reject-me"].outcome, keys["reject-me"].first) == ("reject", WL)
    assert keys["reject-me"].evidence[WL][0].quote == "Lose 10 kg"
    assert keys["wine-1"].checks == (AL,)
    assert keys["approve-me"].difficulty > keys["reject-me"].difficulty


async def test_gold_without_a_reason_is_refused_when_it_is_asked_for_by_name(room: Room) -> None:
    gold = await decided(room)
    with pytest.raises(ModtuiError, match="plain-1: nobody said why"):
        plan_choice(gold, room.rulebook.catalog, Order(10, include=frozenset(["plain-1"])))
    origin = next(each.origin for each in gold if each.name == "plain-1")
    edits = {origin: Edit("Bread is bread.", (("reject", ("x",)),))}
    choice = plan_choice(gold, room.rulebook.catalog, Order(10, include=frozenset(["plain-1"])), edits=edits)
    key = next(each.key for each in choice.chosen if each.gold.name == "plain-1")
    assert key.rationale.why == "Bread is bread."
    assert key.accepted[0].outcome == "reject"


async def test_the_pack_holds_the_ads_and_nothing_of_their_way_through_the_house(room: Room) -> None:
    gold = await decided(room)
    for kind in Kind:
        pack = build(room, gold, f"{kind}.pack", kind=kind, clean_share=30)
        raw = pack.path.read_bytes()
        for secret in (b"N-very-secret", b"secret-flag", b"reject-me", b"amina"):
            assert secret not in raw, (kind, secret)
        assert [each.id for each in pack.ads] == ["001", "002", "003"]
        assert {each.ad["creative"]["body"] for each in pack.ads} == {
            "Lose 10 kg in a week", "How I failed to lose 10 kg", "Red wine",
        }  # fmt: skip
        if pack.keys is not None:
            by_outcome = {key.outcome: ad_id for ad_id, key in pack.keys.items() if key.first in (WL, "")}
            assert pack.keys[by_outcome["reject"]].lookalike == by_outcome["approve"]
            assert pack.keys[by_outcome["approve"]].lookalike == by_outcome["reject"]


async def test_gold_on_clauses_that_changed_is_stale_and_left_out_by_default(room: Room) -> None:
    await decided(room)
    text = HOUSE.read_text().replace("min_age: 18\n        fix: Target", "min_age: 21\n        fix: Target", 1)
    path = room.folder / "next.yaml"
    path.write_text(text.replace("2026.11.1", "2026.12.1"))
    newer = catalog_at(path)
    gold = list(gold_of_decisions(room.workspace, newer, Wanted()))
    assert {each.name: bool(each.stale) for each in gold} == {
        "reject-me": False, "approve-me": False, "wine-1": True, "plain-1": False,
    }  # fmt: skip
    choice = plan_choice(gold, newer, Order(10, clean_share=0))
    assert [each.gold.name for each in choice.left_out[STALE]] == ["wine-1"]
    # What it would come to now is another outcome, so that it cannot be gold as it stands.
    with_stale = plan_choice(gold, newer, Order(10, clean_share=0), with_stale=True)
    assert "wine-1" not in [each.gold.name for each in with_stale.chosen]


async def test_decisions_are_filtered_by_what_a_trainer_names(room: Room) -> None:
    await decided(room)

    def names(**wanted: Any) -> set[str]:
        found = gold_of_decisions(room.workspace, room.rulebook.catalog, Wanted(**wanted))
        return {each.name for each in found}

    assert names(policies=("alcohol",)) == {"wine-1"}
    assert names(policies=("weight",)) == {"reject-me", "approve-me"}
    assert names(outcomes=("reject",)) == {"reject-me"}
    assert names(markets=("FR",)) == {"reject-me", "approve-me", "plain-1"}
    assert names(since="2026-11-22", until="2026-11-23") == {"reject-me", "approve-me", "wine-1", "plain-1"}
    assert names(until="2026-11-22") == set()
    assert names(queue="another") == names(agreed=2) == names(only_adjudicated=True) == set()


# Choosing ---


def test_every_example_of_the_shipped_catalog_is_gold_or_stands_in_two_answers(examples: list[Weighed]) -> None:
    choice = choose(examples, Order(50))
    assert set(choice.left_out) <= {UNLIKE, TWICE}
    assert len(choice.chosen) == 50
    assert choice.clean == 20
    assert all(each.looks_alike for each in choice.chosen if each.is_clean)
    turns = Counter(each.policy for each in choice.chosen if not each.is_clean)
    assert max(turns.values()) - min(turns.values()) <= 1
    assert all(each.key.rationale.why for each in choice.chosen)
    again = choose(reversed(examples), Order(50))
    assert [each.gold.origin for each in again.chosen] == [each.gold.origin for each in choice.chosen]
    other = choose(examples, Order(50, seed="2"))
    assert [each.gold.origin for each in other.chosen] != [each.gold.origin for each in choice.chosen]


def test_the_share_of_clean_ads_holds_and_the_pack_gets_smaller_instead(examples: list[Weighed]) -> None:
    alcohol = [each for each in examples if each.policy.startswith("alcohol")]
    choice = choose(alcohol, Order(100, clean_share=60))
    assert choice.clean * 100 >= 60 * len(choice.chosen)
    assert any("instead of 100" in remark for remark in choice.remarks)
    assert len(choose(alcohol, Order(8, clean_share=0)).chosen) == 8


def test_ads_are_in_or_out_by_hand(examples: list[Weighed]) -> None:
    plain = choose(examples, Order(10))
    first, spare = plain.chosen[0].gold, plain.spare[0].gold
    order = Order(10, include=frozenset([spare.origin]), exclude=frozenset([first.name]))
    names = {each.gold.origin for each in choose(examples, order).chosen}
    assert spare.origin in names
    assert first.origin not in names
    assert len(names) == 10
    hard = choose(examples, Order(10, difficulties=(3,)))
    assert {each.key.difficulty for each in hard.chosen} == {3}


def test_the_same_ad_with_two_answers_is_no_gold(examples: list[Weighed]) -> None:
    weighed = choose(examples, Order(10)).chosen
    twin = replace(weighed[0], gold=replace(weighed[0].gold, origin="again"))
    unlike = replace(weighed[1], key=replace(weighed[1].key, outcome="escalate"))
    choice = choose([*weighed, twin, unlike], Order(20, clean_share=0))
    assert [each.gold.origin for each in choice.left_out[TWICE]] == ["again"]
    assert len(choice.left_out[UNLIKE]) == 2


def test_answers_that_lead_elsewhere_are_no_gold(rulebook: Rulebook, examples: list[Weighed]) -> None:
    gold = [each.gold for each in examples[:4]]
    wrong = [replace(each, outcome="escalate") for each in gold[:3]]
    unknown = [replace(gold[3], answers={"no.such/check": Answer.YES})]
    choice = plan_choice([*wrong, *unknown], rulebook.catalog, Order(4))
    assert not choice.chosen
    assert any("and it says escalate" in why for why in choice.left_out)
    assert any("which the catalog does not have" in why for why in choice.left_out)


def test_examples_stay_out_of_the_catalog_where_the_key_is_not_open(
    tmp_path: Path, rulebook: Rulebook, examples: list[Weighed]
) -> None:
    document = plain_document(document_at(SHIPPED))
    choice = choose(examples, Order(5))
    for kind in Kind:
        built = build_pack(tmp_path / kind.value, choice, document, Plan("x", Settings(kind, Feedback.NONE)))
        pack = open_pack(built.path, built.class_code)
        has_examples = any("examples" in policy for policy in pack.catalog_document["policies"])
        assert has_examples is (kind is Kind.OPEN)
        assert pack.manifest.catalog.hash == rulebook.catalog.hash
        assert len(pack.catalog.checks) == len(rulebook.catalog.checks)
        again = build_pack(tmp_path / "again", choice, document, Plan("x", Settings(kind, Feedback.NONE)))
        assert again.manifest_hash == built.manifest_hash
        assert (again.path.read_bytes() == built.path.read_bytes()) is (kind is Kind.OPEN)


def test_of_more_gold_than_a_pack_needs_a_part_is_drawn_by_the_seed(examples: list[Weighed]) -> None:
    gold = [replace(examples[n % 40].gold, origin=f"decision {n}", name=f"ad-{n}") for n in range(6_000)]
    order = Order(10, include=frozenset(["ad-5999"]))
    found, total = sampled(iter(gold), order)
    assert total == 6_000
    assert 1_000 <= len(found) <= 4 * 500 + 1
    assert found[0].name == "ad-5999"
    assert sampled(iter(gold), order) == (found, total)
    assert sampled(iter(gold), replace(order, seed="2"))[0] != found
    few, _ = sampled(iter(gold[:300]), order)
    assert {each.origin for each in few} == {each.origin for each in gold[:300]}


def test_media_that_are_not_there_are_refused_or_left_out(room: Room) -> None:
    picture = {"path": "a.png", "kind": "image"}
    room.bring(ad("a0", creative={"body": "Lose 10 kg"}, media=[picture]))
    (room.folder / "map.yaml").write_text(LABELS.replace("at_least: 2, share: 60%, ", ""))
    (room.folder / "raters.csv").write_text("ad,who,slim,topics\na0,1,3,\n")
    files = room.folder / "raters.csv", room.folder / "map.yaml"
    gold = list(gold_of_file(*files, "q", None, room.rulebook.catalog, room.workspace, TODAY))
    choice = plan_choice(gold, room.rulebook.catalog, Order(1, clean_share=0))
    document = plain_document(document_at(HOUSE))
    with pytest.raises(ModtuiError, match=r"a0: a\.png is not in the folder"):
        build_pack(room.folder / "x", choice, document, Plan("x", Settings()))
    assert not (room.folder / "x").exists()
    built = build_pack(room.folder / "x", choice, document, Plan("x", Settings(), without_media=True))
    assert "media" not in open_pack(built.path).ads[0].ad


# Files ---

LABELS = """
schema: modtui/labels/1
ad: {from: [ad]}
raters: who
as_of: "2026-11-20"
markets: [BE]
labels:
  - {from: slim, at_least: 2, share: 60%, check: weight.loss/promise, why: "Promises, to {column}."}
  - {from: topics, is: [wine, beer], check: alcohol.product/sells, why: Sells a drink.}
why_clean: Fewer than that found anything.
"""
RATERS = """ad,who,slim,topics
a0,1,3,
a0,2,2,
a0,3,0,
a1,1,0,wine
a1,2,5,beer
a1,3,0,
gone,1,0,
"""


def test_labels_of_raters_become_answers(room: Room) -> None:
    room.bring(ad("a0", "Slim by Friday", markets=None), ad("a1", "A fine red"))
    (room.folder / "map.yaml").write_text(LABELS)
    (room.folder / "raters.csv").write_text(RATERS)
    missing: list[str] = []
    gold = list(
        gold_of_file(
            room.folder / "raters.csv", room.folder / "map.yaml", "q", None, room.rulebook.catalog, room.workspace,
            TODAY, missing.extend,
        )
    )  # fmt: skip
    found = {each.name: (each.answers, each.why, each.agreed, each.ad.markets) for each in gold}
    assert found == {
        "a0": ({WL: Answer.YES}, "Promises, to 2 of 3 raters.", 3, ("BE",)),
        "a1": ({AL: Answer.YES}, "Sells a drink.", 3, ("FR", "BE")),
    }
    assert missing == ["gone"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("weight.loss/promise", "weight.loss/promises"), "Did you mean 'weight.loss/promise'"),
        (("from: slim", "from: slimm"), "no column 'slimm'"),
        (("at_least: 2", "atleast: 2"), "unknown key 'atleast'"),
        (("from: [ad]", "from: [who]"), "None of its ads"),
    ],
)
def test_a_label_map_that_does_not_fit_is_refused_with_words(room: Room, change: tuple[str, str], words: str) -> None:
    room.bring(ad("a0"), ad("a1"))
    (room.folder / "map.yaml").write_text(LABELS.replace(*change))
    (room.folder / "raters.csv").write_text(RATERS)
    with pytest.raises(ModtuiError) as refused:
        list(
            gold_of_file(
                room.folder / "raters.csv", room.folder / "map.yaml", "q", None, room.rulebook.catalog, room.workspace,
                TODAY,
            )
        )  # fmt: skip
    assert words in str(refused.value)


def test_a_sheet_goes_through_a_spreadsheet_and_comes_back(tmp_path: Path) -> None:
    rows = [
        SheetRow("yes", "decision 1", "=cmd|x", "p", "reject", ("a/b",), "easy", "", "=1+1 is why", "reject: a/b c/d"),
        SheetRow("", "decision 2", why="“Zitat”, mit Komma"),
    ]
    with (tmp_path / "s.csv").open("w", encoding="utf-8", newline="") as out:
        write_sheet(out, rows)
    assert "\n=" not in (tmp_path / "s.csv").read_text("utf-8")
    first, second = read_sheet(tmp_path / "s.csv")
    assert (first.is_in, first.origin, first.ad, first.why) == ("yes", "decision 1", "=cmd|x", "=1+1 is why")
    assert accepted_answers(tmp_path, first, ("reject",)) == (("reject", ("a/b", "c/d")),)
    assert second.why == "“Zitat”, mit Komma"
    with pytest.raises(ModtuiError, match="no outcome"):
        accepted_answers(tmp_path, replace(first, accepted="refuse: a/b"), ("reject",))
    (tmp_path / "bad.csv").write_text("in,origin,why,accepted\nmaybe,x,,\n")
    with pytest.raises(ModtuiError, match="neither yes nor no"):
        read_sheet(tmp_path / "bad.csv")


async def test_a_pack_whose_clauses_changed_since_says_so_when_it_is_opened(room: Room) -> None:
    gold = await decided(room)
    text = HOUSE.read_text().replace("min_age: 18\n        fix: Target", "min_age: 21\n        fix: Target", 1)
    (room.folder / "next.yaml").write_text(text.replace("2026.11.1", "2026.12.1"))
    newer = catalog_at(room.folder / "next.yaml")
    pack = build(room, gold, clean_share=0)
    assert staleness(pack, room.rulebook.catalog).words == ""
    found = staleness(pack, newer)
    (wine,) = (ad_id for ad_id, key in (pack.keys or {}).items() if key.first == AL or AL in key.checks)
    assert (found.ads, found.checks) == ((wine,), (AL,))
    assert f"1 answer rests on clauses that have changed since ({AL}): {wine}." in found.words
    exam = build(room, gold, "exam.pack", kind=Kind.EXAM, clean_share=0)
    assert "version 2026.11.1 of the catalog, and 2026.12.1 is in use" in staleness(exam, newer).words
    assert staleness(exam, room.rulebook.catalog).words == ""
    assert staleness(pack, catalog_at(SHIPPED)).words == ""


async def test_what_two_reviewers_say_alike_is_agreed(room: Room) -> None:
    tea, wine = ad("tea", "Lose 10 kg", markets=["BE"]), ad("wine", "Red wine", markets=["BE"])
    for queue, reviewer, of_wine in (("q", "amina", YES), ("r", "bo", NO)):
        room.bring(tea, wine, queue=queue, source="shop")
        session = await room.sit(reviewer, queue)
        for _ in range(2):
            is_tea = at_hand(session).desk.case.ad.id == "tea"
            await decide(session, "Because.", **({"wl": YES} if is_tea else {"al": of_wine}))
        await session.close()

    def names(agreed: int) -> list[str]:
        found = gold_of_decisions(room.workspace, room.rulebook.catalog, Wanted(agreed=agreed))
        return sorted(each.name for each in found)

    assert names(1) == ["tea", "wine"]
    assert names(2) == ["tea"]
    assert names(3) == []
