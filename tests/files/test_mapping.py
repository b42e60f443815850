"""Mappings: foreign cells become our fields, mistakes are named with their place, a guess is a mapping that works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.ad_json import AdProblem
from modtui.errors import ModtuiError
from modtui.files import cell_readers
from modtui.files.cell_readers import CellProblem
from modtui.files.mapped_row import RowReader
from modtui.files.mapping_file import find_mapping, parse_mapping, read_mapping
from modtui.files.mapping_guess import guess_for_file, guess_mapping
from modtui.files.queue_file import read_queue
from modtui.files.rows import AdRow, Problem

WITHIN = (
    "{from: c, match: within, values: {france: FR, spain: ES, mexico: MX, new mexico: '', oman: OM}, otherwise: drop}"
)
SHIPPED = Path(__file__).parents[2] / "data" / "mappings"


def mapping_of(text: str) -> Any:
    mapping, problems = parse_mapping("schema: modtui/mapping/1\n" + text, "m.yaml")
    assert mapping, [str(problem) for problem in problems]
    return mapping


def payload_of(mapping: Any, row: dict[str, Any]) -> dict[str, Any]:
    return RowReader(mapping, "s", ()).read(row)[0]


def read_one(fields: str, row: dict[str, Any], *, more: str = "", id_rule: str = "id: id") -> dict[str, Any]:
    """The payload of one row under these `fields`, which have a body of their own."""
    mapping = mapping_of(f"{id_rule}\n{more}\nfields:\n  creative.body: {{constant: text}}\n{fields}")
    return payload_of(mapping, {"id": "1", **row})


@pytest.mark.parametrize(
    ("rule", "cell", "kept"),
    [
        ("creative.headline: c", "Hello", {"creative": {"body": "text", "headline": "Hello"}}),
        ("creative.headline: {from: c, read: html}", "<p>a &amp; <b>b</b></p><p>c</p>", "a & b\nc"),
        ("creative.headline: {from: c, read: literal}", "['one', 'two', 'one']", "one\ntwo"),
        ("creative.headline: {from: c, read: json, pick: t}", '[{"t": "x"}, {"u": 1}]', "x"),
        ("creative.headline: {from: c, pattern: 'n=(\\w+)'}", "m=1;n=abc;", "abc"),
        ("creative.headline: {from: c, template: 'see {}'}", "x", "see x"),
        ("creative.headline: {from: [a, c]}", "second", "second"),
        ("creative.headline: {from: [id, c], join: ' / '}", "b", "1 / b"),
        ("markets: {from: c, split: ','}", "fr, UK", ["FR", "GB"]),
        ("markets: {from: c, split: [',', ';']}", "fr;be,nl", ["FR", "BE", "NL"]),
        ("markets: {from: c, values: {united states: US}}", "United States", ["US"]),
        (f"markets: {WITHIN}", "Spain (Madrid) or France", ["ES", "FR"]),
        (f"markets: {WITHIN}", "New Mexico or Romania", None),
        ("markets: {constant: JP}", "", ["JP"]),
        ("audience.interests: {from: c, split: '|'}", "a| b ||-", {"interests": ["a", "b"]}),
        ("audience.ages: c", "18 - 65+", {"min_age": 18}),
        ("audience.ages: c", "13-17", {"min_age": 13, "max_age": 17}),
        ("audience.min_age: {from: c, range: low}", "≤ 10k", None),
        ("audience.min_age: {from: c, range: high}", "10-18", {"min_age": 18}),
        ("submitted_at: {from: c, date: '%d.%m.%Y %H', zone: Europe/Berlin}", "01.07.2026 12", "2026-07-01T10:00:00Z"),
        ("submitted_at: {from: c, date: ['%Y/%m/%d', iso]}", "2026-07-01T12:00:00+02:00", "2026-07-01T10:00:00Z"),
        ("schedule.end: {from: c, date: '%m/%d/%Y'}", "12/31/2026", {"end": "2026-12-31"}),
        ("media: {from: c, split: ';'}", "a.mp4;b", [{"path": "a.mp4", "kind": "video"}, {"path": "b"}]),
        ("flags: {from: c, split: '|', flag_source: raters}", "x|-", [{"source": "raters", "label": "x"}]),
        ("translations.en.body: c", "hi", {"en": {"body": "hi"}}),
        ("extra.spend: c", "12", {"spend": "12"}),
    ],
)  # fmt: skip
def test_what_a_rule_makes_of_a_cell(rule: str, cell: str, kept: Any) -> None:
    payload = read_one(f"  {rule}", {"c": cell}, more='missing: ["-"]')
    path = rule.partition(":")[0]
    section = path.partition(".")[0]
    if kept is None:
        assert section not in payload
    elif section == "creative" and isinstance(kept, str):
        assert payload["creative"]["headline"] == kept
    elif section == "creative":
        assert payload["creative"] == kept["creative"]
    else:
        assert payload[section] == kept
    assert "import_notes" not in payload.get("extra", {})


PATHS = st.sampled_from(
    ["creative.headline", "landing_page.url", "audience.interests", "markets", "flags", "submitted_at", "schedule.end"]
)
OPTIONS = st.sampled_from(
    ["", "split: ';'", "split: [';', '|']", "template: 'see {}'", "pattern: '(a.)'", "date: [iso, '%d.%m.%Y']"]
    + [f"values: {{a: FR, b: ''}}, otherwise: {otherwise}" for otherwise in ("keep", "drop", "extra")]
    + ["match: within, values: {a: FR, bc: GB}, otherwise: extra"]
)
CELLS = st.text(st.sampled_from("ab ;|-,5"), max_size=8) | st.sampled_from(
    ["2026-07-01", "2026-07-01T12:00:00Z", "1.7.2026", "2026-13-01T12:00:00Z", "[1]", "\0", "é"]
)


@given(PATHS, OPTIONS, CELLS)
def test_a_plain_field_reads_as_one_that_may_come_from_two_columns(path: str, options: str, cell: str) -> None:
    """The short way through a table gives what the long way gives."""
    found = []
    for columns in ("c", "[none, c]"):
        rule = f"  {path}: {{{', '.join(part for part in (f'from: {columns}', options) if part)}}}"
        try:
            found.append(read_one(rule, {"c": cell}, more='missing: ["-"]'))
        except AdProblem as problem:
            found.append({"problem": str(problem)})
    assert found[0] == found[1]


def test_text_that_cannot_be_stored_is_found_in_cells_that_hold_values() -> None:
    mapping = mapping_of("id: id\nfields:\n  creative.body: {from: c, read: json}\n")
    for cell in ('"a\\ud800"', '"a\\u0000"'):
        with pytest.raises(AdProblem):
            RowReader(mapping, "s", ()).read({"id": "1", "c": cell}, text_is_checked=True)


def test_a_table_with_a_nul_in_a_cell_or_in_its_header(tmp_path: Path) -> None:
    for table in ("id,body,x\n1,a\0b,\n2,c,\n", "id,body,x\0\n1,a,\n2,b,c\n"):
        path = tmp_path / "q.csv"
        path.write_text(table)
        rows = list(read_queue(path, mapping=mapping_of("id: id\nfields: {creative.body: body}\n"), source="s"))
        assert sorted(type(row) is Problem and "NUL" in row.reason for row in rows) == [False, True]


def test_what_cannot_be_read_is_kept_with_a_note_and_the_ad_goes_on() -> None:
    payload = read_one(
        "  submitted_at: {from: when, date: '%Y'}\n  audience.ages: age\n"
        "  markets: {from: where, otherwise: extra, values: {x: FR}}\n  creative.headline: {from: lit, read: literal}",
        {"when": "soon", "age": "old", "where": "Mars", "lit": "__import__('os')", "more": 5, "none": ""},
    )
    extra = payload["extra"]
    assert {name: extra[name] for name in ("when", "age", "where", "lit", "more")} == {
        "when": "soon", "age": "old", "where": "Mars", "lit": "__import__('os')", "more": 5,
    }  # fmt: skip
    assert "none" not in extra
    assert len(extra["import_notes"]) == 4
    assert payload["creative"] == {"body": "text"}


def test_a_second_rule_is_tried_where_the_first_fails() -> None:
    rule = "  submitted_at:\n    - {from: a, date: '%H:%M %d.%m.%Y'}\n    - {from: b, date: iso}"
    payload = read_one(rule, {"a": "garbled", "b": "2026-01-02"})
    assert payload["submitted_at"] == "2026-01-02T00:00:00Z"
    assert "import_notes" not in payload.get("extra", {})


def test_packed_cells() -> None:
    packed = "Text: Hi, there: you!, Website URL: https://a.example/?x=Text: y, Headline: H, State: OR"
    payload = read_one(
        "  creative.headline: P/Headline\n  creative.call_to_action: P/Text\n  landing_page.url: P/Website URL",
        {"P": packed},
        more="unpack: {P: [Text, Website URL, Headline, State]}",
    )
    assert payload["creative"]["call_to_action"] == "Hi, there: you!"
    assert payload["creative"]["headline"] == "H"
    assert payload["landing_page"]["url"] == "https://a.example/?x=Text: y"
    assert payload["extra"] == {"P/State": "OR"}


@given(st.dictionaries(st.sampled_from(["Text", "Headline", "Website URL"]), st.text("abc, .", min_size=1), min_size=1))
def test_unpacking_gives_back_what_was_packed(fields: dict[str, str]) -> None:
    packed = ", ".join(f"{label}: {value}" for label, value in fields.items())
    unpacked, rest = cell_readers.unpack_cell(packed, ["Text", "Headline", "Website URL"])
    assert rest == ""
    assert unpacked == {label: value.strip() for label, value in fields.items()}


def test_ids_from_columns_and_from_content() -> None:
    two = "id: {from: [a, b], join: /, prefix: x-}"
    assert read_one("", {"a": "1", "b": 2}, id_rule=two)["id"] == "x-1/2"
    with pytest.raises(AdProblem, match="id"):
        read_one("", {"a": "1"}, id_rule=two)
    by_content = "id: {from: a, otherwise: content, prefix: c-}"
    first = read_one("  creative.headline: h", {"h": "x", "seen": 1}, id_rule=by_content)
    again = read_one("  creative.headline: h", {"h": "x", "seen": 2}, id_rule=by_content)
    other = read_one("  creative.headline: h", {"h": "y", "seen": 1}, id_rule=by_content)
    assert first["id"] == again["id"] != other["id"]
    assert first["id"].startswith("c-")
    assert read_one("", {"a": "7"}, id_rule=by_content)["id"] == "c-7"


def test_columns_of_nested_objects_and_what_stays_unmapped() -> None:
    mapping = mapping_of("id: ad.id\nfields: {creative.body: ad.text.de}\ndrop: [noise]\n")
    payload = payload_of(mapping, {"ad": {"id": 5, "text": {"de": "Hallo"}}, "noise": 1, "left": [1]})
    assert (payload["id"], payload["creative"]["body"]) == ("5", "Hallo")
    assert payload["extra"] == {"ad": {"id": 5, "text": {"de": "Hallo"}}, "left": [1]}
    bare = mapping_of("id: id\nfields: {creative.body: b}\nunmapped: drop\n")
    assert "extra" not in payload_of(bare, {"id": 1, "b": "x", "c": "y"})


def test_rows_that_are_none_are_skipped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text("id,t,kind\n1,a,ad\nid,t,kind\n2,b,total\n3,c,ad\n")
    mapping = mapping_of("id: id\nfields: {creative.body: t}\nskip: {repeated_header: yes, where: {kind: [total]}}")
    reader = read_queue(path, mapping=mapping, source="s")
    assert [row.payload["id"] for row in reader if isinstance(row, AdRow)] == ["1", "3"]
    assert reader.skipped == 2


def test_a_table_without_a_header(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text("1;Hallo\n2;Tag\n")
    mapping = mapping_of("file: {header: [nr, text], delimiter: ';'}\nid: nr\nfields: {creative.body: text}")
    assert [row.payload["id"] for row in read_queue(path, mapping=mapping, source="s") if isinstance(row, AdRow)] == [
        "1",
        "2",
    ]


def test_unknown_columns_are_named_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text("Ad_ID,Ad_Text\n1,x\n")
    mapping = mapping_of("id: Ad_Id\nfields: {creative.body: Ad_Txt, markets: Country}")
    with pytest.raises(ModtuiError) as error:
        read_queue(path, mapping=mapping, source="s")
    for words in (
        "id: no column 'Ad_Id'. Did you mean 'Ad_ID'?",
        "fields.creative.body: no column 'Ad_Txt'",
        "'Country'",
    ):
        assert words in error.value.message


MISTAKES = """\
schema: modtui/mapping/2
file: {kind: cvs, encoding: utf-9, delimiter: ab}
fields:
  creative.boddy: text
  headline: h
  markets: {frm: c, split: ','}
  submitted_at: {from: c, date: '%Q', zone: Mars/Base}
  media: {from: c, pattern: '(?=x)'}
  industry: {from: c, template: x}
  objective: {from: c, match: near}
extras: 1
"""


def test_every_mistake_at_once_with_its_place() -> None:
    mapping, problems = parse_mapping(MISTAKES, "m.yaml")
    assert mapping is None
    told = [str(problem) for problem in problems]
    for expected in (
        "m.yaml:1:9: schema: must be modtui/mapping/1",
        "m.yaml:1:1: id: is missing",
        "m.yaml:2:14: file.kind: must be one of csv, tsv, jsonl, json. Did you mean 'csv'?",
        "file.encoding: 'utf-9' is no text encoding",
        "file.delimiter: must be one character",
        "m.yaml:4:3: fields.creative.boddy: an ad has no field 'creative.boddy'. Did you mean 'creative.body'?",
        "fields.headline: an ad has no field 'headline'. Did you mean 'creative.headline'?",
        "m.yaml:6:13: fields.markets: unknown key 'frm'. Did you mean 'from'?",
        "fields.markets: needs `from` or `constant`",
        "fields.submitted_at.date: '%Q' is no date format",
        "fields.submitted_at.zone: 'Mars/Base' is no time zone",
        "fields.media.pattern: is no RE2 pattern",
        "fields.industry.template: has no {} where the value goes",
        "fields.objective.match: must be one of whole, within",
        "m.yaml:11:1: unknown key 'extras'",
    ):
        assert any(expected in line for line in told), (expected, told)
    assert len(told) == 15


def test_mappings_are_found_by_path_and_by_name(tmp_path: Path) -> None:
    assert find_mapping("ira-facebook", SHIPPED).source == "ira-facebook"
    own = tmp_path / "own.yaml"
    own.write_text("schema: modtui/mapping/1\nid: id\nfields: {creative.body: b}\n")
    assert find_mapping(str(own), SHIPPED).name == "own"
    with pytest.raises(ModtuiError, match="Did you mean 'ira-facebook'"):
        find_mapping("ira-facebok", SHIPPED)
    with pytest.raises(ModtuiError):
        read_mapping(tmp_path)
    own.write_text("id: [")
    with pytest.raises(ModtuiError, match=r"own\.yaml:"):
        read_mapping(own)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_mappings_have_no_mistakes(path: Path) -> None:
    mapping = read_mapping(path)
    assert mapping.source
    assert mapping.fields


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("18 - 65+", (18, None)), ("13+", (13, None)), ("13–17", (13, 17)), ("21", (21, 21)), ("35-++", (35, None)),
        ("24-", (None, 24)), ("18-24, 25-34, ≥65, Unknown age", (18, None)), ("≤18, 18-24", (None, 24)),
        ("18 and older", (18, None)), ("Ages 18 to 34", (18, 34)), ("18 65+", (18, None)), ("<18", (None, 17)),
    ],
)  # fmt: skip
def test_age_strings(text: str, ages: tuple[int | None, int | None]) -> None:
    assert cell_readers.read_ages(text) == ages


@pytest.mark.parametrize("text", ["", "adults", "65 - 18", "1000", "Unknown age", "18-24-30"])
def test_what_is_no_age(text: str) -> None:
    with pytest.raises(CellProblem):
        cell_readers.read_ages(text)


@pytest.mark.parametrize(
    ("text", "ends"),
    [("≤ 10k", (None, 10_000)), ("10k-100k", (10_000, 100_000)), ("> 1M", (1_000_000, None)), ("1,500", (1500, 1500))],
)
def test_number_ranges(text: str, ends: tuple[int | None, int | None]) -> None:
    assert cell_readers.read_range(text) == ends


@pytest.mark.parametrize("text", ["[" * 100_000, "(" * 90 + ")" * 90, "1+", "f()", "[x]", "-" * 50_000 + "1", "'\\ud8"])
def test_hostile_literals_are_problems(text: str) -> None:
    with pytest.raises(CellProblem):
        cell_readers.read_literal(text)


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("plain < text > here", "plain < text > here"),
        ("a<script>alert(1)</script>b<!-- c -->d", "abd"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("5 &lt; 6 &#x1F600;", "5 < 6 😀"),
        ("broken <b", "broken <b"),
        ("<style>x", ""),
    ],
)
def test_html_to_text(source: str, seen: str) -> None:
    assert cell_readers.text_of_html(source) == seen


@given(st.text("<>!-/ab&;\"' ", max_size=60))
def test_html_never_breaks(source: str) -> None:
    assert isinstance(cell_readers.text_of_html(source), str)


def test_html_takes_time_in_proportion() -> None:
    for source in ("<!--" * 200_000, "<a " * 300_000, "<script>" * 100_000, "&#" * 400_000):
        assert len(cell_readers.text_of_html(source)) <= len(source)


def test_a_guess_reads_what_it_was_guessed_from(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    rows = "".join(
        f"{n},Buy {n}!,\"['a', 'b']\",https://a.example/{n},{n % 9 + 1}/15/2026,united states,18 - 65+,-,\"x;y\"\n"
        for n in range(20)
    )
    path.write_text("AdId,Ad Text,Labels,Landing URL,Start Date,CountryCode,Age,Payer,Interests\n" + rows)
    text = guess_for_file(path)
    mapping, problems = parse_mapping(text, "guess.yaml")
    assert problems == []
    read = list(read_queue(path, mapping=mapping, source="s"))
    assert len(read) == 20
    first = read[1]
    assert isinstance(first, AdRow)
    payload = first.payload
    assert payload["id"] == "1"
    assert payload["creative"] == {"body": "Buy 1!"}
    assert payload["landing_page"] == {"url": "https://a.example/1"}
    assert payload["submitted_at"] == "2026-02-15T00:00:00Z"
    assert payload["schedule"] == {"start": "2026-02-15"}
    assert payload["markets"] == ["US"]
    assert payload["audience"] == {"min_age": 18, "interests": ["x", "y"]}
    assert [flag["label"] for flag in payload["flags"]] == ["a", "b"]
    assert "extra" not in payload


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10)


@given(
    st.lists(
        st.dictionaries(NAMES | st.sampled_from(["id", "Text", "Age", "url"]), st.text(max_size=20), max_size=4),
        max_size=4,
    )
)
def test_whatever_it_is_guessed_from_a_guess_is_a_mapping(rows: list[dict[str, str]]) -> None:
    header = list(dict.fromkeys(name for row in rows for name in row))
    mapping, problems = parse_mapping(guess_mapping(rows, header), "guess.yaml")
    if any(row for row in rows for value in row.values() if value.strip()):
        assert [str(problem) for problem in problems if "is missing" not in problem.message] == []
    for row in rows:
        if mapping is not None:
            try:
                payload_of(mapping, row)
            except AdProblem as problem:
                assert problem.reason


def test_a_guess_names_the_array_and_needs_rows(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"total": 2, "ads": [{"id": 1, "message": "<p>a</p>"}], "targets": [{"x": 1}]}))
    mapping, problems = parse_mapping(guess_for_file(path), "guess.yaml")
    assert mapping is not None, problems
    assert mapping.rows_at == "ads"
    read = list(read_queue(path, mapping=mapping, source="s"))
    assert [type(row) for row in read] == [AdRow]
    path.write_text("[]")
    with pytest.raises(ModtuiError, match="Nothing to guess from"):
        guess_for_file(path)


def test_duplicate_keys_in_a_json_cell_are_told() -> None:
    payload = read_one("  creative.headline: {from: c, read: json}", {"c": '{"a": 1, "a": 2}'})
    assert "twice" in payload["extra"]["import_notes"][0]
    assert isinstance(Problem("f", 1, "r", b""), tuple)
