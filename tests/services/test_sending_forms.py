"""Decisions in the forms of others: each once, all counted, sound field by field, and taken back by name."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from modtui.domain.clause_values import State
from modtui.domain.overrides import Override
from modtui.domain.statement_form import faults
from modtui.services.outgoing import OutReport, sent
from modtui.services.sending_forms import Sending, write_form
from modtui.services.syncing import add_remote, sync
from tests.services.room import MINUTE, YES, Room, ad, answer, at_hand, room_at

FORMS = Path(__file__).with_name("forms.yaml")
SHARED = Path(os.environ.get("MODTUI_REALDATA", Path(__file__).parents[3] / "shared/realdata")).parent / "domain"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path, FORMS) as made:
        yield made


async def decided(room: Room, payload: dict[str, Any], reviewer: str = "amina", **answers: Any) -> None:
    """One ad, brought and decided by its answers."""
    room.bring(payload)
    await judged(room, payload["id"], reviewer, **answers)


async def judged(room: Room, ad_id: str, reviewer: str, **answers: Any) -> None:
    session = await room.sit(reviewer)
    await session.open_ad("q", ad_id)
    answer(session, **answers)
    await session.decide()
    await session.close()


def written(room: Room, form: str, **options: Any) -> tuple[OutReport, str]:
    out = io.StringIO()
    report = write_form(room.workspace, out, Sending(form, **options), clock=room.clock)
    told = report.written + report.already + report.unable + sum(report.not_needed.values())
    assert told == report.decisions, "counts in are counts out"
    return report, out.getvalue()


def statements(text: str) -> list[dict[str, Any]]:
    batches = [json.loads(line)["statements"] for line in text.splitlines()]
    assert all(1 <= len(batch) <= 100 for batch in batches)
    return [statement for batch in batches for statement in batch]


async def test_a_refusal_by_the_house_rules_is_one_statement_for_all_its_countries(room: Room) -> None:
    await decided(room, ad("a", markets=["FR", "BE", "US", "GB"], languages=["fr"]), pr=YES)
    report, text = written(room, "dsa", policy_url="https://rules.example/{policy}/{version}")
    (statement,) = statements(text)
    assert faults(statement) == [] and report.items == 1
    assert statement["territorial_scope"] == ["BE", "FR"] and statement["content_language"] == "FR"
    assert statement["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_DISABLED"]
    assert statement["decision_ground"] == "DECISION_GROUND_INCOMPATIBLE_CONTENT"
    assert statement["decision_ground_reference_url"] == "https://rules.example/claims.any/2026.11.1"
    assert statement["content_date"] == statement["application_date"] == "2026-11-22"
    assert "Take out the promise." in statement["incompatible_content_explanation"]
    assert "Glow" not in json.dumps(statement) and "amina" not in json.dumps(statement)


async def test_scope_and_ground_and_ages_are_statements_of_their_own(room: Room) -> None:
    await decided(room, ad("a", markets=["FR", "DE", "BE"], audience={"min_age": 16}), dr=YES)
    found = statements(written(room, "dsa")[1])
    by_scope = {tuple(each["territorial_scope"]): each for each in found}
    assert set(by_scope) == {("BE", "DE"), ("FR",)} and len({each["puid"] for each in found}) == 2
    ages, law = by_scope[("BE", "DE")], by_scope[("FR",)]
    assert ages["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED"]
    assert law["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    assert law["illegal_content_legal_ground"] == "Code de la santé publique, L3323-2"
    assert "incompatible_content_ground" not in law and all(faults(each) == [] for each in found)


async def test_a_law_without_a_name_and_a_limit_set_by_hand_are_refused_with_what_to_do(room: Room) -> None:
    await decided(room, ad("a", markets=["NO"]), dr=YES)
    room.bring(ad("b", markets=["BE"]))
    session = await room.sit()
    await session.open_ad("q", "b")
    desk = at_hand(session).desk
    cells = [(cell.market, cell.band, State.CUT) for cell in desk.ruling.cells]
    desk.edit_cells(Override(tuple(cells), "market-rule"))
    await session.decide()
    await session.close()
    report, text = written(room, "dsa")
    assert text == "" and report.unable == 2
    assert "add its ref to the catalog" in report.named[0].reasons[0]
    assert "set by hand" in report.named[1].reasons[0]


async def test_no_statement_where_none_is_due(room: Room) -> None:
    await decided(room, ad("approved"))
    await decided(room, ad("elsewhere", markets=["US"]), pr=YES)
    report, text = written(room, "dsa")
    assert text == "" and report.not_needed == {"nothing is restricted in the European Economic Area": 2}


async def test_refusals_before_delivery_are_stated_or_not_as_it_is_set(room: Room) -> None:
    await decided(room, ad("new", delivery="new"), pr=YES)
    await decided(room, ad("ran", delivery="active"), pr=YES)
    report, text = written(room, "dsa", before_delivery=False)
    (statement,) = statements(text)
    assert statement["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_REMOVED"] and report.written == 1
    assert len(statements(written(room, "dsa", before_delivery=True)[1])) == 2


async def test_a_name_in_the_texts_of_the_catalog_is_not_written(room: Room) -> None:
    await decided(room, ad("a", advertiser={"name": "Promise"}), pr=YES)
    report, text = written(room, "dsa")
    assert text == "" and "names the advertiser" in report.named[0].reasons[0]


async def test_requests_hold_at_most_a_hundred(room: Room) -> None:
    for number in range(101):
        await decided(room, ad(f"a{number}"), pr=YES)
    lines = written(room, "dsa")[1].splitlines()
    assert [len(json.loads(line)["statements"]) for line in lines] == [100, 1]


@pytest.mark.parametrize("form", ["dsa", "adcom", "notices"])
async def test_what_was_exported_is_not_exported_again(room: Room, form: str) -> None:
    await decided(room, ad("a"), pr=YES)
    written(room, form)  # cut short: nobody said that the file is whole
    first, text = written(room, form)
    sent(room.workspace, form, room.clock)
    assert first.written == 1
    second, _ = written(room, form)
    assert (second.written, second.already) == (0, 1)
    again, same = written(room, form, again=True)
    assert again.written == 1 and same == text
    other = {"dsa": "adcom", "adcom": "notices", "notices": "dsa"}[form]
    assert written(room, other)[0].written == 1, "each form is told by itself"


async def test_what_was_taken_back_after_it_left_is_named_once(room: Room) -> None:
    await decided(room, ad("a"), pr=YES)
    written(room, "adcom")
    sent(room.workspace, "adcom", room.clock)
    session = await room.sit()
    await session.undo()
    await session.close()
    report, text = written(room, "adcom")
    assert [ad_id for _, _, ad_id in report.withdrawn] == ["a"]
    (taken_back,) = json.loads(text)["ads"]
    assert taken_back["audit"]["status"] == 1 and taken_back["audit"]["ext"]["modtui"]["withdrawn"] is True
    sent(room.workspace, "adcom", room.clock)
    assert written(room, "adcom")[0].withdrawn == []


def adcom_schema() -> dict[str, Any]:
    """A JSON Schema of the sparse `Ad`, made of the published tables."""
    path = SHARED / "adcom_lists.json"
    if not path.exists():
        pytest.skip("the published lists are not beside the project")
    lists = json.loads(path.read_text("utf-8"))
    kinds = {
        "integer": {"type": "integer"},
        "string": {"type": "string"},
        "object": {"type": "object"},
        "string array": {"type": "array", "items": {"type": "string"}},
        "integer array": {"type": "array", "items": {"type": "integer"}},
    }

    def schema_of(name: str) -> dict[str, Any]:
        fields = lists["objects"][name]
        properties = {each["name"]: kinds[each["type"]] for each in fields}
        return {"type": "object", "additionalProperties": False, "properties": properties}

    sparse = lists["ad_management_api"]["minimum_sparse_ad"]
    audit = schema_of("Audit") | {"required": sparse["Audit"]}
    codes = [each["code"] for each in lists["lists"]["audit_status_codes"]["values"]]
    audit["properties"]["status"] = {"enum": codes}
    whole = schema_of("Ad")
    whole["properties"]["audit"] = audit
    return whole | {"required": ["id", "lastmod", "audit"]}


async def test_audits_are_sound_ads_and_say_what_was_decided(room: Room) -> None:
    await decided(room, ad("approved", languages=["fr"]))
    await decided(room, ad("refused"), pr=YES)
    await decided(room, ad("limited", markets=["DE", "FR"], audience={"min_age": 16}), dr=YES)
    report, text = written(room, "adcom")
    collection = json.loads(text)
    schema = adcom_schema()
    for each in collection["ads"]:
        jsonschema.validate(each, schema)
    assert collection["count"] == report.items == 3
    approved, refused, limited = collection["ads"]
    assert [each["audit"]["status"] for each in collection["ads"]] == [3, 4, 3]
    assert approved["lang"] == "fr" and refused["lang"] == "xx" and approved["audit"]["feedback"] == []
    assert refused["audit"]["feedback"][0].startswith("claims.any@2026.11.1: ")
    assert limited["audit"]["corr"] == {"cat": ["1002"], "cattax": 8}
    beyond = limited["audit"]["ext"]["modtui"]
    states = {(market, limit["state"]) for limit in beyond["limits"] for market in limit["markets"]}
    assert beyond["outcome"] == "approve_limited" and states == {("DE", "cut"), ("FR", "cut")}
    assert refused["audit"]["lastmod"] == room.now


async def test_a_notice_speaks_the_language_of_the_ad_and_says_what_to_change(room: Room) -> None:
    await decided(room, ad("a", languages=["fr"]), pr=YES)
    await decided(room, ad("b", languages=["de"]), pr=YES)
    await decided(room, ad("fine"))
    report, text = written(room, "notices", appeal="To object, answer within six months.")
    french, english = map(json.loads, text.splitlines())
    assert french["language"] == "fr" and french["unreviewed"] is True
    assert french["text"].startswith("Votre annonce contient une affirmation. Take out the promise.")
    assert english["language"] == "en" and english["text"].endswith("To object, answer within six months.")
    assert english["references"][0]["version"] == "2026.11.1" and report.written == 2


async def test_a_notice_that_says_nothing_is_refused(room: Room) -> None:
    await decided(room, ad("empty-phrase", markets=["US"]), dr=YES)
    await decided(room, ad("no-fix"), vg=YES)
    report, text = written(room, "notices")
    assert text == "" and report.unable == 2
    phrase, no_fix = (" ".join(each.reasons) for each in report.named)
    assert "says only that a rule was broken" in phrase
    assert "nothing says what to change" in no_fix


async def test_what_the_team_decided_goes_out_from_any_workspace_alike_but_not_while_it_is_in_conflict(
    room: Room, tmp_path: Path
) -> None:
    ads = [ad(name, markets=["FR"], languages=["fr"]) for name in ("agreed", "disputed")]
    folder = str(tmp_path / "team")
    with ExitStack() as stack:
        rooms = {"lena": room}
        for name in ("amina", "ben"):
            (tmp_path / name).mkdir()
            rooms[name] = stack.enter_context(room_at(tmp_path / name, FORMS))
            rooms[name].now += MINUTE * len(rooms)
        for name, own in rooms.items():
            own.bring(*ads)
            add_remote(own.workspace, "team", folder, "eu", is_new=True)
            if name != "lena":
                await judged(own, "agreed", name, pr=YES)
            await judged(own, "disputed", name, **({} if name == "ben" else {"pr": YES}))
        for name in ("lena", "amina", "ben", "lena", "amina"):
            sync(rooms[name].workspace, "team", clock=rooms[name].clock)
        texts = set()
        for own in rooms.values():
            report, text = written(own, "dsa")
            assert [report.written, report.not_needed] == [1, {"not final: conflict": 1}]
            assert written(own, "notices")[0].written == 1
            texts.add(text)
    assert len(texts) == 1
