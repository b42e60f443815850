"""How often clean real ads light a check that must be answered: every such ad costs a key more than it should."""

from __future__ import annotations

import os
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.cues import CueIndex
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.policies import Severity
from modtui.domain.relevance import unanswered_before_approval
from modtui.domain.rulings import Case
from modtui.files.mapping_file import find_mapping
from modtui.files.queue_file import read_queue
from modtui.files.rows import AdRow
from modtui.services.desk import Desk
from tests.stories.demo_desk import ROOT, catalog

REALDATA = Path(os.environ.get("MODTUI_REALDATA", ROOT.parent / "shared" / "realdata"))
ADS = REALDATA / "ads"
MOST = 2_000
"Ads of one file that are read: its share is known to a percent by then."
pytestmark = pytest.mark.skipif(not ADS.is_dir(), reason="the collection of real ads is not here")


@pytest.mark.parametrize(
    ("mapping", "file", "aim"),
    [
        ("commercial-or-informational", "commercial-or-informational/ads_dataset.csv", 0.10),
        ("japanese-search-titles", "japanese-search/FaithCAMERA.tsv", 0.10),
        ("japanese-search-performance", "japanese-search/ad-performance-estimation.train.tsv", 0.10),
    ],
    ids=["commercial-or-informational", "japanese-titles", "japanese-performance"],
)
def test_few_clean_ads_light_a_high_check(
    mapping: str, file: str, aim: float, capsys: pytest.CaptureFixture[str]
) -> None:
    index = CueIndex.of(catalog())
    found = find_mapping(mapping, ROOT / "data" / "mappings")
    rows = read_queue(ADS / file, mapping=found, source=found.source or mapping)
    ads = high = any_lit = stopped = 0
    by_check: Counter[str] = Counter()
    for row in islice((row for row in rows if isinstance(row, AdRow)), MOST):
        ad = ad_from_payload(row.payload)
        desk = Desk(Case(ad, catalog(), "2026-11-28"), index, hidden_hits(index, ad))
        lit = {line.check.id for line in desk.sheet.lit if line.check.severity >= Severity.HIGH}
        by_check.update(lit)
        ads += 1
        high += bool(lit)
        any_lit += bool(desk.sheet.lit)
        stopped += bool(unanswered_before_approval(desk.case, desk.sheet, desk.answers))
    with capsys.disabled():
        most = ", ".join(f"{check_id} {count}" for check_id, count in by_check.most_common(4))
        print(
            f"\n{mapping}: {ads} ads, a high check lit on {high / ads:.1%}, any on {any_lit / ads:.1%},"
            f" approval waits for an answer on {stopped / ads:.1%} ({most})"
        )
    assert ads >= 98
    assert high / ads < aim
