"""The wheel, unpacked somewhere else, works outside the checkout: catalog, demo queue and mappings come with it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel holds, as an installation would have it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    wheel = next(folder.glob("modtui-*.whl"))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, tmp_path: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "HOME": str(tmp_path)}
    environment.pop("MODTUI_WORKSPACE", None)
    command = [sys.executable, "-P", "-m", "modtui", *arguments]
    return subprocess.run(command, cwd=tmp_path, env=environment, input=given, capture_output=True, text=True)


def test_the_demo_runs_where_there_is_no_checkout(installed: Path, tmp_path: Path) -> None:
    result = run(installed, tmp_path, "demo", "--plain", given="l\nq\n")
    assert result.returncode == 0, result.stderr
    assert "AD ad-" in result.stdout
    assert "Enter:" in result.stdout


def test_the_catalog_and_the_mappings_come_with_it(installed: Path, tmp_path: Path) -> None:
    assert (installed / "modtui/shipped/policies.yaml").is_file()
    assert list((installed / "modtui/shipped/data/mappings").glob("*.yaml"))
    result = run(installed, tmp_path, "policies", "check")
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_styles_of_the_screens_come_with_it(installed: Path) -> None:
    packed = {path.name for path in (installed / "modtui/tui/styles").glob("*.tcss")}
    assert packed == {path.name for path in (ROOT / "modtui/tui/styles").glob("*.tcss")}


def test_help_needs_nothing_but_the_package(installed: Path, tmp_path: Path) -> None:
    result = run(installed, tmp_path, "--help")
    assert result.returncode == 0
    assert "Review advertisements in a terminal." in result.stdout


def test_a_policy_is_begun_with_the_schema_that_came_along(installed: Path, tmp_path: Path) -> None:
    result = run(installed, tmp_path, "policies", "new", "dating.sites")
    assert result.returncode == 0, result.stderr
    schema = Path(result.stdout.splitlines()[0].partition("$schema=")[2])
    assert schema.is_relative_to(installed)
    assert schema.exists()
