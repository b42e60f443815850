"""What a lead publishes to a folder reaches everybody who syncs with it, once and whole, by the services of a database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.remotes.publishing_team import team_of
from tests.services.room import ad


def test_a_queue_and_a_catalog_reach_the_reviewers(tmp_path: Path) -> None:
    with team_of(tmp_path, "lena", "amina") as (lena, amina):
        lena.joins(tmp_path / "team", is_new=True)
        amina.joins(tmp_path / "team")
        lena.room.bring(*(ad(f"ad-{n}") for n in range(1, 6)), markets=("FR",))
        assert lena.publishes_catalog(lena.edits_catalog("2027.1"))
        assert lena.publishes_queue().new == 5
        done = amina.sync()
        assert done.published is not None
        assert done.published.catalog == "2027.1"
        assert done.published.queues["q"].new == 5
        assert amina.catalog() == "2027.1"
        assert amina.ads() == lena.ads()
        again = amina.sync()
        assert again.published is not None
        assert (again.published.catalog, again.published.queues, again.published.sent) == (None, {}, 0)
