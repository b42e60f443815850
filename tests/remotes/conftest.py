"""A PostgreSQL server for the tests of this process, and a database of its own for each test."""

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
def template(server: Server) -> Iterator[str]:
    with team_template(server) as name:
        yield name


@pytest.fixture
def team(server: Server, template: str) -> Iterator[TeamDatabase]:
    """A team's database with its tables, and logins for each part."""
    with server.database(template) as name:
        yield TeamDatabase(server, name)
