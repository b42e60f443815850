from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from modtui.store.workspace import Workspace
from tests.store.desk import open_desk, sit_down


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_desk(tmp_path) as opened:
        sit_down(opened, "amina", "ben")
        yield opened
