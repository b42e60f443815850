"""Building packs: gold is held against the catalog, chosen, given neutral names, and written with its key."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from msgspec import Struct
from msgspec.structs import replace

from modtui.domain.ad_json import AdProblem, normal_payload, payload_of
from modtui.domain.catalog import Catalog
from modtui.domain.catalog_document import document_hash
from modtui.domain.cues import CueIndex
from modtui.domain.evidence import Evidence, evidence_of
from modtui.domain.gold import Gold, Weighed, key_of, policy_of, trouble_with
from modtui.domain.gold_sample import sampled
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.pack_choice import Choice, Order, choose, lookalikes
from modtui.domain.packs import (
    PACK_SCHEMA,
    SECRET_BYTES,
    Accepted,
    CatalogMark,
    Key,
    Kind,
    Manifest,
    PackAd,
    Settings,
    commitment,
)
from modtui.domain.relevance import worksheet
from modtui.domain.rulings import Case, rule_case
from modtui.errors import ModtuiError
from modtui.files.pack_crypto import new_class_code
from modtui.files.pack_file import SOURCE, write_pack
from modtui.files.pack_keys import write_key_file
from modtui.services.pack_media import PackMedia

_CONTEXT = ("flags", "extra", "due_at", "submitted_at", "priority", "submission")
"What an ad says of its way through the house: no learner needs it, and it may hold the answer."
KEY_SUFFIX = ".key.json"


class Edit(Struct, frozen=True):
    """What a trainer changed of one ad by hand."""

    why: str = ""
    accepted: tuple[tuple[str, tuple[str, ...]], ...] = ()
    "Outcome and checks of each answer that counts as right too."


class Plan(Struct, frozen=True):
    """What a pack is to be."""

    title: str
    settings: Settings
    note: str = ""
    class_code: str = ""
    "Of a sealed pack; one is made where none is given."
    without_media: bool = False
    "Leave out media that are not there instead of refusing."


class Built(Struct, frozen=True):
    """A pack that was written."""

    path: Path
    hash: str
    manifest_hash: str
    ads: int
    clean: int
    size: int
    class_code: str = ""
    key_file: Path | None = None


def weigh(gold: Gold, catalog: Catalog, index: CueIndex) -> Weighed:
    """Gold held against a catalog: its key with a rationale, and why it cannot be gold where it cannot."""
    known = {check_id: answer for check_id, answer in gold.answers.items() if check_id in catalog.check_by_id}
    case = Case(gold.ad, catalog, gold.as_of)
    sheet = worksheet(case, index, hidden_hits(index, gold.ad))
    ruling = rule_case(case, known)
    suggested: dict[str, tuple[Evidence, ...]] = {
        check_id: tuple(place for hit in sheet.hits_on(check_id) if (place := evidence_of(hit, gold.ad)))
        for check_id in ruling.findings
    }
    key = key_of(gold, case, sheet, ruling, suggested=suggested)
    policy, looks_alike = policy_of(gold, key, sheet, catalog)
    return Weighed(gold, key, _digest(gold), policy, looks_alike, trouble_with(gold, key, ruling, catalog))


def plan_choice(
    gold: Iterable[Gold],
    catalog: Catalog,
    order: Order,
    *,
    edits: Mapping[str, Edit] | None = None,
    with_stale: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Choice:
    """Weigh gold and choose from it. Ads that are named to be in and cannot be are refused with their reasons."""
    index = CueIndex.of(catalog)
    edits = edits or {}
    tried, total = sampled((_edited(each, edits) for each in gold), order)
    tell = on_progress or (lambda _done, _total: None)
    weighed = []
    for number, each in enumerate(tried, 1):
        weighed.append(weigh(each, catalog, index))
        if number % 50 == 0:
            tell(number, len(tried))
    choice = choose(weighed, order, with_stale=with_stale)
    if len(tried) < total:
        words = f"Of {total:,} answers {len(tried):,} were looked at, drawn by the seed."
        choice = replace(choice, remarks=(words, *choice.remarks))
    refused = [
        f"{each.gold.name}: {why}"
        for why, found in choice.left_out.items()
        for each in found
        if each.gold.name in order.include or each.gold.origin in order.include
    ]
    if refused:
        hint = "Say why in an edited sheet (--sheet, --edits), or name other ads."
        raise ModtuiError("Ads that are to be in the pack cannot be", "\n".join(refused[:20]), hint)
    return choice


def build_pack(path: Path, choice: Choice, document: Mapping[str, Any], plan: Plan) -> Built:
    """Write a pack of the chosen ads. An exam's key goes to a file beside it, for the trainer alone."""
    if not choice.chosen:
        reasons = "; ".join(f"{len(found):,}: {why}" for why, found in choice.left_out.items())
        message = f"No gold is left to choose from. {reasons}".rstrip()
        raise ModtuiError("Nothing to build of", message, "--sheet FILE lists what only lacks a reason.")
    kind = plan.settings.kind
    snapshot = document if kind is Kind.OPEN else _without_examples(document)
    with tempfile.TemporaryDirectory(prefix="modtui-pack-") as folder:
        media = PackMedia(Path(folder), plan.without_media)
        ads = [_pack_ad(f"{place:03}", each, media, document) for place, each in enumerate(choice.chosen, 1)]
        media.refuse_missing()
        keys = _keys(choice, ads)
        manifest = Manifest(
            schema=PACK_SCHEMA,
            title=plan.title,
            count=len(ads),
            catalog=_mark(document, snapshot),
            settings=plan.settings,
            members=(),
            stale=sum(key.stale for key in keys.values()),
            note=plan.note,
        )
        code = plan.class_code or new_class_code() if kind is Kind.SEALED else ""
        secrets = {ad.id: os.urandom(SECRET_BYTES) for ad in ads} if kind is Kind.EXAM else {}
        commitments = {ad_id: commitment(secret, ad_id, keys[ad_id]) for ad_id, secret in secrets.items()}
        digest, manifest_hash = write_pack(
            path, manifest, ads, snapshot, media=media.members, keys=keys, class_code=code, commitments=commitments
        )
    key_file = path.with_name(path.name + KEY_SUFFIX) if kind is Kind.EXAM else None
    if key_file is not None:
        write_key_file(key_file, digest, plan.title, keys, secrets)
    return Built(path, digest, manifest_hash, len(ads), choice.clean, path.stat().st_size, code, key_file)


def _edited(gold: Gold, edits: Mapping[str, Edit]) -> Gold:
    edit = edits.get(gold.origin)
    if edit is None:
        return gold
    accepted = tuple(Accepted(outcome, checks) for outcome, checks in edit.accepted)
    return replace(gold, why=edit.why or gold.why, accepted=accepted or gold.accepted)


def _pack_ad(ad_id: str, each: Weighed, media: PackMedia, document: Mapping[str, Any]) -> PackAd:
    """The ad under its number, without what its way through the house left on it."""
    payload = payload_of(each.gold.ad)
    for name in _CONTEXT:
        payload.pop(name, None)
    payload["id"], payload["source"] = ad_id, SOURCE
    payload["media"] = [
        {**medium, "path": taken[0], "sha256": taken[1]}
        for medium in payload.get("media") or ()
        if (taken := media.take(each, medium["path"], medium.get("sha256")))
    ]
    page = payload.get("landing_page") or {}
    page.pop("media", None)
    for paper in (payload.get("advertiser") or {}).get("certificates") or ():
        paper.pop("media", None)
    groups = document.get("market_groups") or {}
    try:
        return PackAd(ad_id, each.gold.as_of, normal_payload(payload, source=SOURCE, known_groups=groups))
    except AdProblem as problem:
        hint = f"Leave it out: --exclude '{each.gold.name}'."
        raise ModtuiError("An ad cannot be packed", f"{each.gold.name}: {problem}.", hint) from None


def _keys(choice: Choice, ads: Sequence[PackAd]) -> dict[str, Key]:
    """The keys by their ads' names in the pack, each with its look-alike."""
    alike = lookalikes(choice.chosen)
    return {
        ad.id: replace(each.key, lookalike=ads[alike[place]].id if place in alike else "")
        for place, (ad, each) in enumerate(zip(ads, choice.chosen, strict=True))
    }


def _mark(document: Mapping[str, Any], snapshot: Mapping[str, Any]) -> CatalogMark:
    head = document["catalog"]
    return CatalogMark(head["id"], head["version"], document_hash(document), document_hash(snapshot))


def _without_examples(document: Mapping[str, Any]) -> dict[str, Any]:
    """The catalog without its worked examples, which may be ads of the pack with their answers."""
    policies = [
        {name: value for name, value in policy.items() if name != "examples"} for policy in document["policies"]
    ]
    return {**document, "policies": policies}


def _digest(gold: Gold) -> str:
    """The hash of what a learner is shown of an ad and the day it is ruled by, whatever queue it stood in."""
    left_out = (*_CONTEXT, "id", "source")
    shown = {name: value for name, value in payload_of(gold.ad).items() if name not in left_out}
    return hashlib.sha256(orjson.dumps([gold.as_of, shown], option=orjson.OPT_SORT_KEYS)).hexdigest()


def plain_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as JSON has it, without what only Python tells apart."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(document))
    return found
