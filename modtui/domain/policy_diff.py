"""What is different in a policy that two catalogs have, and what it means that one comes or goes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from modtui.domain.catalog import Catalog
from modtui.domain.changes import Change, Direction, changed
from modtui.domain.check_diff import by_id, check_changes, cue_words, more_is_stricter, weight_of
from modtui.domain.plurals import number_of
from modtui.domain.policies import Check, Policy
from modtui.domain.row_diff import FIRST_DAY, LAST_DAY, from_to, quoted

DATES = (("effective", "from"), ("sunset", "until"))
_SENTENCE = re.compile(r"(?<=[.!?]) ")
_PARTIAL = {"limit": "a fixable ad is limited", "return": "a fixable ad goes back whole"}
_WORDS = (
    ("title", "title", "renamed"), ("family", "family", "family"), ("axis", "axis", "axis"),
    ("principle", "principle", "principle"), ("owner", "owner", "owner"), ("owner", "review_by", "review by"),
)  # fmt: skip
"Kind of editorial change, field of the policy, and how it is said."


def new_policy(policy: Policy) -> Change:
    checks = by_id(policy.checks)
    weights = {weight_of(check) for check in checks.values()}
    direction = Direction.TIGHTENED if Direction.TIGHTENED in weights else Direction.CHANGED
    words = f"new policy {quoted(policy.title)}, {_named(checks.values())}"
    return changed(policy.id, "new policy", words, direction=direction)


def policy_gone(policy: Policy) -> Change:
    checks = by_id(policy.checks)
    weights = {weight_of(check) for check in checks.values()}
    direction = Direction.LOOSENED if Direction.TIGHTENED in weights else Direction.CHANGED
    words = f"policy gone: {quoted(policy.title)}, {_named(checks.values())}"
    return changed(policy.id, "policy gone", words, direction=direction)


def _named(checks: Collection[Check]) -> str:
    keys = [check.key or check.id for check in checks]
    return f"{number_of(len(keys), 'check')} ({', '.join(keys)})"


def policy_changes(old: Policy, new: Policy, before: Catalog, after: Catalog) -> Iterator[Change]:
    yield from _own_changes(old, new)
    yield from _word_changes(old, new)
    was, now = by_id(old.checks), by_id(new.checks)
    for check in now.values():
        if check.id in was:
            yield from check_changes(was[check.id], check, before, after)
        else:
            yield _new_check(check)
    for check in was.values():
        if check.id not in now:
            yield _check_gone(check, after)


def _new_check(check: Check) -> Change:
    words = f"new check {check.key or check.id}: {quoted(check.ask)}"
    return changed(check.policy_id, "new check", words, check_id=check.id, direction=weight_of(check))


def _check_gone(check: Check, after: Catalog) -> Change:
    heir = after.check_by_key.get(check.key)
    aside = f"; its key is that of {heir.id} now" if heir is not None else ""
    words = f"check gone: {check.key or check.id} {quoted(check.ask)}{aside}"
    direction = weight_of(check).turned()
    return changed(check.policy_id, "check gone", words, check_id=check.id, direction=direction)


def _own_changes(old: Policy, new: Policy) -> Iterator[Change]:
    """What of the policy itself is decided by."""
    if old.severity != new.severity:
        words = f"severity {from_to(old.severity.name.lower(), new.severity.name.lower())}"
        yield changed(new.id, "severity", words, direction=more_is_stricter(old.severity, new.severity))
    if old.basis != new.basis:
        yield changed(new.id, "basis", f"rests on {from_to(old.basis.name.lower(), new.basis.name.lower())}")
    if old.on_partial != new.on_partial:
        direction = Direction.TIGHTENED if new.on_partial == "return" else Direction.LOOSENED
        words = from_to(_PARTIAL[old.on_partial], _PARTIAL[new.on_partial])
        yield changed(new.id, "on partial", words, direction=direction)
    if (old.effective, old.sunset) != (new.effective, new.sunset):
        words = from_to(_dates_words(old), _dates_words(new))
        yield changed(new.id, "dates", words, direction=_dates_direction(old, new))
    for words in cue_words(old.cues, new.cues):
        yield changed(new.id, "cues", words)
    was, now = _lit_first(old), _lit_first(new)
    if was != now and (old.cues or new.cues):
        yield changed(new.id, "cues", f"its cues light {from_to(was, now)}")
    if (old.dsa_category, set(old.dsa_keywords)) != (new.dsa_category, set(new.dsa_keywords)):
        yield changed(new.id, "DSA", f"DSA {from_to(_dsa_words(old), _dsa_words(new))}")


def _lit_first(policy: Policy) -> str:
    return next(iter(by_id(policy.checks)), "none")


def _dates_words(policy: Policy) -> str:
    parts = [f"{word} {getattr(policy, key)}" for key, word in DATES if getattr(policy, key)]
    return f"holds {' '.join(parts)}" if parts else "always holds"


def _dates_direction(old: Policy, new: Policy) -> Direction:
    """A policy that holds longer asks more, of those ads at least that come then."""
    earlier = (new.effective or FIRST_DAY) <= (old.effective or FIRST_DAY)
    later = (new.effective or FIRST_DAY) >= (old.effective or FIRST_DAY)
    if earlier and (new.sunset or LAST_DAY) >= (old.sunset or LAST_DAY):
        return Direction.TIGHTENED
    if later and (new.sunset or LAST_DAY) <= (old.sunset or LAST_DAY):
        return Direction.LOOSENED
    return Direction.CHANGED


def _dsa_words(policy: Policy) -> str:
    return " ".join((policy.dsa_category, *policy.dsa_keywords)).strip() or "none"


def _word_changes(old: Policy, new: Policy) -> Iterator[Change]:
    """What of the policy nobody decides by."""
    for kind, field, said in _WORDS:
        before, after = getattr(old, field) or "", getattr(new, field) or ""
        if before != after:
            yield changed(new.id, kind, f"{said} {from_to(quoted(before), quoted(after))}")
    if old.guidance != new.guidance:
        yield changed(new.id, "guidance", _guidance_words(old.guidance, new.guidance))
    was, now = ({example.name: example for example in policy.examples} for policy in (old, new))
    if was != now:
        yield changed(new.id, "examples", f"examples: {_entries_words(was, now)}")
    replies = [
        {**policy.reply, **{f"{each} (review)": "" for each in policy.reply_unreviewed}} for policy in (old, new)
    ]
    if replies[0] != replies[1]:
        yield changed(new.id, "reply", f"replies: {_reply_words(old, new)}")
    if set(old.sources) != set(new.sources):
        was_named, now_named = (dict(policy.sources) for policy in (old, new))
        yield changed(new.id, "sources", f"sources: {_entries_words(was_named, now_named)}")
    if set(old.product_ids) != set(new.product_ids):
        yield changed(
            new.id, "product ids", f"product ids {from_to(', '.join(old.product_ids), ', '.join(new.product_ids))}"
        )


def _guidance_words(old: str, new: str) -> str:
    before, after = (_SENTENCE.split(" ".join(text.split())) for text in (old, new))
    come = [sentence for sentence in after if sentence not in before]
    gone = [sentence for sentence in before if sentence not in after]
    parts = [f"{word} {quoted(' '.join(each))}" for word, each in (("new", come), ("gone", gone)) if each]
    return f"guidance: {'; '.join(parts) or 'laid out otherwise'}"


def _entries_words(old: Mapping[str, object], new: Mapping[str, object]) -> str:
    """Names of what came, went, and differs."""
    found = (
        ("new", [name for name in new if name not in old]),
        ("gone", [name for name in old if name not in new]),
        ("changed", [name for name in new if name in old and old[name] != new[name]]),
    )
    parts = [f"{word} {', '.join(map(quoted, names))}" for word, names in found if names]
    return "; ".join(parts) or "in another order"


def _reply_words(old: Policy, new: Policy) -> str:
    parts = [] if old.reply == new.reply else [_entries_words(old.reply, new.reply)]
    was, now = set(old.reply_unreviewed), set(new.reply_unreviewed)
    parts += [
        f"{word} {', '.join(sorted(each))}"
        for word, each in (("reviewed", was - now), ("unreviewed", now - was))
        if each
    ]
    return "; ".join(parts)
