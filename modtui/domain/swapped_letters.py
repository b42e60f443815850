"""Words written with digits or signs for letters, and words with their letters drawn apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_LEET_LETTERS: Final = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s"}
_LEET: Final = re.compile(r"(?<![\w@$./:#-])(?=[^\W\d_]*[0134578@$])[a-zA-Z@$0134578]{4,}(?![\w@$.:/#-]*\w)")
_LEET_WORD: Final = re.compile(r"[a-z]*(?:[a-z$@][0134578@$]{1,2}|\$)[a-z]+(?:[0134578@$]{1,2}[a-z]+)*", re.IGNORECASE)
_ORDINARY: Final = re.compile(r"(?:mp[34]|h26[45]|b[24][bcu]|[spw]2p|[gw]3[cp]|win\d|web3|es\d)[a-z]*", re.IGNORECASE)
_SPACED: Final = re.compile(r"(?<!\w)[^\W\d_]([ .\-_*·•|])[^\W\d_](?:\1[^\W\d_]){2,}(?!\w)")
_DRAWN_APART: Final = re.compile(r"[ .\-_*·•|]\w[ .\-_*·•|]\w[ .\-_*·•|]")
_SIGN_FOR_LETTER: Final = re.compile(r"[0134578@$](?:(?<=[a-zA-Z].)[0134578@$]?[a-zA-Z]|(?<=\$)[a-zA-Z])")
"Cheap looks that tell an ordinary text from one worth a word-by-word reading."


def may_be_swapped(text: str) -> bool:
    """Whether some word of the text is worth a closer look."""
    return bool(_SIGN_FOR_LETTER.search(text) or _DRAWN_APART.search(text))


def leet_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Digits or signs for letters inside one word, with the word; not codes, sizes, formats or addresses."""
    if not _SIGN_FOR_LETTER.search(text):
        return
    for match in _LEET.finditer(text):
        word = match[0]
        letters = sum(character.isascii() and character.isalpha() for character in word)
        if letters < 3 or letters * 2 < len(word) or not _LEET_WORD.fullmatch(word) or _ORDINARY.fullmatch(word):
            continue
        if not (word.islower() or word.isupper() or (word[1:].islower() and word[0].isupper())):
            continue  # an id
        if letters == 3 and len(word) < 5 and "$" not in word and "@" not in word:
            continue
        yield match.start(), match.end(), "".join(_LEET_LETTERS.get(character, character) for character in word)


def spaced_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Four or more single letters with one separator between them, with the word; not initials such as N.A.T.O."""
    if not _DRAWN_APART.search(text):
        return
    for match in _SPACED.finditer(text):
        plain = match[0][::2]
        if match[1] == "." and plain.isupper():
            continue  # initials
        if len(set(plain.casefold())) > 2:
            yield match.start(), match.end(), plain
