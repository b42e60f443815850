"""Writes modtui/domain/lookalike_table.py from the confusables data of Unicode (UTS 39).

    python docs/lookalikes.py confusables.json

The file is that of the package `confusable-homoglyphs` (MIT; the data under the Unicode licence): a JSON object of
strings to the strings that look like them. Kept are single characters that look like ASCII letters or digits and do not
become them under NFKC, because `unicodedata` knows those.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

TABLE = Path(__file__).parents[1] / "modtui" / "domain" / "lookalike_table.py"
HEAD = '''# ruff: noqa: E501
"""What looks like which ASCII letters, by Unicode's confusables (UTS 39). Made by docs/lookalikes.py; never edited.

Each line: the ASCII letters or digits, a space, the code points that look like them, in hex.
"""

from __future__ import annotations

from typing import Final

'''


def looks_like(data: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    """Each character that looks like ASCII letters or digits, to those."""
    pairs = ((key.replace("\u200e", ""), other["c"].replace("\u200e", "")) for key in data for other in data[key])
    both = (pair for one, two in pairs for pair in ((one, two), (two, one)))
    return {one: two for one, two in both if len(one) == 1 and not one.isascii() and two.isascii() and two.isalnum()}


def table_text(data: dict[str, list[dict[str, str]]]) -> str:
    """The module."""
    by_letters: dict[str, list[str]] = {}
    for character, letters in sorted(looks_like(data).items()):
        if not unicodedata.normalize("NFKC", character).isascii():
            by_letters.setdefault(letters, []).append(f"{ord(character):X}")
    rows = "\n".join(f"{letters} {' '.join(points)}" for letters, points in sorted(by_letters.items()))
    return f'{HEAD}LOOKS_LIKE: Final = """\\\n{rows}\n"""\n'


if __name__ == "__main__":
    TABLE.write_text(table_text(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), encoding="utf-8")
