"""Gold answers that came in a file, put to the ads they speak of: of a queue in the workspace, or of a queue file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.gold import Gold
from modtui.domain.suggestions import did_you_mean
from modtui.errors import ModtuiError
from modtui.files.gold_rows import GoldRow, read_gold
from modtui.files.label_map import LabelMap, read_label_map
from modtui.files.mapping_file import find_mapping
from modtui.files.queue_file import read_queue
from modtui.files.rows import AdRow
from modtui.services.media_folders import folders_of
from modtui.services.queue_ads import ads_of
from modtui.services.shipped import shipped
from modtui.store.workspace import Workspace


def gold_of_file(
    path: Path,
    labels_path: Path,
    ads: str,
    mapping: str | None,
    catalog: Catalog,
    workspace: Workspace | None,
    today: str,
    on_missing: Callable[[list[str]], None] = lambda _: None,
) -> Iterator[Gold]:
    """The gold in a table or lines of JSON, read by a label map.

    `ads` is a queue of the workspace, or a queue file that `mapping` reads where it has a layout of its own. Raises
    ModtuiError for checks the catalog does not have, and when no ad is there at all; missing ones go to `on_missing`.
    """
    labels = read_label_map(labels_path)
    _check_labels(labels, labels_path, catalog)
    by_id, folders = _ads(ads, mapping, catalog, workspace)
    missing: list[str] = []
    found = 0
    for row in read_gold(path, labels):
        ad = by_id.get(row.ad)
        if ad is None:
            missing.append(row.ad)
        else:
            found += 1
            yield _gold(row, ad, labels, folders, today)
    if not found:
        raise _no_ads(missing, by_id, ads)
    if missing:
        on_missing(missing)


def _ads(
    name: str, mapping: str | None, catalog: Catalog, workspace: Workspace | None
) -> tuple[Mapping[str, Ad], tuple[str, ...]]:
    """The ads by their id, and where their media lie."""
    if mapping is not None:
        found = find_mapping(mapping, shipped("data") / "mappings")
        rows = read_queue(
            name, mapping=found, source=found.source or Path(name).stem, known_groups=catalog.market_groups
        )
        ads = {row.id: ad_from_payload(row.payload) for row in rows if isinstance(row, AdRow)}
        return ads, (str(Path(name).resolve().parent),)
    ads = {ad.id: ad for ad in ads_of(name, workspace, catalog.market_groups)}
    if Path(name).exists():
        return ads, (str(Path(name).resolve().parent),)
    return ads, tuple(str(folder) for folder in folders_of(workspace, name)) if workspace else ()


def _gold(row: GoldRow, ad: Ad, labels: LabelMap, folders: tuple[str, ...], today: str) -> Gold:
    return Gold(
        origin=row.place,
        name=row.ad,
        ad=ad if ad.markets or not labels.markets else replace(ad, markets=labels.markets),
        as_of=labels.as_of or today,
        answers=row.answers,
        outcome=row.says_otherwise or row.outcome,
        why=row.why,
        agreed=row.raters,
        folders=folders,
    )


def _check_labels(labels: LabelMap, path: Path, catalog: Catalog) -> None:
    for label in labels.labels:
        if label.check not in catalog.check_by_id:
            near = did_you_mean(label.check, catalog.check_by_id)
            message = f"{path}: '{label.check}' is no check of version {catalog.version}.{near}"
            raise ModtuiError("The label map does not fit", message, "`modtui policies search WORDS` finds one.")


def _no_ads(missing: list[str], by_id: Mapping[str, Ad], ads: str) -> ModtuiError:
    if not missing:
        return ModtuiError("No gold", "The file has no rows.", "Name a file with a row for each ad, or for each rater.")
    near = did_you_mean(missing[0], tuple(by_id)[:200])
    hint = "`ad:` in the label map makes the ids of columns, joined as the ads' own mapping does."
    return ModtuiError("Gold speaks of other ads", f"None of its ads is in {ads}: {missing[0]}.{near}", hint)
