"""S3 through s3fs, against a server on loopback: events and what is published, listings of many pages, and cuts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.domain.events import FIRST_PREV
from modtui.errors import ModtuiError
from modtui.remotes.bundles import write_bundle
from modtui.remotes.folder import FolderRemote, make_folder
from modtui.remotes.places import open_place
from modtui.remotes.protocol import Batch, RemoteFault
from modtui.services.syncing import add_remote
from modtui.store.remotes import count_unsynced
from tests.remotes.publishing_team import Member, team_of
from tests.remotes.s3_server import S3Server, running_s3
from tests.remotes.test_bundles import STREAM, rows
from tests.services.room import ad, at_hand

SECRET = "s3-canary-77aa"


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with running_s3() as running:
        yield running


@pytest.fixture
def s3(server: S3Server, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a place in a bucket of its own."""
    bucket = request.node.name.replace("_", "-")[-60:].strip("-")
    for name, value in (
        ("AWS_ENDPOINT_URL", server.url), ("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_DEFAULT_REGION", "us-east-1"), ("AWS_EC2_METADATA_DISABLED", "true"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    server.make_bucket(bucket)
    server.requests.clear()
    forget_connections()
    yield f"s3://{bucket}/ads"
    server.fails = lambda _method, _path: False


def bucket_of(address: str) -> str:
    return address.split("/")[2]


def forget_connections() -> None:
    """As in a new process: the driver keeps what it once logged in with."""
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()


async def decide_next(member: Member) -> str:
    session = await member.room.sit(member.name)
    done = at_hand(session).item.ad_id
    await session.decide()
    await session.close()
    return done


async def test_decisions_and_what_is_published_travel(tmp_path: Path, s3: str, server: S3Server) -> None:
    with team_of(tmp_path, "lena", "amina", "ben") as (lena, amina, ben):
        lena.joins(s3, is_new=True)
        for member in (amina, ben):
            member.joins(s3)
        lena.room.bring(*(ad(f"ad-{n}") for n in range(1, 4)))
        lena.publishes_catalog(lena.edits_catalog("2027.1"))
        assert lena.publishes_queue().new == 3
        assert amina.sync().published.queues["q"].new == 3  # type: ignore[union-attr]
        decided = await decide_next(amina)
        before = server.keys(bucket_of(s3))
        assert amina.sync().pushed == 1
        after = server.keys(bucket_of(s3))
        assert {name: after[name] for name in before} == before, "objects are added, never changed"
        for member in (ben, lena):
            assert member.sync().pulled == 1
            assert member.room.item(decided).state == "decided"
            assert member.catalog() == "2027.1"
        assert ben.ads() == lena.ads()
        server.requests.clear()
        assert (ben.sync().pulled, ben.sync().pushed) == (0, 0)
        assert not [path for method, path in server.requests if method in ("PUT", "POST", "DELETE")]
    assert not [place for place in tmp_path.rglob("*") if place.is_file() and SECRET.encode() in place.read_bytes()]


def test_a_listing_of_many_pages_is_read_to_its_end(tmp_path: Path, s3: str, server: S3Server) -> None:
    files = open_place(s3)
    make_folder(files, "eu")
    events = rows(1_040)
    marks = {}
    for row in events:
        name, content = write_bundle(STREAM, [row])
        server.put(bucket_of(s3), f"ads/streams/{STREAM}/{name}", content)
        marks[f"streams/{STREAM}/{name}"] = ""
    for path in list(marks)[1_037:]:
        del marks[path]
    server.requests.clear()
    remote = FolderRemote(files)
    assert remote.hello().ends[STREAM].seq == 1_040
    assert [batch.rows[0].seq for batch in remote.pull(marks) if isinstance(batch, Batch)] == [1_038, 1_039, 1_040]
    assert len(server.requests) < 20, "pages of a thousand, and not a request an object"
    assert events[0].prev == FIRST_PREV


def test_a_push_cut_off_in_the_middle_goes_on_from_what_is_there(
    tmp_path: Path, s3: str, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with team_of(tmp_path, "lena", "amina") as (lena, amina):
        lena.joins(s3, is_new=True)
        amina.joins(s3)
        lena.room.bring(*(ad(f"ad-{n}") for n in range(1, 4)))
        left = [1]

        def cut(method: str, path: str) -> bool:
            left[0] -= method == "PUT"
            return left[0] < 0

        server.fails = cut
        with pytest.raises(RemoteFault, match="kept here"):
            lena.publishes_queue()
        with pytest.raises(RemoteFault):
            lena.sync()
        server.fails = lambda _method, _path: False
        arrived = amina.sync()
        assert arrived.refused == (), "what is there is whole"
        assert lena.sync().published.sent >= 1  # type: ignore[union-attr]
        amina.sync()
        assert amina.ads() == lena.ads()
        assert count_unsynced(lena.workspace.reader) == 0


def test_an_object_that_was_damaged_or_lost_is_put_back_by_whoever_has_it(
    tmp_path: Path, s3: str, server: S3Server
) -> None:
    with team_of(tmp_path, "lena", "amina") as (lena, amina):
        lena.joins(s3, is_new=True)
        amina.joins(s3)
        lena.publishes_catalog(lena.edits_catalog("2027.1"))
        bucket = bucket_of(s3)
        [(name, content)] = [pair for pair in server.keys(bucket).items() if "published/" in pair[0]]
        server.put(bucket, name, content[:-5])
        assert ["cut off" in each.why for each in amina.sync().refused] == [True]
        lena.sync(from_the_start=True)
        assert server.keys(bucket)[name] == content
        server.drop(bucket, name)
        lena.sync()
        amina.sync()
        assert amina.catalog() == "2027.1"


def test_what_is_wrong_is_said(tmp_path: Path, s3: str, server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with team_of(tmp_path, "lena") as (lena,):
        with pytest.raises(ModtuiError, match="Not a team's folder"):
            add_remote(lena.workspace, "team", s3)
        with pytest.raises(ModtuiError, match="There is no bucket or folder nowhere-at-all/ads"):
            add_remote(lena.workspace, "team", "s3://nowhere-at-all/ads", "eu", is_new=True)
        lena.joins(s3, is_new=True)
        with monkeypatch.context() as patch:
            patch.delenv("AWS_ACCESS_KEY_ID")
            patch.delenv("AWS_SECRET_ACCESS_KEY")
            patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
            patch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
            forget_connections()
            with pytest.raises(ModtuiError, match="No credentials"):
                lena.sync()
        forget_connections()
        server.fails = lambda _method, _path: True
        with pytest.raises(RemoteFault, match="not reachable"):
            lena.sync()
        server.fails = lambda _method, _path: False
        lena.sync()
