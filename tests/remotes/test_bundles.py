"""Bundles that were cut off, altered or swapped: refused with a reason, and nothing of them is used."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from modtui.domain.events import FIRST_PREV, Entry, seal
from modtui.domain.streams import Row
from modtui.remotes.bundles import read_bundle, read_label, unpack, write_bundle
from modtui.remotes.folder import FolderRemote, make_folder
from modtui.remotes.packing import BrokenBundle
from modtui.remotes.places import Directory, ObjectStore
from modtui.remotes.protocol import Batch, Refused
from modtui.remotes.signing import signer, trusted_keys
from tests.remotes.team_story import Laptop, team_folder

ROUNDS = 500
STREAM = "ab" * 16


def rows(count: int, stream: str = STREAM, prev: str = FIRST_PREV, first: int = 1) -> list[Row]:
    found: list[Row] = []
    for seq in range(first, first + count):
        event, document = seal(
            Entry(f"{stream[:8]}-{seq}", "note", "amina", "", {"text": f"n {seq}"}), stream, seq, prev
        )
        found.append(Row(seq, prev, event.hash, event.id, document))
        prev = event.hash
    return found


def test_a_bundle_says_what_was_put_in() -> None:
    given = rows(7)
    name, content = write_bundle(STREAM, given)
    assert read_bundle(name, STREAM, content) == tuple(given)
    assert write_bundle(STREAM, given) == (name, content), "the same events give the same file"
    label = read_label(name)
    assert label is not None and (label.first, label.last) == (1, 7)


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content))]


def _edit(content: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(content))
    return content[:place] + bytes([content[place] ^ (1 << rng.randrange(8))]) + content[place + 1 :]


def _grow(content: bytes, rng: random.Random) -> bytes:
    return content + rng.randbytes(rng.randrange(1, 40))


def _lose(content: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(content) - 1)
    return content[:place] + content[place + rng.randrange(1, 20) :]


def test_damaged_bundles_are_refused_each_with_a_reason() -> None:
    rng = random.Random(1)
    name, content = write_bundle(STREAM, rows(20))
    ways: list[Callable[[bytes, random.Random], bytes]] = [_cut, _edit, _grow, _lose]
    for _ in range(ROUNDS):
        damaged = rng.choice(ways)(content, rng)
        if damaged == content:
            continue
        with pytest.raises(BrokenBundle, match="its content is not what its name says"):
            read_bundle(name, STREAM, damaged)


def test_what_is_wrong_inside_is_found_though_every_outer_hash_was_made_to_fit() -> None:
    rng = random.Random(2)
    given, other = rows(12), rows(12, "cd" * 16)
    for _ in range(ROUNDS // 5):
        wrong = list(given)
        place, second = sorted(rng.sample(range(12), 2))
        kind = rng.randrange(4)
        if kind == 0:
            wrong[place], wrong[second] = wrong[second], wrong[place]
        elif kind == 1:
            del wrong[rng.randrange(1, 11)]
        elif kind == 2:
            wrong[place] = other[place]
        else:
            altered = wrong[place].document.replace('"n ', '"m ')
            wrong[place] = Row(wrong[place].seq, wrong[place].prev, wrong[place].hash, wrong[place].id, altered)
        _, content = write_bundle(STREAM, wrong)
        with pytest.raises(BrokenBundle) as refused:
            unpack(content)
        assert str(refused.value)


def test_bundles_in_any_order_and_twice_give_the_same_state(tmp_path: Path) -> None:
    folder = team_folder(tmp_path)
    amina = Laptop(tmp_path / "amina.db", "amina", folder)
    for ad, outcome in (("a1", "reject"), ("a2", "approve"), ("a1", "approve"), ("a3", "reject")):
        amina.decide(ad, outcome)
        amina.sync()
    bundles = sorted(folder.rglob("*.zst"))
    for seed in range(3):
        rng = random.Random(seed)
        other = tmp_path / f"other{seed}"
        other.mkdir()
        make_folder(Directory(other), "eu_ads")
        bela = Laptop(tmp_path / f"bela{seed}.db", "bela", other)
        shuffled = [*bundles, *bundles]
        rng.shuffle(shuffled)
        for bundle in shuffled:
            target = other / bundle.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(bundle.read_bytes())
            bela.sync()
        assert bela.events() == amina.events()
        assert bela.state() == amina.state()


def test_a_bundle_under_another_place_or_stream_is_refused(tmp_path: Path) -> None:
    files = Directory(tmp_path)
    make_folder(files, "t")
    remote = FolderRemote(files)
    remote.push(STREAM, rows(3))
    whole = next(tmp_path.rglob("*.zst"))
    wrong = tmp_path / "streams" / ("cd" * 16) / whole.name
    wrong.parent.mkdir()
    whole.rename(wrong)
    whole.with_name(whole.name.replace("0000000003", "0000000004")).write_bytes(wrong.read_bytes())
    remote.hello()
    found = list(remote.pull({}))
    assert not [each for each in found if isinstance(each, Batch)]
    reasons = {each.why for each in found if isinstance(each, Refused)}
    assert any("another stream" in why for why in reasons)
    assert any("another place" in why for why in reasons)


def test_a_bomb_is_refused() -> None:
    import zstandard

    bomb = zstandard.ZstdCompressor(level=1).compress(b"\0" * (100 << 20))
    with pytest.raises(BrokenBundle, match="more than any bundle"):
        unpack(bomb)


def test_signatures_keep_out_whom_nobody_trusts(tmp_path: Path) -> None:
    ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ed25519.Ed25519PrivateKey.generate()
    path = tmp_path / "key.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    sign = signer({"MODTUI_SIGNING_KEY": str(path)})
    public = key.public_key().public_bytes_raw().hex()
    trusted = trusted_keys({"MODTUI_TRUSTED_KEYS": f"{public}, {'0' * 64}"})
    name, content = write_bundle(STREAM, rows(3), sign)
    assert len(read_bundle(name, STREAM, content, trusted)) == 3
    assert len(read_bundle(name, STREAM, content)) == 3
    unsigned_name, unsigned = write_bundle(STREAM, rows(3))
    with pytest.raises(BrokenBundle, match="not signed"):
        read_bundle(unsigned_name, STREAM, unsigned, trusted)
    with pytest.raises(BrokenBundle, match="nobody here trusts"):
        read_bundle(name, STREAM, content, {"1" * 64})

    def forge(content: bytes) -> tuple[str, str]:
        return public, "00" * 64

    forged_name, forged = write_bundle(STREAM, rows(3), forge)
    with pytest.raises(BrokenBundle, match="does not hold"):
        read_bundle(forged_name, STREAM, forged, trusted)


def test_an_object_store_serves_like_a_directory(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    files = ObjectStore(f"memory://team{os.getpid()}/ads")
    make_folder(files, "eu_ads")
    remote = FolderRemote(files)
    remote.push(STREAM, rows(3))
    remote.push(STREAM, rows(2, prev=rows(3)[-1].hash, first=4))
    fresh = FolderRemote(files)
    assert fresh.hello().ends[STREAM].seq == 5
    assert [len(each.rows) for each in fresh.pull({}) if isinstance(each, Batch)] == [3, 2]
    local = ObjectStore(f"local://{tmp_path}/ads")
    make_folder(local, "eu_ads")
    FolderRemote(local).push(STREAM, rows(3))
    assert FolderRemote(Directory(tmp_path / "ads")).hello().ends[STREAM].seq == 3
    assert not list((tmp_path / "ads").rglob("*.tmp"))
