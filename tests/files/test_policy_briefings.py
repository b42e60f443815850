"""Briefings in the policy file: notes with dates, rows that tighten, and every mistake with its place."""

from __future__ import annotations

from pathlib import Path

from modtui.files.policy_file import read_catalog, read_catalog_document

RULES = (Path(__file__).parent / "five_rules.yaml").read_text(encoding="utf-8").rpartition("briefings:")[0]
BRIEFING = """
briefings:
  - id: new-year
    title: Alcohol before the new year
    text: Look twice.
    policies: [alcohol.product]
    markets: [EEA]
    effective: 2026-12-01
    sunset: 2027-01-02
    must_read: yes
    rows:
      alcohol.product/sells:
        FR: {min_age: 21, apparent_age: 25, effective: 2026-11-01, basis: law}
        "*": [{needs: {certificate: {kind: alcohol}}}, {labels: [Party]}]
"""


def mistakes(text: str) -> list[str]:
    _, problems = read_catalog((RULES + text).encode(), "p.yaml")
    return [str(problem) for problem in problems]


def test_rows_take_the_dates_of_the_briefing_and_its_name() -> None:
    catalog, problems = read_catalog((RULES + BRIEFING).encode())
    assert catalog is not None and not problems
    check = catalog.check_by_id["alcohol.product/sells"]
    (row,) = [row for row in check.markets["FR"] if row.briefing]
    assert (row.min_age, row.effective, row.sunset) == (21, "2026-12-01", "2027-01-02")
    assert [row.briefing for row in check.clauses][-2:] == ["new-year", "new-year"]
    needs = [each.id for each in catalog.checks if each.need and "new-year" in each.id]
    assert needs == [
        "alcohol.product/sells/new-year-certificate-all",
        "alcohol.product/sells/new-year-apparent_age-fr",
    ]


def test_the_same_file_gives_the_same_hash_and_another_row_another() -> None:
    first = read_catalog((RULES + BRIEFING).encode())[0]
    again = read_catalog((RULES + BRIEFING).encode())[0]
    other = read_catalog((RULES + BRIEFING.replace("min_age: 21", "min_age: 22")).encode())[0]
    assert first is not None and again is not None and other is not None
    assert first.hash == again.hash != other.hash


def test_what_would_loosen_or_name_nothing_is_refused_with_its_place() -> None:
    def refuses(old: str, new: str, words: str) -> bool:
        return any(words in each for each in mistakes(BRIEFING.replace(old, new)))

    row, check = "min_age: 21,", "alcohol.product/sells:"
    place = "briefings[0].rows.alcohol.product/sells.FR.unless"
    assert refuses(
        row, f"{row} unless: [food.less_healthy/brand-only],", f"{place}: a briefing may tighten, never loosen"
    )
    assert refuses(check, "alcohol.product/sels:", "unknown check 'alcohol.product/sels'. Did you mean")
    assert refuses(check, "food.less_healthy/brand-only:", "'food.less_healthy/brand-only' has rows of its own")
    assert refuses("effective: 2026-11-01", "effective: 2027-11-01", "never holds: it would begin on 2027-11-01")
    assert refuses("        FR:", "        XX:", "'XX'")
    assert any("should be a mapping" in each for each in mistakes(BRIEFING.split("    rows:")[0] + "    rows: [1]\n"))


def test_two_briefings_may_add_to_the_same_market() -> None:
    second = BRIEFING.replace("briefings:\n", "").replace("new-year", "second")
    reading = read_catalog_document((RULES + BRIEFING + second).encode())
    assert reading.problems == ()
