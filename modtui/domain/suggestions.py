"""The nearest known name to one that is not known, for messages that ask "did you mean ...?"."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_NAME = 80
"Longer names are no slip of the finger, and comparing them costs time."
BEGUN = 4
"Letters from which a name that goes on as another does is taken for that one, cut short."


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that this one begins or that looks most like it; None when none is close."""
    if len(name) > LONGEST_NAME:
        return None
    known = list(known)
    if len(name) >= BEGUN:
        begun = [each for each in known if each.casefold().startswith(name.casefold())]
        if begun:
            return min(begun, key=len)
    near = {each.casefold(): each for each in known if abs(len(each) - len(name)) <= 4}
    found = get_close_matches(name.casefold(), near, n=1, cutoff=0.6)
    return near[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` Did you mean 'severity'?` with its leading space, or nothing."""
    found = nearest(name, known)
    return f" Did you mean '{found}'?" if found is not None else ""
