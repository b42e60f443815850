"""A decision as an AdCOM 1.0 `Ad` that carries an `Audit` (FACTS 6.2): what ad exchanges exchange about reviews."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from modtui.domain.decided import Verdict
from modtui.domain.evidence_words import places_words

PENDING, APPROVED, DENIED = 1, 3, 4
"Audit status codes. AdCOM has no limited approval: the limits stand in `ext` and in the feedback."
PRODUCT_TAXONOMY = 8
"Ad Product Taxonomy 2.0 as `cattax`; what stands for none is deprecated."
NO_LANGUAGE = "xx"
_STATUS = {"approve": APPROVED, "approve_limited": APPROVED, "reject": DENIED}


def audit_of(verdict: Verdict, first_at: str = "") -> dict[str, Any]:
    """The sparse `Ad` of one decision. `first_at` is when the ad was decided first, UTC; else this decision."""
    is_final = verdict.state == "decided" or (verdict.state == "waiting_document" and _is_limited(verdict))
    decided = epoch_ms(verdict.decided_at)
    audit: dict[str, Any] = {
        "status": _STATUS.get(verdict.decision.outcome, PENDING) if is_final else PENDING,
        "feedback": feedback(verdict),
        "init": epoch_ms(first_at) if first_at else decided,
        "lastmod": decided,
        "ext": {"modtui": _beyond(verdict)},
    }
    if corrected := _corrected(verdict):
        audit["corr"] = corrected
    return {
        "id": verdict.ad.id,
        "lang": _language(verdict),
        "cattax": PRODUCT_TAXONOMY,
        "init": epoch_ms(verdict.hosted_at) if verdict.hosted_at else decided,
        "lastmod": epoch_ms(verdict.hosted_at) if verdict.hosted_at else decided,
        "audit": audit,
    }


def withdrawn_audit(ad_id: str, event_id: str, at: str) -> dict[str, Any]:
    """The sparse `Ad` that takes an audit back: its decision no longer stands, and none has followed."""
    moment = epoch_ms(at)
    ext = {"modtui": {"decision": event_id, "withdrawn": True}}
    return {"id": ad_id, "lastmod": moment, "audit": {"status": PENDING, "lastmod": moment, "ext": ext}}


def feedback(verdict: Verdict) -> list[str]:
    """A line a finding, `policy@version: place: reason`, then one a limit."""
    lines = []
    for check_id in dict.fromkeys(cause.check_id for cell in verdict.cells for cause in cell.causes):
        check = verdict.catalog.check_by_id[check_id]
        seen = places_words(verdict.evidence.get(check_id, ())) or "the ad"
        ask = check.need.ask if check.need else check.ask
        lines.append(f"{check.policy_id}@{verdict.catalog.version}: {seen}: {ask} yes")
    return lines + [
        f"{' '.join(patch.markets)}, {' '.join(map(str, patch.bands))}: {patch.state.name.lower()}"
        + "".join(f"; {text}" for text in patch.texts)
        for patch in verdict.limits()
    ]


def limits(verdict: Verdict) -> list[dict[str, Any]]:
    """What the ad may not reach, or only with something added; markets and groups that fare alike together."""
    return [
        {
            "markets": list(patch.markets),
            "ages": [[band.min_age, band.max_age] for band in patch.bands],
            "state": patch.state.name.lower(),
            "texts": list(patch.texts),
        }
        for patch in verdict.limits()
    ]


def epoch_ms(moment: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 time in UTC."""
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def _is_limited(verdict: Verdict) -> bool:
    return verdict.decision.outcome == "approve_limited"


def _beyond(verdict: Verdict) -> dict[str, Any]:
    """What AdCOM has no field for."""
    return {
        "decision": verdict.event_id,
        "source": verdict.ad.source,
        "outcome": verdict.decision.outcome,
        "state": verdict.state,
        "catalog": {"id": verdict.catalog.id, "version": verdict.catalog.version, "hash": verdict.catalog.hash},
        "checks": [finding.check for finding in verdict.decision.findings],
        "limits": limits(verdict),
    }


def _corrected(verdict: Verdict) -> dict[str, Any]:
    """The product categories that the review found, where the catalog knows their numbers."""
    found = (verdict.catalog.policy_of(verdict.catalog.check_by_id[each.check]) for each in verdict.decision.findings)
    ids = sorted({number for policy in found if policy.axis == "industry" for number in policy.product_ids})
    return {"cat": ids, "cattax": PRODUCT_TAXONOMY} if ids else {}


def _language(verdict: Verdict) -> str:
    if next(verdict.ad.texts(), None) is None:
        return NO_LANGUAGE
    codes = {language.partition("-")[0].lower() for language in verdict.languages}
    return next(iter(codes)) if len(codes) == 1 else NO_LANGUAGE
