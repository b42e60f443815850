"""Whether the key of a pack still holds under the catalog in use: what is told when such a pack is opened."""

from __future__ import annotations

from msgspec import Struct

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.cases import Case
from modtui.domain.catalog import Catalog
from modtui.domain.gold import changed_since
from modtui.domain.plurals import number_of
from modtui.files.pack_file import Pack


class Staleness(Struct, frozen=True):
    """What of a pack is not as it was when it was built."""

    ads: tuple[str, ...] = ()
    "Those whose key rests on a clause that means something else now, or that was stale already when it was built."
    checks: tuple[str, ...] = ()
    "The checks that changed."
    words: str = ""
    "A sentence for whoever opens the pack; empty when nothing is stale."


def staleness(pack: Pack, catalog: Catalog) -> Staleness:
    """Hold a pack against a catalog.

    Where the key is closed only the catalogs can be compared, and what the trainer said when it was built. A catalog of
    another id is none to compare with.
    """
    mark = pack.manifest.catalog
    if pack.keys is None:
        stale = number_of(pack.manifest.stale, "answer was", "answers were")
        found = [f"{stale} stale when it was built"] if pack.manifest.stale else []
        if mark.id == catalog.id and mark.hash != catalog.hash:
            found.append(f"it goes by version {mark.version} of the catalog, and {catalog.version} is in use")
        return Staleness(words=_sentence(found))
    ads: dict[str, tuple[str, ...]] = {ad_id: () for ad_id, key in pack.keys.items() if key.stale}
    if mark.id == catalog.id and mark.hash != catalog.hash:
        for each in pack.ads:
            changed = changed_since(pack.keys[each.id], Case(ad_from_payload(each.ad), catalog, each.as_of))
            if changed:
                ads[each.id] = changed
    checks = tuple(dict.fromkeys(check for changed in ads.values() for check in changed))
    if not ads:
        return Staleness()
    named = f" ({', '.join(checks[:3])}{' ...' if len(checks) > 3 else ''})" if checks else ""
    answers = number_of(len(ads), "answer rests", "answers rest")
    return Staleness(
        tuple(sorted(ads)),
        checks,
        _sentence([f"{answers} on clauses that have changed since{named}: {_some(sorted(ads))}"]),
    )


def _some(ads: list[str]) -> str:
    return ", ".join(ads[:8]) + (" ..." if len(ads) > 8 else "")


def _sentence(parts: list[str]) -> str:
    return f"This pack is stale: {'; '.join(parts)}." if parts else ""
