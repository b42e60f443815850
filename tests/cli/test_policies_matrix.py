"""`modtui policies matrix` as table, CSV, HTML and JSON."""

from __future__ import annotations

import csv
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

from tests.cli.command import Command
from tests.services.shift import CATALOG


class Page(HTMLParser):
    """The cells of the table, row by row, and every tag and attribute there is."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1] and "\n" not in data:
            self.rows[-1][-1] += data


def test_few_lines_stand_with_their_markets_below_each_other(modtui: Command) -> None:
    shown = modtui.good("policies", "matrix", "--policy", "alcohol", "--markets", "US,SA").stdout
    rows = [[cell.strip() for cell in line.strip("│┃").replace("┃", "│").split("│")] for line in shown.splitlines()]
    assert ["market", "Alcoholic drinks"] in rows
    assert ["US", "cut <25 platform, held code (audience share)"] in rows
    assert ["SA", "cut law"] in rows


def test_many_lines_have_their_markets_beside_each_other(modtui: Command) -> None:
    shown = modtui.good("policies", "matrix", "--markets", "US SA", "--checks").stdout
    heads = [cell.strip() for cell in shown.splitlines()[1].strip("┃").split("┃")]
    assert heads == ["policy", "US", "SA"]
    assert "Alcoholic drinks · al" in shown and "Alcoholic drinks · am" in shown


def test_csv_has_a_column_for_each_market(modtui: Command) -> None:
    text = modtui.good("policies", "matrix", "--format", "csv", "--family", "gambling").stdout
    header, row = csv.reader(StringIO(text))
    assert header == ["family", "policy", "key", "check", "ES", "IT", "elsewhere"]
    assert row[:4] == ["gambling", "gambling.real_money", "gm", "gambling.real_money/offers"]
    assert row[4:] == ["cut law (apparent age)", "cut law", "cut platform"]


def test_json_tells_both_audiences_by_basis(modtui: Command) -> None:
    data = modtui.json("policies", "matrix", "--policy", "al", "--markets", "US")
    (line,) = data["lines"]
    cell = line["cells"]["US"]
    assert cell["adults"] == {
        "state": "cut",
        "basis": "platform",
        "below": 25,
        "by_basis": {"code": "cut", "platform": "cut"},
        "needs": ["audience_share"],
    }
    assert cell["all_ages"]["state"] == "cut"


def test_html_is_one_page_that_runs_and_fetches_nothing(modtui: Command) -> None:
    text = modtui.good("policies", "matrix", "--format", "html", "--markets", "US,SA,IT").stdout
    page = Page(text)
    assert page.rows[0] == ["policy", "US", "SA", "IT"]
    row = next(row for row in page.rows if row[0].startswith("Alcoholic drinks"))
    assert row[1:] == ["cut <25 platform, held code (audience share)", "cut law", "allowed; all ages: cut <18 platform"]
    assert not page.tags & {"script", "link", "img", "iframe", "object", "a"}
    assert not page.attributes & {"src", "href", "onclick", "style"}


def test_text_of_the_catalog_is_escaped_in_html_and_harmless_in_csv(modtui: Command, tmp_path: Path) -> None:
    text = CATALOG.read_text(encoding="utf-8")
    text = text.replace("title: Alcoholic drinks", """title: '<script>alert("1")</script> "x" \\u202e & more'""")
    text = text.replace("family: regulated-goods", "family: '=1+1'")
    path = tmp_path / "hostile.yaml"
    path.write_text(text, encoding="utf-8")
    html = modtui.good("policies", "matrix", "--format", "html", "--catalog-version", path).stdout
    assert "script" not in Page(html).tags
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;" in html
    found = modtui.good("policies", "matrix", "--format", "csv", "--catalog-version", path)
    assert "'=1+1," in found.stdout


def test_names_that_stand_for_nothing_end_with_1(modtui: Command) -> None:
    for args in (("--family", "gambing"), ("--policy", "alcohool"), ("--markets", "XX")):
        result = modtui("policies", "matrix", *args)
        assert (result.exit_code, result.stdout) == (1, "")
    assert "Did you mean 'gambling'?" in modtui("policies", "matrix", "--family", "gambing").stderr
