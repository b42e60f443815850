"""`modtui pack` from the shell: a trainer builds, looks, edits, hands out, scores and publishes."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.attempts import Answers, Attempt
from modtui.domain.packs import Key
from modtui.domain.scoring import ruled
from modtui.files.answers_file import write_answers
from modtui.files.pack_file import Pack, open_pack
from modtui.files.pack_keys import read_key_file
from tests.cli.command import Command
from tests.services.room import HOUSE

LABELS = """
schema: modtui/labels/1
ad: {from: [ad]}
as_of: "2026-11-20"
labels:
  - {from: promises, is: [Y], check: weight.loss/promise, why: A tea does not do that.}
  - {from: promises, is: [N], check: weight.loss/promise, answer: no, why: It tells a story.}
"""
WHEN = "2026-11-22T12:00:00.000Z"


@pytest.fixture
def build(modtui: Command) -> tuple[str | Path, ...]:
    """The words that build a pack of six ads out of labels in a table."""
    lines = [{"id": f"a{n}", "markets": ["FR"], "creative": {"body": f"Lose 10 kg, part {n}"}} for n in range(6)]
    modtui.file("ads.jsonl", lines)
    (modtui.folder / "labels.yaml").write_text(LABELS)
    (modtui.folder / "gold.csv").write_text("ad,promises\n" + "".join(f"a{n},{'YN'[n % 2]}\n" for n in range(6)))
    return (
        "pack", "build", "--policies", HOUSE, "--gold", modtui.folder / "gold.csv", "--labels",
        modtui.folder / "labels.yaml", "--ads", modtui.folder / "ads.jsonl", "--size", "6",
    )  # fmt: skip


def answers(pack: Pack, learner: str, keys: dict[str, Key], slips: int = 0) -> Answers:
    """Right answers, but the first ones left open."""
    attempts = []
    for number, ad in enumerate(pack.ads):
        given = {} if number < slips else dict(keys[ad.id].answers)
        found = ruled(ad_from_payload(ad.ad), pack.catalog, given, ad.as_of)
        attempts.append(
            Attempt(ad.id, 1, found.derived, found.derived, given, findings=found.checks, first=found.first)
        )
    return Answers(pack.hash, pack.manifest_hash, learner, WHEN, WHEN, attempts=tuple(attempts))


def home(folder: Path, pack: Pack, learner: str, keys: dict[str, Key], slips: int = 0) -> tuple[Path, str]:
    path = folder / f"{learner}.answers"
    return path, write_answers(path, answers(pack, learner, keys, slips))


def test_a_trainer_holds_an_exam(modtui: Command, build: tuple[str | Path, ...]) -> None:
    pack_file, key_file = modtui.folder / "entry.pack", modtui.folder / "entry.pack.key.json"
    built = modtui.good(*build, "--kind", "exam", "--title", "Entry", "--pass-at", "5", "-o", pack_file)
    assert "The key is in" in built.stderr
    assert "Passed at 5 right" in built.stderr
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    looked = modtui.good("pack", "inspect", pack_file)
    assert "exam: the key is not in it" in looked.stdout
    assert "Every byte is as it was written" in looked.stderr

    pack = open_pack(pack_file)
    keys = read_key_file(key_file, pack).keys
    amina, code = home(modtui.folder, pack, "amina", keys)
    bo, _ = home(modtui.folder, pack, "bo", keys, 4)
    refused = modtui("pack", "score", amina, "--pack", pack_file)
    assert refused.exit_code == 1
    assert "entry.pack.key.json" in refused.stderr
    scored = modtui.good(
        "pack", "score", amina, bo, "--pack", pack_file, "--key", key_file, "--rank",
        "--html", modtui.folder / "class.html", "--cards", modtui.folder / "cards", "--csv", modtui.folder / "tables",
    )  # fmt: skip
    assert "amina" in scored.stdout
    assert "passed" in scored.stdout
    assert "fewer than 20 answers" in scored.stdout
    assert code in scored.stdout
    assert "<svg" in (modtui.folder / "class.html").read_text("utf-8")
    assert len(list((modtui.folder / "cards").iterdir())) == 2
    rows = list(csv.DictReader((modtui.folder / "tables" / "answers.csv").open(encoding="utf-8")))
    assert len(rows) == 12
    found = modtui.json("pack", "score", amina, "--pack", pack_file, "--key", key_file, "--code", "amina=AAAAA-AAAAA")
    assert "another one was told" in found["learners"][0]["doubts"][0]

    published = modtui.folder / "entry.published.json"
    modtui.good("pack", "publish", pack_file, "--key", key_file, "-o", published)
    proved = modtui.good("pack", "inspect", pack_file, "--published", published, "--ads")
    assert "the one it committed to, in all 6 answers" in proved.stdout
    changed = json.loads(published.read_text())
    changed["keys"]["003"]["outcome"] = "escalate"
    published.write_text(json.dumps(changed))
    broken = modtui("pack", "inspect", pack_file, "--published", published)
    assert broken.exit_code == 1
    assert "003" in broken.stderr


def test_damaged_answers_are_named_and_the_rest_is_scored(modtui: Command, build: tuple[str | Path, ...]) -> None:
    pack_file = modtui.folder / "open.pack"
    modtui.good(*build, "-o", pack_file)
    pack = open_pack(pack_file)
    keys = dict(pack.keys or {})
    amina, _ = home(modtui.folder, pack, "amina", keys)
    bo, _ = home(modtui.folder, pack, "bo", keys, 1)
    bo.write_bytes(bo.read_bytes().replace(b'"number":1', b'"number":2', 1))
    result = modtui("pack", "score", amina, bo, "--pack", pack_file)
    assert result.exit_code == 1
    assert "amina: 6 of 6 ads" in result.stdout
    assert "bo.answers: line 2" in result.stderr
    nothing = modtui("pack", "score", bo, "--pack", pack_file)
    assert nothing.exit_code == 1
    assert "No answers to score" in nothing.stderr
    raw = bytearray(pack_file.read_bytes())
    raw[len(raw) // 2] ^= 1
    pack_file.write_bytes(raw)
    assert "catalog.json" in modtui("pack", "inspect", pack_file).stderr


def test_a_sealed_pack_prints_its_code_and_opens_with_it(modtui: Command, build: tuple[str | Path, ...]) -> None:
    pack_file = modtui.folder / "a.pack"
    code = modtui.good(*build, "--kind", "sealed", "-o", pack_file).stdout.strip()
    assert len(code) == 14
    assert "key: closed" in modtui.good("pack", "inspect", pack_file).stdout
    assert modtui.json("pack", "inspect", pack_file, "--class-code", code.lower())["gold"]["clean"] >= 2
    assert modtui("pack", "inspect", pack_file, "--class-code", "wrong-code-1234").exit_code == 1


def test_a_preview_writes_nothing_and_a_sheet_is_built_by(modtui: Command, build: tuple[str | Path, ...]) -> None:
    found = modtui.json(*build, "--preview")
    assert [path for path in modtui.folder.iterdir() if path.suffix == ".pack"] == []
    assert all(each["why"] for each in found["ads"])
    sheet = modtui.folder / "sheet.csv"
    modtui.good(*build, "--sheet", sheet)
    rows = list(csv.DictReader(sheet.open(encoding="utf-8")))
    out, edited = rows[0], rows[1]
    out["in"], edited["why"] = "no", "Because I say so, for a start."
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    pack_file = modtui.folder / "a.pack"
    modtui.good(*build, "--edits", sheet, "-o", pack_file)
    keys = (open_pack(pack_file).keys or {}).values()
    assert out["origin"] not in {key.origin for key in keys}
    assert next(key for key in keys if key.origin == edited["origin"]).rationale.why == edited["why"]


def test_what_is_missing_is_said(modtui: Command, build: tuple[str | Path, ...]) -> None:
    for args, words in (
        (("pack", "build", "-o", "x"), "where gold comes from"),
        (build, "-o FILE"),
        ((*build, "--kind", "exam", "--feedback", "each", "-o", modtui.folder / "x"), "no key in it"),
        ((*build, "--pass-at", "99", "-o", modtui.folder / "x"), "more than the"),
        (("pack", "build", "--gold", "x.csv", "-o", "x"), "--labels"),
    ):
        result = modtui(*args)
        assert result.exit_code == 2, result.output
        assert words in result.stderr
    none = modtui("pack", "build", "--decisions", "-o", modtui.folder / "x")
    assert none.exit_code == 1
    assert "There is no workspace" in none.stderr
    assert modtui("pack", "build", "--examples", "--policy", "no.such", "-o", modtui.folder / "x").exit_code == 1


@pytest.mark.parametrize("name", ["../../evil", "<b>", "=cmd", "a/b\x1b[2J"])
def test_a_learner_s_name_is_no_file_name(modtui: Command, build: tuple[str | Path, ...], name: str) -> None:
    pack_file = modtui.folder / "a.pack"
    modtui.good(*build, "-o", pack_file)
    pack = open_pack(pack_file)
    path = modtui.folder / "x.answers"
    write_answers(path, replace(answers(pack, "x", dict(pack.keys or {})), learner=name))
    result = modtui.good("pack", "score", path, "--pack", pack_file, "--cards", modtui.folder / "c" / "cards")
    assert "\x1b" not in result.output
    (card,) = (modtui.folder / "c" / "cards").iterdir()
    assert card.name.startswith("001-")
