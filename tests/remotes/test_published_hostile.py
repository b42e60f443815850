"""Publications that are cut off, altered, forged, bombs, another team's or of a newer modtui: all else goes on."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import zstandard

from modtui.errors import ModtuiError
from modtui.remotes import packing, publications
from modtui.remotes.packing import BrokenBundle, file_digest
from modtui.remotes.publications import (
    ADS,
    CATALOG,
    Heading,
    Publication,
    QueueLine,
    ad_lines,
    catalog_lines,
    read_publication,
    write_publication,
)
from modtui.remotes.signing import KEY_VARIABLE, LEADS_VARIABLE
from modtui.store.remotes import quarantined
from tests.remotes.publishing_team import Member, team_of
from tests.services.room import ad

ROUNDS = 300
TEAM = "eu"


def ads(count: int = 3, *, number: int = 1) -> Publication:
    payloads = [json.dumps(ad(f"ad-{n}")) for n in range(1, count + 1)]
    return write_publication(TEAM, number, ADS, "q", "lena", ad_lines(QueueLine("q"), payloads))


@pytest.fixture
def team(tmp_path: Path) -> Iterator[tuple[Member, Member, Path]]:
    with team_of(tmp_path, "lena", "amina") as (lena, amina):
        lena.joins(tmp_path / "team", is_new=True)
        amina.joins(tmp_path / "team")
        (tmp_path / "team" / "published").mkdir()
        yield lena, amina, tmp_path / "team" / "published"


def compressed(content: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(content)


def put(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)


def named(content: bytes, kind: str = ADS, number: int = 1) -> str:
    """A name that vouches for the content, whatever it is."""
    return f"{number:010d}-{kind}-{file_digest(content)}.jsonl.zst"


def test_damage_is_refused_with_a_reason_and_nothing_is_applied() -> None:
    rng = random.Random(3)
    good = ads(20)
    assert read_publication(good.name, good.content, TEAM) == good
    for _ in range(ROUNDS):
        place = rng.randrange(len(good.content))
        flipped = bytes([good.content[place] ^ (1 << rng.randrange(8))])
        damaged = rng.choice(
            (
                good.content[:place],
                good.content[:place] + flipped + good.content[place + 1 :],
                good.content + rng.randbytes(3),
                good.content[:place] + good.content[place + 2 :],
            )
        )
        with pytest.raises(BrokenBundle, match="its content is not what its name says"):
            read_publication(good.name, damaged, TEAM)
        try:  # and where somebody made the name fit
            found = read_publication(named(damaged), damaged, TEAM)
        except BrokenBundle as refused:
            assert str(refused)
        else:
            assert (found.lines, found.number) == (good.lines, good.number), "what follows the frame is not read"


def _heading(**changed: object) -> bytes:
    lines = ads().lines
    whole = msgspec.to_builtins(read_heading(ads().content)) | changed
    return compressed(json.dumps(whole).encode() + b"\n" + lines)


def read_heading(content: bytes) -> Heading:
    return packing.unpack(content, Heading, "published", publications.FORMAT)[0]


def test_each_kind_of_bad_publication_is_refused_and_the_good_ones_are_applied(
    team: tuple[Member, Member, Path],
) -> None:
    lena, amina, folder = team
    lena.room.bring(*(ad(f"ad-{n}") for n in range(1, 4)))
    lena.publishes_queue()
    lena.publishes_catalog(lena.edits_catalog("2027.1"))
    bomb = compressed(b"\0" * (100 << 20))
    deep = catalog_lines("0" * 64, "house", "9", "[" * 200_000)
    bad: dict[str, tuple[str, bytes]] = {
        "more than any bundle": (named(bomb), bomb),
        "cannot be decompressed": (named(b"no zstd"), b"no zstd"),
        "its name tells another number": (named(ads().content, number=7), ads().content),
    }
    for reason, changed in (
        ("written by a newer modtui", {"published": 2, "lines": {"in": "another form"}}),
        ("of the team 'us'", {"team": "us"}),
        ("counted up to", {"number": 1_000_000_000}),
        ("manifest cannot be read", {"number": "one"}),
        ("holds a NUL", {"subject": "q\0"}),
        ("1 to 200 characters", {"subject": "q" * 300}),
    ):
        content = _heading(**changed)
        bad[reason] = named(content, number=int(str(changed.get("number", 1)).replace("one", "1"))), content
    for reason, kind, lines in (
        ("its catalog cannot be read", CATALOG, b"[]\n{}\n"),
        ("not one this program knows", CATALOG, catalog_lines("0" * 64, "house", "9", '{"catalog": 3}')),
        ("its queue cannot be read", ADS, b"\xff\n"),
        ("are none", ADS, ad_lines(QueueLine("q"), ["PK\x03\x04"])),
    ):
        made = write_publication(TEAM, 5, kind, "q", "eve", lines)
        bad[reason] = made.name, made.content
    made = write_publication(TEAM, 5, CATALOG, "house", "eve", deep)
    bad["this program knows: "] = made.name, made.content
    altered = write_publication(
        TEAM, 6, CATALOG, "house", "eve", catalog_lines("f" * 64, "house", "2027.1", _document(lena))
    )
    bad["not what its hash says"] = altered.name, altered.content
    assert len({name for name, _ in bad.values()}) == len(bad)
    for name, content in bad.values():
        put(folder, name, content)
    done = amina.sync()
    reasons = {each.name: each.why for each in done.refused}
    for reason, (name, _content) in bad.items():
        assert reason in reasons[f"published/{name}"], name
    assert len(done.refused) == len(bad)
    assert not any(each.is_foreign for each in done.refused)
    assert amina.catalog() == "2027.1"
    assert amina.ads() == lena.ads()
    assert len(quarantined(amina.workspace.reader)) == len(bad)
    with pytest.raises(ModtuiError, match="newer modtui publishes there"):
        lena.publishes_catalog(lena.edits_catalog("2027.2"))
    assert amina.sync().published.catalog is None  # type: ignore[union-attr]


def _document(member: Member) -> str:
    [document] = member.workspace.reader.execute("SELECT document FROM catalogs WHERE version = '2027.1'").fetchone()
    return str(document)


def test_a_bad_ad_among_good_ones_is_kept_as_a_rejected_row(team: tuple[Member, Member, Path]) -> None:
    _, amina, folder = team
    payloads = [json.dumps(ad("ad-1")), '{"id": "ad-2"', "[1]", '{"id": "ad-3"}', json.dumps(ad("ad-4"))]
    made = write_publication(TEAM, 1, ADS, "q", "lena", ad_lines(QueueLine("q"), payloads))
    put(folder, made.name, made.content)
    done = amina.sync().published
    assert done is not None
    counts = done.queues["q"]
    assert (counts.rows, counts.new, counts.rejected) == (5, 2, 3)
    assert counts.rejects is not None
    assert len(counts.rejects.read_text(encoding="utf-8").splitlines()) == 3
    assert list(amina.ads()) == ["ad-1", "ad-4"]
    assert not list(amina.workspace.path.parent.glob("*-arriving"))


def test_a_kind_that_only_a_newer_modtui_knows_is_passed_on_untouched(
    team: tuple[Member, Member, Path], tmp_path: Path
) -> None:
    lena, amina, folder = team
    sonnet = write_publication(TEAM, 4, "sonnet", "q", "zoe", b"fourteen lines\n")
    put(folder, sonnet.name, sonnet.content)
    assert amina.sync().refused == ()
    (folder / sonnet.name).unlink()
    lena.room.bring(ad("ad-1"))
    lena.publishes_queue()
    amina.sync()
    assert (folder / sonnet.name).read_bytes() == sonnet.content


def test_only_leads_publish_where_their_keys_are_named(
    team: tuple[Member, Member, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    lena, amina, folder = team
    keys = {}
    for name in ("lena", "eve"):
        key = ed25519.Ed25519PrivateKey.generate()
        (tmp_path / f"{name}.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        keys[name] = key.public_key().public_bytes_raw().hex()
    monkeypatch.setenv(LEADS_VARIABLE, keys["lena"])
    lena.room.bring(ad("ad-1"))
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "lena.pem"))
    lena.publishes_queue()
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "eve.pem"))
    with team_of(tmp_path / "team", "eve") as (eve,):  # who may write to the folder, and is no lead
        eve.joins(tmp_path / "team")
        eve.publishes_catalog(eve.edits_catalog("2027.6"))
    unsigned = ads(9, number=3)
    put(folder, unsigned.name, unsigned.content)
    done = amina.sync()
    assert sorted(each.why for each in done.refused if "published/" in each.name and not each.is_foreign) == [
        "it is not signed", "it is signed with a key nobody here trusts",
    ]  # fmt: skip
    assert amina.catalog() is None
    assert list(amina.ads()) == ["ad-1"]
