"""How often the fitting policy is among the first ten checks, on real ads that somebody judged.

Run as `python -m benchmarks.relevance [CATALOG ...]` to compare catalogs on both halves; as a benchmark it reports the
half that judges. The other half may be looked at while cues are written. The ads are not part of the project
(`MODTUI_REALDATA`); without them nothing is reported. What the judges said is never shown to the cues.
"""

from __future__ import annotations

import csv
import html
import json
import os
import re
import sys
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml
from msgspec import Struct

from benchmarks.measure import ABSENT, REPORTED, ROOT, Row, Setting
from modtui.domain.ads import Ad, Creative, LandingPage
from modtui.domain.catalog import Catalog
from modtui.domain.cues import CueIndex
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.relevance import worksheet
from modtui.domain.rulings import Case
from modtui.files.policy_file import read_catalog

REALDATA = Path(os.environ.get("MODTUI_REALDATA", ROOT.parent / "shared" / "realdata"))
FIRST = 10
AS_OF = "2026-11-28"

HEALTH = {"health.claims", "health.otc_device", "health.prescription", "weight.management", "misinformation.health"}
MONEY = {"finance.licensed", "finance.high_risk", "finance.scam", "crypto.any"}
FITTING = {
    "Supplements": HEALTH | {"cosmetic.procedures"},
    "Investing": MONEY,
    "Insurance": MONEY,
    "Mortgage": MONEY | {"hec.targeting"},
    "Content Farm": {"misleading.claim"},
    "Political Campaign": {"politics.any"},
    "Political Poll": {"politics.any"},
    "Potentially Unwanted Software": {"deception.phishing", "technical.landing_page"},
    "Health and Supplements": HEALTH,
    "Medical Services and Prescriptions": HEALTH | {"cosmetic.procedures"},
    "COVID Products": HEALTH,
    "Mortgages": MONEY | {"hec.targeting"},
    "Banking/Credit Cards": MONEY,
    "Investment Pitch": MONEY,
    "Software Download": {"deception.phishing", "technical.landing_page"},
    "Computer Security-related": {"deception.phishing"},
    "Political Content": {"politics.any"},
    "Political Memorabilia": {"politics.any"},
    "Dating": {"dating.any"},
    "Religious": {"religion.culture"},
    "Recreational Drugs": {"drugs.illegal"},
    "Weapons": {"weapons.any", "weapons.utility_knife"},
    "Real Estate": {"hec.targeting"},
    "Employment": {"hec.targeting"},
}
"What a judge called an ad, to the policies that fit it. Calls that name no subject of a policy are left out."
FRAUD = {"deception.impersonation", "deception.phishing", "deception.cloaking", "finance.scam", "misleading.price"}


class Judged(Struct):
    """An ad, and the policies of which one should come early."""

    id: str
    ad: Ad
    fitting: set[str]

    @property
    def judges(self) -> bool:
        """Whether it is of the half that judges the cues, by its id alone."""
        return zlib.crc32(self.id.encode()) % 2 == 1


def deceptive_web_ads() -> Iterator[Judged]:
    """Web ads an expert coded, with the words found in their HTML."""
    folder = REALDATA / "ads" / "deceptive-web-ads"
    with tarfile.open(folder / "ad-html.tar.gz") as archive:
        texts = {Path(member.name).stem: _words(archive, member) for member in archive if member.isfile()}
    with (folder / "dataset.csv").open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            text = texts.get(row["ad_id"], "")
            if row["name"] in FITTING and len(text) > 30:
                page = LandingPage(url=row["landing_url"] or None)
                yield Judged(row["ad_id"], _ad(row["ad_id"], Creative(body=text), page), FITTING[row["name"]])


def bad_ads_screenshots() -> Iterator[Judged]:
    """Pictures of ads: nothing but the page they stood on is text, so that this shows what comes without any cue."""
    found = json.loads((REALDATA / "ads" / "bad-ads-screenshots" / "ads_labels.json").read_text(encoding="utf-8"))
    for each in found:
        fitting: set[str] = set().union(*(FITTING.get(label, set()) for label in each["content_labels"]))
        if fitting:
            yield Judged(str(each["id"]), _ad(str(each["id"]), Creative(format="image")), fitting)


def netlab_fraud() -> Iterator[Judged]:
    """Fraudulent ads in Portuguese, of which only the page's name is known."""
    for path in sorted((REALDATA / "ads" / "netlab-fraud-pt").glob("*.csv")):
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            for row in csv.DictReader(file):
                yield Judged(row["ad_id"], _ad(row["ad_id"], Creative(display_name=row["page_name"].strip())), FRAUD)


def crypto_scam_list() -> Iterator[Judged]:
    """Addresses of reported scam sites."""
    listed = (REALDATA / "policy" / "crypto-scam-list" / "urls.yaml").read_text(encoding="utf-8")
    for each in yaml.load(listed, Loader=yaml.CSafeLoader):
        url = str(each["url"])
        yield Judged(url, _ad(url, Creative(), LandingPage(url=url)), FRAUD | {"crypto.any"})


SOURCES: dict[str, Callable[[], Iterator[Judged]]] = {
    "deceptive-web-ads": deceptive_web_ads,
    "bad-ads-screenshots": bad_ads_screenshots,
    "netlab-fraud-pt": netlab_fraud,
    "crypto-scam-list": crypto_scam_list,
}


class Share(Struct):
    """How many ads there were, on how many a fitting check came early, and on how many it did because it was lit."""

    ads: int = 0
    early: int = 0
    lit: int = 0

    def __str__(self) -> str:
        return f"{self.early / self.ads:.0%} of {self.ads:,}; lit {self.lit / self.ads:.0%}"


def shares(catalog: Catalog, source: str) -> dict[bool, Share]:
    """A source's ads: under True the half that judges, under False the half to tune on."""
    index = CueIndex.of(catalog)
    found = {True: Share(), False: Share()}
    for judged in SOURCES[source]():
        share = found[judged.judges]
        sheet = worksheet(Case(judged.ad, catalog, AS_OF), index, hidden_hits(index, judged.ad))
        fitting = [line for line in sheet.lines[:FIRST] if line.check.policy_id in judged.fitting]
        share.ads += 1
        share.early += bool(fitting)
        share.lit += any(line.is_lit for line in fitting)
    return found


def relevance(setting: Setting) -> list[Row]:
    """The half of each source that judges, under the shipped catalog."""
    what = "the fitting policy among the first ten checks: "
    if not REALDATA.is_dir():
        return [Row(what + "real ads", REPORTED, "the collection of real ads is not here", ABSENT)]
    catalog = _catalog(ROOT / "policies.yaml")
    return [Row(what + source, REPORTED, str(shares(catalog, source)[True]), REPORTED) for source in SOURCES]


def _catalog(path: Path) -> Catalog:
    catalog, problems = read_catalog(path)
    if catalog is None:
        raise SystemExit("\n".join(map(str, problems[:10])))
    return catalog


def _ad(ad_id: str, creative: Creative, page: LandingPage | None = None) -> Ad:
    return Ad("real", ad_id, creative=creative, landing_page=page or LandingPage())


def _words(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    """What a person would read of an ad's HTML, which is escaped once more than it should be."""
    file = archive.extractfile(member)
    text = html.unescape(file.read().decode("utf-8", "replace")) if file else ""
    text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]+>", " ", text)
    text = re.sub(r"\s+", " ", html.unescape(text))
    return re.sub(r"View HTML Ad ID: \d+|Advertisement( - story continues below)?|\bUndo\b", "", text).strip()


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {"relevance": relevance}


def main() -> None:
    """Compare catalogs, one line a source and half."""
    for name in sys.argv[1:] or ["policies.yaml"]:
        catalog = _catalog(Path(name))
        for source in SOURCES:
            for judges, share in shares(catalog, source).items():
                print(f"{name:24} {source:22} {'judging' if judges else 'tuning':8} {share}")


if __name__ == "__main__":
    main()
