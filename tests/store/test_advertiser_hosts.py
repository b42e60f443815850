"""Hosts of advertisers: kept behind an import, and worked out for the ads of a workspace from before they were."""

from __future__ import annotations

import json
from pathlib import Path

from modtui.store import advertisers, sqlite
from modtui.store.advertisers import hosts_of, remember_hosts
from modtui.store.items import version_number
from modtui.store.migrations import migrate
from tests.store.desk import NOW_MS, ad_row, fill, open_desk

MANY = advertisers.MOST_SHARERS + 50


def payload(url: object) -> str:
    return json.dumps({"landing_page": {"url": url}})


def test_a_workspace_from_before_learns_the_hosts_of_its_ads(tmp_path: Path) -> None:
    connection = sqlite.connect_writer(tmp_path / "w.modtui", create=True)
    migrate(connection, 3, stop_before="m004_advertisers")
    connection.execute("INSERT INTO sources (source_no, name) VALUES (1, 'old')")
    rows = [("https://a.example/x", "Glow"), ("http://www.a.example", "Rival"), (None, "Glow"), (7, "Glow")]
    for ad_no, (url, name) in enumerate(rows, start=1):
        connection.execute(
            """INSERT INTO ads (ad_no, source_no, id, version, versions, title, advertiser, markets)
               VALUES (?, 1, ?, 1, 1, '', ?, '')""",
            (ad_no, f"ad-{ad_no}", name),
        )
        connection.execute(
            "INSERT INTO ad_versions (version_no, imported_ms, content_hash, payload) VALUES (?, ?, x'00', ?)",
            (version_number(ad_no, 1), NOW_MS, payload(url)),
        )
    connection.close()
    with open_desk(tmp_path) as workspace:
        (found,) = hosts_of(workspace.reader, "Glow", 10)
        assert (found.host, found.others) == ("a.example", ("Rival",))


def test_a_host_that_everybody_leads_to_is_read_up_to_a_limit(tmp_path: Path) -> None:
    with open_desk(tmp_path) as workspace:
        fill(workspace, *(ad_row(f"a{n}", advertiser=f"firm {n:03}") for n in range(MANY)))

        def lead(tx: object) -> None:
            connection = tx.connection  # type: ignore[attr-defined]
            connection.execute("UPDATE ad_versions SET payload = ?", (payload("https://shop.example/"),))
            remember_hosts(connection, range(1, MANY + 1))
            remember_hosts(connection, range(1, MANY + 1))

        workspace.writer.call(lead)
        (found,) = hosts_of(workspace.reader, "firm 000", 10)
        assert found.host == "shop.example" and len(found.others) == advertisers.MOST_SHARERS
        count = workspace.reader.execute("SELECT count(*) FROM advertiser_hosts").fetchone()[0]
        assert count == MANY
