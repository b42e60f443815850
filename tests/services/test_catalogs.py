"""The catalog of a session: warm equals cold, mistakes are told all at once, every one ever used is kept."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from msgspec.structs import fields

from modtui.domain.clause_values import Clause, Hours, Need
from modtui.domain.cues import CueTable
from modtui.domain.policies import Check, Cues, Escalation, Example, Facts, FactTest, Policy
from modtui.errors import ModtuiError
from modtui.services.catalogs import load_rulebook, rulebook_with_hash
from modtui.services.ready_catalogs import SHAPE, ready_catalog
from modtui.services.shipped import shipped
from modtui.store.workspace import open_workspace
from tests.services.room import HOUSE, NOON


@pytest.mark.parametrize("path", [HOUSE, shipped("policies.yaml")])
def test_warm_is_cold(tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_workspace(tmp_path / "w.db", NOON) as workspace:
        cold = load_rulebook(path, workspace, NOON)
    # The second time the file is not even parsed.
    monkeypatch.setattr("modtui.files.policy_file.read_catalog_document", None)
    with open_workspace(tmp_path / "w.db", NOON) as workspace:
        warm = load_rulebook(path, workspace, NOON)
        kept = rulebook_with_hash(cold.catalog.hash, workspace)
    assert kept is not None and warm.catalog.hash == cold.catalog.hash == kept.catalog.hash
    for one, two in zip(cold.catalog.checks, warm.catalog.checks, strict=True):
        assert (one.id, one.key, one.ask, one.when, one.severity, one.need) == (
            two.id, two.key, two.ask, two.when, two.severity, two.need,
        )  # fmt: skip
        assert one.clauses == two.clauses and one.markets == two.markets
    assert cold.catalog.routes == warm.catalog.routes and cold.catalog.market_groups == warm.catalog.market_groups
    assert cold.catalog.policies == warm.catalog.policies and cold.catalog.briefings == warm.catalog.briefings
    assert cold.index.flags == warm.index.flags and cold.index.phrases == warm.index.phrases
    assert cold.index.unspaced == warm.index.unspaced


def test_a_change_of_one_word_is_another_catalog_and_both_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(HOUSE.read_text())
    with open_workspace(tmp_path / "w.db", NOON) as workspace:
        first = load_rulebook(path, workspace, NOON)
        path.write_text(HOUSE.read_text().replace("Take out the promise.", "Take the promise out."))
        second = load_rulebook(path, workspace, NOON)
        assert first.catalog.hash != second.catalog.hash
        fixes = {
            each.catalog.hash: each.catalog.check_by_key["wl"].fix
            for digest in (first.catalog.hash, second.catalog.hash)
            if (each := rulebook_with_hash(digest, workspace))
        }
        assert fixes == {first.catalog.hash: "Take out the promise.", second.catalog.hash: "Take the promise out."}
        path.write_text(HOUSE.read_text())
        assert load_rulebook(path, workspace, NOON).catalog.hash == first.catalog.hash


def test_a_folder_of_files_is_one_catalog_and_each_file_counts(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    head, _, policies = HOUSE.read_text().partition("policies:\n")
    parts = policies.split("  - id: threat.life\n")
    (folder / "a.yaml").write_text(f"{head}policies:\n{parts[0]}")
    (folder / "b.yaml").write_text(f"policies:\n  - id: threat.life\n{parts[1]}")
    (folder / "notes.txt").write_text("not ours")
    with open_workspace(tmp_path / "w.db", NOON) as workspace:
        first = load_rulebook(folder, workspace, NOON)
        assert {check.key for check in first.catalog.checks} >= {"wl", "tl", "im"}
        (folder / "b.yaml").write_text((folder / "b.yaml").read_text().replace("key: tl", "key: tx"))
        assert "tx" in load_rulebook(folder, workspace, NOON).catalog.check_by_key


def test_all_mistakes_are_told_with_their_places_and_nothing_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    wrong = HOUSE.read_text().replace("severity: high", "severity: hihg").replace("axis: content", "axsi: content")
    path.write_text(wrong)
    with open_workspace(tmp_path / "w.db", NOON) as workspace:
        with pytest.raises(ModtuiError) as caught:
            load_rulebook(path, workspace, NOON)
        said = caught.value.message
        assert said.count("Did you mean 'high'?") == 2 and said.count("Did you mean 'axis'?") == 4
        assert all("rules.yaml:" in line for line in said.splitlines())
        assert "rules.yaml:71:15: policies[4].severity" in said
        assert "modtui policies check" in caught.value.hint
        assert workspace.reader.execute("SELECT count(*) FROM catalogs").fetchone() == (0,)
        path.write_text(HOUSE.read_text())
        assert load_rulebook(path, workspace, NOON).catalog.checks


def test_a_catalog_that_is_not_there_is_said(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.db", NOON) as workspace:
        for path in (tmp_path / "none.yaml", tmp_path):
            with pytest.raises(ModtuiError):
                load_rulebook(path, workspace, NOON)


def test_a_workspace_that_cannot_be_written_still_has_its_rules(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.db", NOON):
        pass
    if os.geteuid() == 0:
        from modtui.store.workspace import _open_read_only

        workspace = _open_read_only(tmp_path / "w.db", None)
    else:
        (tmp_path / "w.db").chmod(0o400)
        workspace = open_workspace(tmp_path / "w.db", NOON)
    with workspace:
        assert workspace.is_read_only
        assert load_rulebook(HOUSE, workspace, NOON).catalog.checks


def test_a_form_kept_by_another_make_is_made_anew(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w.db", NOON) as workspace:
        cold = load_rulebook(HOUSE, workspace, NOON)
        workspace.writer.call(lambda tx: tx.keep_ready_catalog(cold.catalog.hash, SHAPE, '["of another make"]'))
        assert load_rulebook(HOUSE, workspace, NOON).catalog.policies == cold.catalog.policies
        with workspace.read() as connection:
            assert ready_catalog(connection, cold.catalog.hash) is not None


def test_the_number_of_the_shape_is_raised_when_the_values_change() -> None:
    values = (Policy, Check, Clause, Need, Hours, Cues, Facts, FactTest, Escalation, Example, CueTable)
    shape = [f"{value.__name__}.{field.name}: {field.type}" for value in values for field in fields(value)]
    digest = hashlib.sha256("\n".join(shape).encode()).hexdigest()[:12]
    assert (SHAPE, digest) == (5, "32565b0e71af"), "raise SHAPE in services/ready_catalogs.py, and then write both here"
