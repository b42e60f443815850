"""A copy of the shipped catalog changed in twenty ways: each is named, alone and together, and nothing else is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from modtui.domain.catalog import Catalog
from modtui.domain.catalog_diff import Change, diff
from modtui.domain.catalog_document import catalog_from_document
from modtui.files.patterns import compile_pattern
from modtui.files.policy_file import read_catalog_document

SHIPPED = Path(__file__).parents[2] / "policies.yaml"
Document = dict[str, Any]


@cache
def shipped_document() -> Document:
    reading = read_catalog_document(SHIPPED)
    assert reading.document is not None, reading.problems
    return dict(reading.document)


def catalog_of(*edits: Callable[[Document], None]) -> Catalog:
    document = copy.deepcopy(shipped_document())
    for edit in edits:
        edit(document)
    return catalog_from_document(document, compile_pattern)


def policy(document: Document, policy_id: str) -> Document:
    found: Document = next(each for each in document["policies"] if each["id"] == policy_id)
    return found


def check(document: Document, check_id: str) -> Document:
    members = policy(document, check_id.partition("/")[0])["checks"]
    found: Document = next(each for each in members if each["id"] == check_id)
    return found


def row(document: Document, check_id: str, market: str, number: int = 0) -> Document:
    found: Document = check(document, check_id)["markets"][market][number]
    return found


def ban_in_gb(document: Document) -> None:
    rows = check(document, "gambling.real_money/offers")["markets"]
    rows["GB"] = [{"effect": "prohibited", "basis": "law", "hash": "0"}]


def age_25_in_ca(document: Document) -> None:
    row(document, "alcohol.product/sells", "CA")["min_age"] = 25


def no_row_for_italy(document: Document) -> None:
    del check(document, "gambling.real_money/offers")["markets"]["IT"]


def row_for_kenya(document: Document) -> None:
    rows = check(document, "alcohol.product/minor-appeal")["markets"]
    rows["KE"] = [{"effect": "prohibited", "basis": "law", "mark": "S", "hash": "0"}]


def one_row_more(document: Document) -> None:
    rows = check(document, "alcohol.product/minor-appeal")["markets"]["GB"]
    rows.append({"needs": [{"kind": "label", "by": "platform"}], "basis": "law", "hash": "0"})


def larger_share(document: Document) -> None:
    need = row(document, "alcohol.product/sells", "US", 1)["needs"][0]
    need["at_least_per_mille"] = 800


def smaller_label(document: Document) -> None:
    row(document, "body.retouched/shape", "NO")["needs"][0]["min_area_per_mille"] = 50


def later_hours(document: Document) -> None:
    row(document, "food.less_healthy/identifiable", "GB", 1)["hours"]["not"] = "05:30-22:00"


def verified(document: Document) -> None:
    row(document, "gambling.real_money/paid-tips", "FR")["mark"] = "V"


def unverified(document: Document) -> None:
    row(document, "gambling.real_money/offers", "BE")["mark"] = "U"


def later_start(document: Document) -> None:
    row(document, "gambling.real_money/untargeted", "NL")["effective"] = "2027-07-01"


def one_exemption_less(document: Document) -> None:
    row(document, "food.less_healthy/drink", "GB")["unless"] = ["food.less_healthy/brand-only"]


def always_asked(document: Document) -> None:
    del check(document, "alcohol.product/minor-appeal")["when"]


def higher_severity(document: Document) -> None:
    policy(document, "alcohol.product")["severity"] = "high"


def other_question(document: Document) -> None:
    check(document, "alcohol.product/sells")["ask"] = "Is a drink with alcohol sold or praised?"


def one_cue_less(document: Document) -> None:
    policy(document, "alcohol.product")["cues"]["words"].remove("whisky")


def other_route(document: Document) -> None:
    check(document, "minors.abuse/sexual")["escalation"]["route"] = "legal"


def more_members(document: Document) -> None:
    document["market_groups"]["GAMBLING_LISTED"].append("NZ")


def other_title(document: Document) -> None:
    policy(document, "alcohol.product")["title"] = "Beer, wine and spirits"


def other_guidance(document: Document) -> None:
    policy(document, "alcohol.conduct")["guidance"] += "Ask the lead when in doubt.\n"


OFFERS, SELLS, APPEAL = "gambling.real_money/offers", "alcohol.product/sells", "alcohol.product/minor-appeal"
TWENTY: tuple[tuple[Callable[[Document], None], str, str, str], ...] = (
    (ban_in_gb, f"{OFFERS}, GB", "tightened", "with a gambling certificate (platform) -> prohibited (law)"),
    (age_25_in_ca, f"{SELLS}, CA", "tightened", "allowed from age 19 -> allowed from age 25 (platform)"),
    (no_row_for_italy, f"{OFFERS}, IT", "changed", "prohibited (law, second hand) -> as "),
    (row_for_kenya, f"{APPEAL}, KE", "changed", "prohibited (platform), as everywhere else -> prohibited (law, second"),
    (one_row_more, f"{APPEAL}, GB", "changed", "also allowed with a label by the platform (law)"),
    (larger_share, f"{SELLS}, US", "tightened", "an audience at least 73.8% 21+ -> allowed from age 21, with an"),
    (smaller_label, "body.retouched/shape, NO", "loosened", "over 7% of the picture -> "),
    (later_hours, "food.less_healthy/identifiable, GB", "changed", "not between 05:30 and 21:00 (Europe/London)"),
    (verified, "gambling.real_money/paid-tips, FR", "changed", "prohibited (law, second hand) -> prohibited (law)"),
    (unverified, f"{OFFERS}, BE", "changed", "-> prohibited, from 2023-07-01 (law, not verified, warns only)"),
    (
        later_start,
        "gambling.real_money/untargeted, NL",
        "loosened",
        "-> prohibited, from 2027-07-01 (law, second hand)",
    ),
    (
        one_exemption_less,
        "food.less_healthy/drink, GB",
        "tightened",
        "-> prohibited, unless food.less_healthy/brand-only, from",
    ),
    (always_asked, APPEAL, "tightened", f"asked when {SELLS} is yes -> always asked"),
    (higher_severity, "alcohol.product", "tightened", "severity medium -> high"),
    (other_question, SELLS, "changed", "-> “Is a drink with alcohol sold or praised?”"),
    (one_cue_less, "alcohol.product", "changed", "cues, words: gone “whisky”"),
    (other_route, "minors.abuse/sexual", "changed", "escalates to child-safety (child-safety) -> escalates to legal"),
    (more_members, "catalog", "changed", "group GAMBLING_LISTED gains NZ"),
    (other_title, "alcohol.product", "", "renamed “Alcoholic drinks” -> “Beer, wine and spirits”"),
    (other_guidance, "alcohol.conduct", "", "guidance: new “Ask the lead when in doubt.”"),
)


def told(change: Change, place: str, direction: str, words: str) -> bool:
    return change.place == place and change.direction == direction and words in change.words


@pytest.mark.parametrize(("edit", "place", "direction", "words"), TWENTY, ids=[each[0].__name__ for each in TWENTY])
def test_each_change_is_named_and_nothing_else(
    edit: Callable[[Document], None], place: str, direction: str, words: str
) -> None:
    found = diff(catalog_of(), catalog_of(edit)).changes
    assert any(told(change, place, direction, words) for change in found), [str(change) for change in found]
    others = [change for change in found if change.place != place]
    if edit is more_members:  # the rows it changes are told with their checks
        assert [str(change) for change in others] == [
            f"{OFFERS}, NZ: prohibited (platform) -> allowed from age 18, with a gambling certificate (platform)"
        ]
        assert others[0].direction == "loosened"
    else:
        assert others == []
    assert (
        len([change for change in found if change.place == place and change.is_editorial is not bool(direction)]) == 1
    )


def test_all_twenty_are_named_together() -> None:
    found = diff(catalog_of(), catalog_of(*(edit for edit, *_ in TWENTY)))
    for edit, place, direction, words in TWENTY:
        assert any(told(change, place, direction, words) for change in found.changes), edit.__name__
    assert len([change for change in found.changes if not change.is_editorial]) == 18 + 1  # with the row of New Zealand


def test_policies_and_checks_that_come_and_go_are_named() -> None:
    def gone(document: Document) -> None:
        document["policies"].remove(policy(document, "tobacco.vape"))
        members = policy(document, "alcohol.product")["checks"]
        members.remove(check(document, APPEAL))

    old, new = catalog_of(), catalog_of(gone)
    found = {(change.kind, change.place): change for change in diff(old, new).changes}
    assert found["policy gone", "tobacco.vape"].direction == "loosened"
    assert found["check gone", APPEAL].direction == "loosened"
    back = {(change.kind, change.place): change for change in diff(new, old).changes}
    assert back["new policy", "tobacco.vape"].direction == "tightened"
    assert back["new check", APPEAL].words.startswith("new check am: “Would a child")
