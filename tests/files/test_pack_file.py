"""Packs on disk: the same for the same input, whole or refused with words, and an exam that gives nothing away."""

from __future__ import annotations

import hashlib
import hmac
import io
import stat
import zipfile
from itertools import combinations
from pathlib import Path

import msgspec
import pytest

from modtui.domain.packs import Key, Kind, Rationale, broken_commitments, commitment, key_document
from modtui.domain.policies import Answer
from modtui.errors import ModtuiError
from modtui.files.pack_archive import MOST_MEMBERS, write_archive
from modtui.files.pack_crypto import WrongCode, new_class_code, seal, unseal
from modtui.files.pack_file import open_pack
from modtui.files.pack_keys import read_key_file, write_key_file
from tests.files.packs_made import CODE, house_document, made_pack, some_ads, some_keys


def refusal(path: Path) -> str:
    with pytest.raises(ModtuiError) as refused:
        open_pack(path)
    return str(refused.value)


@pytest.mark.parametrize("kind", Kind)
def test_what_was_written_is_what_is_read(tmp_path: Path, kind: Kind) -> None:
    made_pack(tmp_path / "a.pack", kind)
    pack = open_pack(tmp_path / "a.pack", CODE)
    ads = some_ads()
    assert pack.ads == tuple(ads)
    assert pack.kind is kind
    assert pack.catalog.id == house_document()["catalog"]["id"]
    if kind is Kind.EXAM:
        assert pack.keys is None
        assert pack.commitments.keys() == {ad.id for ad in ads}
    else:
        assert pack.keys == some_keys(ads)
    assert stat.S_IMODE((tmp_path / "a.pack").stat().st_mode) == 0o600


def test_the_same_input_gives_the_same_bytes_or_the_same_manifest(tmp_path: Path) -> None:
    for kind in Kind:
        packs = []
        for name in ("one", "two"):
            made_pack(tmp_path / name, kind)
            packs.append(open_pack(tmp_path / name))
        assert packs[0].manifest_hash == packs[1].manifest_hash
        is_same = (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
        assert is_same is (kind is not Kind.SEALED)  # here the secrets of the exam are not random


def test_media_come_out_as_they_went_in_and_never_elsewhere(tmp_path: Path) -> None:
    picture = b"not really a picture" * 100
    name = f"media/{hashlib.sha256(picture).hexdigest()}.png"
    made_pack(tmp_path / "a.pack", media={name: picture})
    pack = open_pack(tmp_path / "a.pack")
    pack.extract_media(tmp_path / "out")
    assert (tmp_path / "out" / name).read_bytes() == picture
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == [tmp_path / "out" / name]


@pytest.mark.parametrize("kind", Kind)
def test_one_flipped_byte_is_reported_with_where(tmp_path: Path, kind: Kind) -> None:
    whole, damaged = tmp_path / "whole.pack", tmp_path / "damaged.pack"
    picture = bytes(range(256)) * 4
    made_pack(whole, kind, media={f"media/{hashlib.sha256(picture).hexdigest()}.png": picture})
    good = whole.read_bytes()
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        spans = {
            entry.filename: range(entry.header_offset + 30 + len(entry.filename), entry.header_offset + 30
                                  + len(entry.filename) + entry.file_size)
            for entry in archive.infolist()
        }  # fmt: skip
    step = max(1, len(good) // 150)
    for place in sorted({*range(0, len(good), step), *range(len(good) - 120, len(good))}):
        bad = bytearray(good)
        bad[place] ^= 0x20
        damaged.write_bytes(bad)
        words = refusal(damaged)
        within = next((name for name, span in spans.items() if place in span), None)
        if within is not None:
            assert within in words, (place, words)
        else:
            assert "directory" in words or "seal" in words or "member" in words or "does not match" in words, words


def test_a_file_that_is_cut_off_or_no_pack_is_refused(tmp_path: Path) -> None:
    made_pack(tmp_path / "a.pack")
    whole = (tmp_path / "a.pack").read_bytes()
    for cut in (0, 3, 40, len(whole) // 2, len(whole) - 1):
        (tmp_path / "b.pack").write_bytes(whole[:cut])
        refusal(tmp_path / "b.pack")
    (tmp_path / "c.pack").write_text("not a pack")
    assert "no pack" in refusal(tmp_path / "c.pack")
    assert "Cannot open" in refusal(tmp_path / "missing.pack")


def hostile(path: Path, name: str, content: bytes = b"x", *, compressed: bool = False, link: bool = False) -> Path:
    """A pack with one member more, put in with a common tool."""
    made_pack(path)
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    entry.external_attr = (stat.S_IFLNK | 0o777 if link else stat.S_IFREG | 0o600) << 16
    entry.create_system = 3
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, content)
    return path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../evil", "outside"), ("/etc/passwd", "outside"), ("media/../../evil", "outside"), ("C:\\evil", "outside"),
        ("media\\..\\evil", "outside"), ("media/evil.sh", "none that a pack has"),
        ("extra.json", "none that a pack has"), ("manifest.json", "twice"), ("media/" + "a" * 64 + ".png", "directory"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_that_no_pack_has_are_refused_with_words(tmp_path: Path, name: str, words: str) -> None:
    refused = refusal(hostile(tmp_path / "a.pack", name))
    assert words in refused
    assert not (tmp_path / "evil").exists()


def test_links_and_bombs_are_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    name = "media/" + "b" * 64 + ".png"
    assert "a link" in refusal(hostile(tmp_path / "link.pack", name, b"/etc/passwd", link=True))
    assert "compressed" in refusal(hostile(tmp_path / "bomb.pack", name, bytes(50 << 20), compressed=True))
    assert (tmp_path / "bomb.pack").stat().st_size < 1 << 20


def test_sizes_that_lie_are_refused(tmp_path: Path) -> None:
    made_pack(tmp_path / "a.pack")
    raw = bytearray((tmp_path / "a.pack").read_bytes())
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        entry = archive.getinfo("ads.jsonl")
    place = raw.rfind(b"ads.jsonl") - 46 + 20
    assert int.from_bytes(raw[place : place + 4], "little") == entry.compress_size
    raw[place : place + 8] = (1 << 31).to_bytes(4, "little") * 2
    (tmp_path / "b.pack").write_bytes(raw)
    assert "hold" in refusal(tmp_path / "b.pack") or "directory" in refusal(tmp_path / "b.pack")


def test_too_many_members_cannot_even_be_written(tmp_path: Path) -> None:
    with pytest.raises(ModtuiError, match="too large"):
        write_archive(tmp_path / "a.pack", {f"{n}": b"" for n in range(MOST_MEMBERS + 1)})
    assert list(tmp_path.iterdir()) == []


def test_a_pack_that_was_sealed_anew_with_other_members_is_refused(tmp_path: Path) -> None:
    """Whoever changes a member and writes the hash at the end anew is told apart by the manifest."""
    made_pack(tmp_path / "a.pack")
    with zipfile.ZipFile(tmp_path / "a.pack") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    changed = dict(members, **{"ads.jsonl": members["ads.jsonl"].replace(b"Body 1", b"Body 9")})
    write_archive(tmp_path / "b.pack", changed)
    assert "ads.jsonl is not what the manifest says" in refusal(tmp_path / "b.pack")
    write_archive(tmp_path / "c.pack", {name: members[name] for name in members if name != "catalog.json"})
    assert "catalog.json" in refusal(tmp_path / "c.pack")
    write_archive(tmp_path / "d.pack", dict(members, **{"key.sealed": b"{}"}))
    assert "key.sealed" in refusal(tmp_path / "d.pack")


# Sealed ---


def test_a_class_code_opens_the_key_however_it_is_typed(tmp_path: Path) -> None:
    made_pack(tmp_path / "a.pack", Kind.SEALED)
    assert open_pack(tmp_path / "a.pack").keys is None
    assert open_pack(tmp_path / "a.pack", CODE.lower().replace("-", " ")).keys is not None
    with pytest.raises(WrongCode):
        open_pack(tmp_path / "a.pack", "K7QF-2WMP-9RTB")


def test_a_sealed_key_does_not_open_in_another_pack(tmp_path: Path) -> None:
    made_pack(tmp_path / "a.pack", Kind.SEALED)
    with zipfile.ZipFile(tmp_path / "a.pack") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = members["manifest.json"].replace(b"Some ads", b"Sane ads")
    write_archive(tmp_path / "b.pack", dict(members, **{"manifest.json": manifest}))
    with pytest.raises(ModtuiError, match="another pack"):
        open_pack(tmp_path / "b.pack", CODE)


def test_codes_are_long_enough_and_costs_are_not_taken_from_the_pack(tmp_path: Path) -> None:
    assert len({new_class_code() for _ in range(50)}) == 50
    with pytest.raises(ModtuiError, match="too short"):
        seal(b"x", "abc")
    sealed = msgspec.json.decode(seal(b"hello", CODE))
    assert unseal(msgspec.json.encode(sealed), CODE) == b"hello"
    for name, value in (("n", 1 << 30), ("n", 12345), ("r", 1 << 20), ("p", 9), ("kdf", "md5"), ("salt", "zz")):
        with pytest.raises(ValueError, match=r".+"):
            unseal(msgspec.json.encode({**sealed, name: value}), CODE)


# Exams ---


def opposite(keys: dict[str, Key]) -> dict[str, Key]:
    clean = Key("approve", {}, Rationale("Nothing is wrong with it."))
    return {
        ad: clean if key.checks else Key("reject", {"x/y": Answer.YES}, Rationale("Other, longer words."), ("x/y",))
        for ad, key in keys.items()
    }  # fmt: skip


def test_nothing_in_an_exam_depends_on_its_answers_but_the_commitments(tmp_path: Path) -> None:
    keys = some_keys(some_ads())
    made_pack(tmp_path / "one.pack", Kind.EXAM, keys=keys)
    made_pack(tmp_path / "two.pack", Kind.EXAM, keys=opposite(keys))
    with zipfile.ZipFile(tmp_path / "one.pack") as one, zipfile.ZipFile(tmp_path / "two.pack") as two:
        assert one.namelist() == two.namelist()
        differing = [name for name in one.namelist() if one.read(name) != two.read(name)]
        sizes = [[entry.file_size for entry in archive.infolist()] for archive in (one, two)]
    assert differing == ["commitments.json"]
    assert sizes[0] == sizes[1]


def test_no_answer_of_one_or_two_checks_can_be_tried_out_against_an_exam(tmp_path: Path) -> None:
    """The attacker knows how a key is written, its reason and its evidence, and lacks only the answer."""
    ads = some_ads()
    checks = [check["id"] for policy in house_document()["policies"] for check in policy["checks"]][:24]
    keys = some_keys(ads, checks[3])
    secrets = made_pack(tmp_path / "a.pack", Kind.EXAM, keys=keys)
    raw = (tmp_path / "a.pack").read_bytes()
    pack = open_pack(tmp_path / "a.pack")
    held = set(pack.commitments.values())
    assert not any(secret in raw or secret.hex().encode() in raw for secret in secrets.values())
    known = [b"", bytes(32), bytes.fromhex(pack.hash), bytes.fromhex(pack.manifest_hash), pack.hash.encode()]
    known += [bytes.fromhex(each) for each in held]
    found_blind = found_with_secret = tried = 0
    answers = [(), *((each,) for each in checks), *combinations(checks, 2)]
    for ad in ads:
        for found in answers:
            outcome = "reject" if found else "approve"
            guess = msgspec.structs.replace(
                keys[ad.id], outcome=outcome, answers=dict.fromkeys(found, Answer.YES), checks=found,
                first=found[0] if found else "",
            )  # fmt: skip
            document = key_document(ad.id, guess).encode()
            tried += 1
            for salt in (*known, ad.id.encode()):
                digests = (
                    hmac.digest(salt, document, "sha256").hex(),
                    hashlib.sha256(salt + document).hexdigest(),
                    hashlib.sha256(document + salt).hexdigest(),
                )
                found_blind += sum(digest in held for digest in digests)
            found_with_secret += commitment(secrets[ad.id], ad.id, guess) in held
    assert tried == len(ads) * (1 + len(checks) + len(checks) * (len(checks) - 1) // 2)
    assert found_blind == 0
    assert found_with_secret == len(ads)  # the attack would work, had the pack the secrets


def test_a_published_key_is_the_one_that_was_committed_to(tmp_path: Path) -> None:
    keys = some_keys(some_ads())
    secrets = made_pack(tmp_path / "a.pack", Kind.EXAM, keys=keys)
    pack = open_pack(tmp_path / "a.pack")
    write_key_file(tmp_path / "good.json", pack.hash, "Exam", keys, secrets)
    assert read_key_file(tmp_path / "good.json", pack).keys == keys
    changed = {**keys, "002": msgspec.structs.replace(keys["002"], outcome="approve")}
    write_key_file(tmp_path / "changed.json", pack.hash, "Exam", changed, secrets)
    with pytest.raises(ModtuiError, match="002"):
        read_key_file(tmp_path / "changed.json", pack)
    write_key_file(tmp_path / "other.json", "0" * 64, "Exam", keys, secrets)
    with pytest.raises(ModtuiError, match="another pack"):
        read_key_file(tmp_path / "other.json", pack)
    assert broken_commitments(keys, {}, pack.commitments) == ("001", "002", "003", "004")
