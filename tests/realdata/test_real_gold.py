"""Gold from real collections: ads that raters labelled or platforms decided, and how far the real raters agree."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from modtui.domain.alpha import alpha, masi_distance
from modtui.domain.catalog import Catalog
from modtui.domain.pack_choice import Choice, Order
from modtui.domain.packs import Settings
from modtui.files.gold_rows import read_raters
from modtui.files.label_map import read_label_map
from modtui.files.pack_file import open_pack
from modtui.services.catalogs import catalog_at, document_at
from modtui.services.gold_files import gold_of_file
from modtui.services.pack_building import Plan, build_pack, plain_document, plan_choice

REPOSITORY = Path(__file__).parents[2]
REALDATA = Path(os.environ.get("MODTUI_REALDATA", REPOSITORY.parent / "shared" / "realdata"))
ADS, LABELS = REALDATA / "ads", REPOSITORY / "data" / "labels"
THEIRS_NOMINAL, THEIRS_MASI = 0.2986486322714639, 0.25519669178163784
"What krippendorff 0.9.0 and nltk 3.10.4 make of the same labels, run outside the package."
RATERS = ADS / "bad-ads-screenshots" / "opinion_labels_by_rater.csv"
pytestmark = pytest.mark.skipif(not ADS.is_dir(), reason="the collection of real ads is not here")


@cache
def catalog() -> Catalog:
    return catalog_at(REPOSITORY / "policies.yaml")


def chosen(name: str, gold: Path, ads: Path, size: int) -> Choice:
    found = gold_of_file(gold, LABELS / f"{name}.yaml", str(ads), name, catalog(), None, "2026-11-23")
    return plan_choice(found, catalog(), Order(size))


def test_screenshots_with_their_raters_labels_become_a_pack(tmp_path: Path) -> None:
    choice = chosen("bad-ads-screenshots", RATERS, ADS / "bad-ads-screenshots" / "ads_labels.json", 50)
    assert len(choice.chosen) == 50
    assert choice.clean >= 20
    document = plain_document(document_at(REPOSITORY / "policies.yaml"))
    built = build_pack(tmp_path / "a.pack", choice, document, Plan("Screenshots", Settings()))
    pack = open_pack(built.path)
    assert len(pack.media) == 50
    assert pack.keys is not None
    assert {key.outcome for key in pack.keys.values()} == {"approve", "reject"}
    assert any("of 10 raters" in key.rationale.why for key in pack.keys.values())
    pack.extract_media(tmp_path)
    for each in pack.ads:
        assert (tmp_path / each.ad["media"][0]["path"]).read_bytes()[:4] == b"RIFF"
        assert "extra" not in each.ad


def test_ads_that_were_really_submitted_become_a_pack_without_their_outcomes() -> None:
    file = ADS / "submitted-with-outcome" / "ad.poster.2.data.csv"
    choice = chosen("submitted-with-outcome", file, file, 80)
    rejected = [each for each in choice.chosen if not each.is_clean]
    assert 1 <= len(rejected) <= 3
    assert choice.clean * 100 >= 40 * len(choice.chosen)
    assert all(each.key.rationale.why for each in choice.chosen)


def test_how_far_the_real_raters_agree() -> None:
    said: dict[str, dict[str, frozenset[str]]] = {}
    for each in read_raters(RATERS, read_label_map(LABELS / "bad-ads-screenshots.yaml")):
        said.setdefault(each.ad, {})[each.rater] = each.checks
    people = sorted({rater for by_rater in said.values() for rater in by_rater})
    units = [[by_rater.get(rater) for rater in people] for by_rater in said.values()]
    is_bait = [[None if each is None else "misleading.claim/bait" in each for each in row] for row in units]
    assert len(units) == 200
    nominal, sets = alpha(is_bait), alpha(units, masi_distance)
    assert nominal.value == pytest.approx(THEIRS_NOMINAL, abs=1e-9)
    assert sets.value == pytest.approx(THEIRS_MASI, abs=1e-9)
