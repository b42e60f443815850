"""A learner's report card: accuracy with intervals, policies, mix-ups, leaning, time and trend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median, quantiles

from msgspec import Struct

from modtui.domain.intervals import Rate, sensitivity, wilson
from modtui.domain.packs import Key
from modtui.domain.scoring import FALSE_ALARM, MISS, WRONG_SELECTION, Marked

ENOUGH_ANSWERS = 20
"Below it nobody is ranked, and noise is most of what there is to see."
MASTERY_ANSWERS, MASTERY_CLEAN, MASTERY_TARGET, MASTERY_LEVEL = 10, 4, 0.80, 0.90
LEANS_FROM = 0.3
MOST_MIXED_UP = 10
BLOCK = 10
MASTERED, NOT_YET, NOT_ENOUGH = "mastered", "not yet", "not enough answers"
STRICT, LENIENT, EVEN = "too strict", "too lenient", "neither"
NOTHING = "nothing"


class PolicyCard(Struct, frozen=True):
    """How a learner does with one policy."""

    policy: str
    hits: int
    misses: int
    false_alarms: int
    clears: int
    "Clean look-alikes of the policy that were left in peace."
    look_alikes: int

    @property
    def found(self) -> Rate:
        """Of the ads that break it, those found."""
        return Rate(self.hits, self.hits + self.misses)

    @property
    def precision(self) -> Rate:
        """Of the times it was raised, those in which it was right."""
        return Rate(self.hits, self.hits + self.false_alarms)

    @property
    def mastery(self) -> str:
        """`mastered` when Wilson's 90 % lower bound reaches the target, over enough ads of both kinds."""
        right, of = self.hits + self.clears, self.hits + self.misses + self.look_alikes
        if of < MASTERY_ANSWERS or self.look_alikes < MASTERY_CLEAN:
            return NOT_ENOUGH
        return MASTERED if wilson(right, of, MASTERY_LEVEL)[0] >= MASTERY_TARGET else NOT_YET


class Leaning(Struct, frozen=True):
    """Whether a learner stops too much or lets too much through."""

    d_prime: float | None
    "How well ads that break a rule are told from those that do not; None with too few answers."
    bias: float | None
    words: str


class Times(Struct, frozen=True):
    """Time at work on an ad, in milliseconds; None where there is nothing to tell of."""

    median: int | None
    p90: int | None
    right: int | None
    wrong: int | None
    "Medians of right and of wrong answers."


class ReportCard(Struct, frozen=True):
    """What is known of one learner after one pack."""

    learner: str
    answered: int
    of: int
    right: Rate
    "What counts: the outcome with the check it rests on."
    outcome: Rate
    answer_set: Rate
    first_clause: Rate
    "Over the ads that something was to be stopped on."
    errors: Mapping[str, int]
    policies: tuple[PolicyCard, ...]
    mixed_up: tuple[tuple[str, str, int], ...]
    "Right check, chosen check, how often; the commonest first."
    leaning: Leaning
    times: Times
    trend: tuple[Rate, ...]
    "What was right, ten answers at a time, in the order they were given."
    confidence: Mapping[str, Rate]
    late: int
    passed: bool | None
    "None where nothing is to be passed."
    doubts: tuple[str, ...] = ()


def report_card(
    learner: str,
    marked: Sequence[Marked],
    keys: Mapping[str, Key],
    *,
    pass_at: int | None = None,
    doubts: Sequence[str] = (),
) -> ReportCard:
    """Put marked first answers together, in the order in which they were given. Late answers are not right ones."""
    in_time = [each for each in marked if not each.is_late]
    acted = [each for each in marked if not each.is_clean]
    right = sum(each.is_right for each in in_time)
    return ReportCard(
        learner,
        len(marked),
        len(keys),
        Rate(right, len(marked)),
        Rate(sum(each.outcome_right for each in marked), len(marked)),
        Rate(sum(each.set_right for each in marked), len(marked)),
        Rate(sum(each.first_right for each in acted), len(acted)),
        _errors(marked),
        _policies(marked, keys),
        _mixed_up(marked),
        _leaning(marked),
        _times(marked),
        tuple(_trend(marked)),
        _confidence(marked),
        len(marked) - len(in_time),
        None if pass_at is None else right >= pass_at,
        (*doubts, *(f"{each.ad}: {each.doubt}" for each in marked if each.doubt)),
    )


def policy_of_check(check_id: str) -> str:
    """The policy a check's id begins with."""
    return check_id.partition("/")[0]


def _errors(marked: Sequence[Marked]) -> dict[str, int]:
    kinds = Counter(each.error for each in marked if each.error)
    return {kind: kinds[kind] for kind in (FALSE_ALARM, MISS, WRONG_SELECTION)}


def _policies(marked: Sequence[Marked], keys: Mapping[str, Key]) -> tuple[PolicyCard, ...]:
    """A card for each policy that the key or the learner speaks of, by name."""
    tally: dict[str, Counter[str]] = {}

    def count(policy: str, what: str) -> None:
        tally.setdefault(policy, Counter())[what] += 1

    for each in marked:
        gold = {policy_of_check(check) for check in each.gold_checks}
        chosen = {policy_of_check(check) for check in each.checks}
        for policy in gold | chosen:
            count(policy, "hits" if policy in gold & chosen else "misses" if policy in gold else "false alarms")
        other = keys.get(keys[each.ad].lookalike) if keys[each.ad].lookalike else None
        if each.is_clean and other is not None and other.first:
            policy = policy_of_check(other.first)
            count(policy, "look-alikes")
            if each.outcome_right:
                count(policy, "clears")
    return tuple(
        PolicyCard(policy, n["hits"], n["misses"], n["false alarms"], n["clears"], n["look-alikes"])
        for policy, n in sorted(tally.items())
    )


def _mixed_up(marked: Sequence[Marked]) -> tuple[tuple[str, str, int], ...]:
    pairs = Counter(
        (_decided(each.gold, each.gold_first), _decided(each.said, each.first)) for each in marked if not each.is_right
    )
    pairs = Counter({pair: count for pair, count in pairs.items() if pair[0] != pair[1]})
    ordered = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((gold, chosen, count) for (gold, chosen), count in ordered[:MOST_MIXED_UP])


def _decided(outcome: str, first: str) -> str:
    return NOTHING if outcome == "approve" else first or NOTHING


def _leaning(marked: Sequence[Marked]) -> Leaning:
    signals = [each for each in marked if not each.is_clean]
    others = [each for each in marked if each.is_clean]
    if len(marked) < ENOUGH_ANSWERS or len(signals) < 5 or len(others) < 5:
        return Leaning(None, None, NOT_ENOUGH)
    hits = sum(each.said != "approve" for each in signals)
    alarms = sum(each.said != "approve" for each in others)
    d_prime, bias = sensitivity(hits, len(signals), alarms, len(others))
    return Leaning(d_prime, bias, LENIENT if bias > LEANS_FROM else STRICT if bias < -LEANS_FROM else EVEN)


def _times(marked: Sequence[Marked]) -> Times:
    every = sorted(each.active_ms for each in marked if each.active_ms > 0)
    right = [each.active_ms for each in marked if each.active_ms > 0 and each.is_right]
    wrong = [each.active_ms for each in marked if each.active_ms > 0 and not each.is_right]
    p90 = round(quantiles(every, n=10, method="inclusive")[8]) if len(every) > 1 else None
    return Times(_middle(every), p90, _middle(right), _middle(wrong))


def _middle(values: Sequence[int]) -> int | None:
    return round(median(values)) if values else None


def _trend(marked: Sequence[Marked]) -> list[Rate]:
    """Ten answers at a time; what is left over joins the last ten."""
    blocks = [marked[at : at + BLOCK] for at in range(0, len(marked), BLOCK)]
    if len(blocks) > 1 and len(blocks[-1]) < BLOCK // 2:
        rest = blocks.pop()
        blocks[-1] = [*blocks[-1], *rest]
    return [Rate(sum(each.is_right for each in block), len(block)) for block in blocks]


def _confidence(marked: Sequence[Marked]) -> dict[str, Rate]:
    words = sorted({each.confidence for each in marked if each.confidence})
    return {
        word: Rate(
            sum(each.is_right for each in marked if each.confidence == word),
            sum(each.confidence == word for each in marked),
        )
        for word in words
    }
