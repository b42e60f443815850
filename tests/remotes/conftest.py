"""A PostgreSQL server for the tests of this process, started when the first needs it, with a team's empty database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.remotes.postgres_server import Server, running_server
from tests.remotes.team_database import TeamDatabase, team_template


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as running:
        yield running


@pytest.fixture(scope="session")
def untouched(server: Server) -> Iterator[TeamDatabase]:
    """The database of a team as it was made: for tests that leave it so."""
    with team_template(server) as name:
        yield TeamDatabase(server, name)


@pytest.fixture
def team(untouched: TeamDatabase) -> Iterator[TeamDatabase]:
    """A team's database with its tables, and logins for each part."""
    yield untouched
    untouched.empty()
