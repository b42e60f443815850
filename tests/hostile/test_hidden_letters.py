"""Every look-alike of Unicode's data and every naughty string is found or harmless, and shown; real ads stay quiet."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from modtui.domain.hidden_text import signals
from modtui.domain.lookalike_table import LOOKS_LIKE
from modtui.domain.lookalikes import HARMLESS, plain_letter, shape_of
from modtui.domain.plain_reading import plain_reading
from modtui.domain.signals import Signal
from modtui.domain.text import hidden_characters, reveal

ROOT = Path(__file__).parents[2]
REALDATA = Path(os.environ.get("MODTUI_REALDATA") or ROOT / "../shared/realdata")
pytestmark = pytest.mark.skipif(not REALDATA.is_dir(), reason="the real data is not here")

SAME_TO_READERS = str.maketrans("I10|3457", "llolesa" + "t")
"Letters that readers, and the data, take for one another."


@cache
def data() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = json.loads((REALDATA / "edge/unicode/confusables.json").read_text("utf-8"))
    return found


@cache
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lookalikes_docs", ROOT / "docs" / "lookalikes.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def disguises(text: str) -> list[Signal]:
    return [signal for signal in signals(text) if signal.is_disguise]


def is_shown(text: str) -> bool:
    return not hidden_characters(reveal(text, "one"))


def test_the_table_is_the_data() -> None:
    assert f'"""\\\n{LOOKS_LIKE}"""' in generator().table_text(data())


def test_every_confusable_is_found_or_harmless_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    characters = {each for key in data() if len(each := key.replace("\u200e", "")) == 1 and not each.isascii()}
    looks = generator().looks_like(data())
    found = harmless = native = 0
    for character in sorted(characters):
        word = f"wo{character}nder"
        assert is_shown(word), character
        if character not in looks:
            native += 1  # looks like no Latin letter: it reads as what it is
        elif any(signal.start <= 2 < signal.end for signal in disguises(word)):
            found += 1
            read = plain_reading(word).text.translate(SAME_TO_READERS)
            assert read.endswith("nder") and read.startswith("wo"), (character, read)
        else:
            assert character in HARMLESS or len(plain_letter(character)) > 1, (character, hex(ord(character)))
            harmless += 1
    with capsys.disabled():
        print(f"\n{len(characters)} characters: {found} found, {harmless} harmless, {native} like no ASCII letter")
    assert len(characters) > 8_000
    assert harmless < 60


def test_every_naughty_string_is_found_or_harmless_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    texts = json.loads((REALDATA / "edge/naughty-strings/blns.json").read_text("utf-8"))
    found = 0
    for text in texts:
        each = signals(text)
        assert all(0 <= signal.start < signal.end <= len(text) and signal.why for signal in each), text
        assert is_shown(text), text
        found += bool(each)
        if not any(signal.is_disguise for signal in each):
            styled = [letter for letter in text if plain_letter(letter) != letter]
            assert all(shape_of(letter) in ".teF" for letter in styled), text
    with capsys.disabled():
        print(f"\n{len(texts)} naughty strings: {found} with signals, the others harmless; all shown")


# Real texts ---

LETTERS = {
    "arabic": "[\u0620-\u064a]",
    "hebrew": "[\u05d0-\u05ea]",
    "japanese": "[\u3040-\u30ff]",
    "greek": "[\u0391-\u03c9]",
    "emoji": "[\U0001f300-\U0001faff\u2600-\u27bf]",
}
SAMPLES = {"arabic": ("sample-arabic.txt", "cp1256"), "hebrew": ("sample-hebrew-2.txt", "cp1255")}
"Real ads in these are few in the collection: sentences of real prose stand beside them."


@cache
def cells() -> frozenset[str]:
    """Texts of real ads and of pages that advertise."""
    found: set[str] = set()
    for folder in (
        "meta-ad-library-report-gr",
        "japanese-search",
        "commercial-or-informational",
        "meta-ad-library-2022",
    ):
        for path in sorted((REALDATA / "ads" / folder).iterdir()):
            if path.suffix in (".csv", ".tsv"):
                with path.open(encoding="utf-8", errors="replace", newline="") as file:
                    for row in csv.reader(file, delimiter="\t" if path.suffix == ".tsv" else ","):
                        found.update(cell for cell in row if 3 < len(cell) < 3_000 and not cell.isascii())
    for path in sorted((REALDATA / "text" / "political-or-not").glob("*.gz")):
        groups = json.loads(gzip.decompress(path.read_bytes()))
        found.update(text for texts in groups.values() for text in texts if len(text) < 3_000 and not text.isascii())
    return frozenset(found)


def texts_in(name: str) -> Iterator[str]:
    letters, least = re.compile(LETTERS[name]), 1 if name == "emoji" else 3
    yield from sorted(text for text in cells() if len(letters.findall(text)) >= least)
    if name in SAMPLES:
        file, encoding = SAMPLES[name]
        prose = (REALDATA / "edge/encodings" / file).read_text(encoding)
        yield from (part for part in re.split(r"(?<=[.،,!?])\s|\n", prose) if letters.search(part))
    if name == "emoji":
        for line in (REALDATA / "edge/unicode/emoji-test.txt").read_text("utf-8").splitlines():
            points, _, rest = line.partition(";")
            if "fully-qualified" in rest:
                emoji = "".join(chr(int(point, 16)) for point in points.split())
                yield f"Big sale {emoji} today {emoji}{emoji} Ends soon{emoji}"


@pytest.mark.parametrize("name", LETTERS)
def test_real_texts_of_each_script_raise_hardly_any_alarm(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    texts = list(texts_in(name))
    alarms = [text for text in texts if disguises(text)]
    with capsys.disabled():
        print(f"\n{name}: {len(texts):,} texts, {len(alarms)} with a disguise ({len(alarms) / len(texts):.2%})")
    assert len(texts) >= 5
    assert len(alarms) < len(texts) * 0.01
