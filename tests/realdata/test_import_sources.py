"""Real ad collections read by the shipped mappings: every row is an ad or a problem, and ads say what they said."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from modtui.domain.ad_json import ad_from_payload
from modtui.errors import ModtuiError
from modtui.files.mapping_file import find_mapping, parse_mapping
from modtui.files.mapping_guess import guess_for_file
from modtui.files.queue_file import read_queue
from modtui.files.rows import AdRow, Problem

REPOSITORY = Path(__file__).parents[2]
REALDATA = Path(os.environ.get("MODTUI_REALDATA", REPOSITORY.parent / "shared" / "realdata"))
ADS, EDGE = REALDATA / "ads", REALDATA / "edge"
pytestmark = pytest.mark.skipif(not ADS.is_dir(), reason="the collection of real ads is not here")

SOURCES = [
    ("ira-facebook", "ira-facebook/fb_russia_ads_clean.csv", 3509, 8, 3509),
    ("snap-political-2020", "snap-political-2020/PoliticalAds.csv", 5558, 0, 5558),
    ("google-political", "google-political-2022/CA.csv", 323, 0, 323),
    ("google-political", "google-political-2022/CT.csv", 178, 0, 178),
    ("google-political-texts", "google-political-2022/full_url_text.csv", 654, 0, 654),
    ("google-political-captions", "google-political-2022/ca_captions_tagged.csv", 47, 0, 47),
    ("meta-ad-library", "meta-ad-library-2022/CT.csv", 1285, 0, 500),
    ("propublica-facebook", "propublica-facebook/ads.json", 20, 0, 20),
    ("netlab-fraud-pt", "netlab-fraud-pt/study1_case1.csv", 53, 0, 53),
    ("netlab-fraud-pt", "netlab-fraud-pt/study1_case2.csv", 651, 0, 651),
    ("netlab-fraud-pt", "netlab-fraud-pt/study1_case3.csv", 530, 0, 530),
    ("netlab-fraud-pt", "netlab-fraud-pt/study1_case6.csv", 1850, 0, 1850),
    ("bad-ads-screenshots", "bad-ads-screenshots/ads_labels.json", 200, 0, 200),
    ("deceptive-web-ads", "deceptive-web-ads/dataset.csv", 1229, 0, 1211),
    ("submitted-with-outcome", "submitted-with-outcome/ad.poster.1.data.csv", 40, 0, 40),
    ("submitted-with-outcome", "submitted-with-outcome/ad.poster.2.data.csv", 80, 0, 80),
    ("submitted-with-outcome", "submitted-with-outcome/ad.poster.3.data.csv", 80, 0, 80),
    ("submitted-with-outcome", "submitted-with-outcome/ad.poster.27.data.csv", 43, 0, 43),
    ("japanese-search-performance", "japanese-search/ad-performance-estimation.train.tsv", 100, 0, 98),
    ("japanese-search-titles", "japanese-search/FaithCAMERA.tsv", 871, 1, 871),
    ("japanese-search-features", "japanese-search/a3-recognition.train.tsv", 100, 0, 100),
    ("commercial-or-informational", "commercial-or-informational/ads_dataset.csv", 9343, 0, 9343),
]
"Mapping, file, ads, problems, different ids."


def read(name: str, file: str) -> tuple[list[AdRow], list[Problem]]:
    mapping = find_mapping(name, REPOSITORY / "data" / "mappings")
    rows = list(read_queue(ADS / file, mapping=mapping, source=mapping.source or name))
    return [row for row in rows if isinstance(row, AdRow)], [row for row in rows if isinstance(row, Problem)]


def rows_in(path: Path) -> int:
    if path.suffix == ".json":
        document = json.loads(path.read_text("utf-8"))
        return len(document["ads"] if isinstance(document, dict) else document)
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        if path.suffix == ".tsv":
            return sum(1 for line in lines if line.strip()) - 1
        return sum(1 for cells in csv.reader(lines) if cells) - 1


@pytest.mark.parametrize(("name", "file", "ads", "problems", "ids"), SOURCES, ids=[source[1] for source in SOURCES])
def test_every_row_is_an_ad_or_a_problem(name: str, file: str, ads: int, problems: int, ids: int) -> None:
    stored, refused = read(name, file)
    assert len(stored) + len(refused) == rows_in(ADS / file)
    assert (len(stored), len(refused)) == (ads, problems)
    assert len({row.payload["id"] for row in stored}) == ids
    assert all(problem.line > 1 and problem.reason and problem.raw for problem in refused)
    for row in stored:
        assert ad_from_payload(row.payload).is_reviewable
    noted = sum("import_notes" in row.payload.get("extra", {}) for row in stored)
    assert noted <= len(stored) // 50


def one(name: str, file: str, ad_id: str) -> dict[str, Any]:
    stored, _ = read(name, file)
    return next(row.payload for row in stored if row.payload["id"] == ad_id)


def test_an_ira_ad_says_what_it_said() -> None:
    payload = one("ira-facebook", "ira-facebook/fb_russia_ads_clean.csv", "356")
    assert payload["creative"]["body"] == "Such a beautiful day! Such a beatiful view!"
    assert payload["submitted_at"].startswith("2015-06-09T")
    assert payload["markets"] == ["US"]
    assert payload["audience"]["min_age"] == 18
    assert "languages" not in payload


def test_snap_countries_and_pictures() -> None:
    stored, _ = read("snap-political-2020", "snap-political-2020/PoliticalAds.csv")
    assert all(len(row.payload["markets"]) == 1 for row in stored)
    assert len({row.payload["markets"][0] for row in stored}) == 17
    assert max(len(row.payload["media"]) for row in stored) > 1


def test_packed_cells_of_submitted_ads() -> None:
    payload = one("submitted-with-outcome", "submitted-with-outcome/ad.poster.2.data.csv", "2-1")
    assert payload["creative"] == {
        "body": "Check out this VINYL from the one and only Robinson!",
        "headline": "Calling all music lovers",
    }
    assert payload["landing_page"]["url"] == "https://api.bestbuy.com/click/-/16974712/pdp"
    assert payload["extra"]["Ad Permitted (Y/N)"] == "Y"


def test_screenshots_are_where_the_media_say() -> None:
    stored, _ = read("bad-ads-screenshots", "bad-ads-screenshots/ads_labels.json")
    for row in stored:
        (medium,) = row.payload["media"]
        assert (ADS / "bad-ads-screenshots" / medium["path"]).is_file()


@pytest.mark.parametrize("file", sorted({source[1] for source in SOURCES}))
def test_a_guess_imports_them_unaided(file: str) -> None:
    mapping, problems = parse_mapping(guess_for_file(ADS / file), "guess.yaml")
    assert mapping is not None, problems
    rows = list(read_queue(ADS / file, mapping=mapping, source="guess"))
    stored = sum(isinstance(row, AdRow) for row in rows)
    assert len(rows) == rows_in(ADS / file)
    assert stored >= 0.99 * len(rows)


@pytest.mark.skipif(not (EDGE / "json").is_dir(), reason="no JSON corpus")
def test_the_json_corpus_neither_breaks_nor_passes_what_is_no_json(tmp_path: Path) -> None:
    from modtui.files.strict_json import JsonProblem, parse_json

    verdicts: dict[str, list[str]] = {"y": [], "n": []}
    for path in sorted((EDGE / "json").rglob("*.json")):
        data = path.read_bytes()
        try:
            parse_json(data)
            is_json = True
        except JsonProblem:
            is_json = False
        if path.name[:2] in ("y_", "n_") and is_json != (path.name[0] == "y"):
            verdicts[path.name[0]].append(path.name)
        for name in ("q.jsonl", "q.json"):
            queue = tmp_path / name
            queue.write_bytes(data)
            for row in read_queue(queue, mapping=None, source="q"):
                assert isinstance(row, AdRow | Problem)
    assert verdicts["n"] == []
    assert all("duplicated" in name for name in verdicts["y"]), verdicts["y"]


@pytest.mark.skipif(not (EDGE / "csv").is_dir(), reason="no CSV corpus")
def test_the_csv_corpus_means_what_it_says() -> None:
    from modtui.files.byte_source import ByteSource
    from modtui.files.table_rows import TableRows

    tables = sorted((EDGE / "csv").rglob("*.csv"))
    assert tables
    for path in tables:
        answer = next(iter((EDGE / "csv").rglob(f"{path.stem}.json")))
        rows = [row.value for row in TableRows(ByteSource(path), ",").rows()]
        expected = json.loads(answer.read_text("utf-8"))
        if isinstance(expected, dict):  # of a file with one row, and with another telephone number
            assert len(rows) == 1
            continue
        assert rows == expected, path.name


@pytest.mark.skipif(not (EDGE / "naughty-strings").is_dir(), reason="no naughty strings")
def test_naughty_strings_come_through_unchanged(tmp_path: Path) -> None:
    strings = json.loads(next((EDGE / "naughty-strings").rglob("blns.json")).read_text("utf-8"))
    queue = tmp_path / "q.jsonl"
    with queue.open("w", encoding="utf-8") as out:
        for number, text in enumerate(strings):
            out.write(json.dumps({"id": number, "creative": {"body": text, "headline": "h"}}) + "\n")
    rows = list(read_queue(queue, mapping=None, source="q"))
    assert len(rows) == len(strings)
    for row, text in zip(rows, strings, strict=True):
        if isinstance(row, AdRow):
            assert row.payload["creative"].get("body", "") == text
        else:
            assert "\0" in text
    table = tmp_path / "q.csv"
    with table.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "body", "headline"])
        writer.writerows([number, text, "h"] for number, text in enumerate(strings))
    rows = list(read_queue(table, mapping=None, source="q"))
    assert len(rows) == len(strings)


@pytest.mark.skipif(not (EDGE / "encodings").is_dir(), reason="no encodings")
def test_undeclared_encodings_are_told_or_read(tmp_path: Path) -> None:
    for path in sorted((EDGE / "encodings").iterdir()):
        if not path.is_file():
            continue
        lines = path.read_bytes().splitlines()
        queue = tmp_path / "q.csv"
        queue.write_bytes(b"id\tbody\n" + b"".join(b"%d\t%s\n" % pair for pair in enumerate(lines) if pair[1].strip()))
        try:
            rows = list(read_queue(queue, mapping=None, source="q"))
        except ModtuiError as error:
            assert error.hint
            continue
        for row in rows:
            assert isinstance(row, AdRow) or row.reason
