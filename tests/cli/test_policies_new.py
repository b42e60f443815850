"""`modtui policies new`: what it prints and adds passes the check as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.errors import ModtuiError
from modtui.files.policy_file import read_catalog_document
from modtui.files.policy_insertion import with_entry
from modtui.services.policy_scaffold import new_entry
from modtui.services.shipped import shipped
from tests.cli.command import Command
from tests.files.test_policy_json_schema import schema_takes

FIVE_RULES = Path(__file__).parents[1] / "files" / "five_rules.yaml"
HEAD = "schema: modtui/policies/1\ncatalog: {id: t, version: '1', title: T}\n"
TODAY = "2026-11-20"


def test_a_new_catalog_is_good_without_a_warning(modtui: Command, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    modtui.good("policies", "new", "dating.sites", "--into", path, "--owner", "money: desk")
    modtui.good("policies", "check", path, "--strict")
    text = path.read_text()
    assert schema_takes(text)
    schema = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert Path(schema) == shipped("data/policies.schema.json")


def test_what_is_printed_is_a_part_of_a_folder(modtui: Command, tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    folder.mkdir()
    (folder / "0.yaml").write_text(FIVE_RULES.read_text())
    part = modtui.good("policies", "new", "dating.sites").stdout
    (folder / "1.yaml").write_text(part)
    assert schema_takes(part)
    modtui.good("policies", "check", folder)
    modtui.good("policies", "new", "dating.apps", "--into", folder)
    assert (folder / "dating.apps.yaml").exists()
    modtui.good("policies", "check", folder)
    assert modtui("policies", "new", "dating.apps", "--into", folder).exit_code == 1


def test_it_is_added_to_the_shipped_catalog_and_every_other_line_stays(modtui: Command, tmp_path: Path) -> None:
    before = shipped("policies.yaml").read_text(encoding="utf-8")
    path = tmp_path / "policies.yaml"
    path.write_text(before, encoding="utf-8")
    path.chmod(0o640)
    modtui.good("policies", "new", "dating.sites", "--into", path)
    after = path.read_text(encoding="utf-8")
    start = next(at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new)
    assert before[start:] == after[start + len(after) - len(before) :]
    assert path.stat().st_mode & 0o777 == 0o640
    modtui.good("policies", "check", path)


def test_ids_are_refused_that_are_none_or_that_stand_for_another_policy(modtui: Command) -> None:
    assert "The id is taken" in modtui("policies", "new", "alcohol.product").stderr
    assert "Not an id" in modtui("policies", "new", "Dating Sites").stderr


def test_ids_and_keys_of_earlier_versions_are_not_given_again(modtui: Command, tmp_path: Path) -> None:
    modtui.good("import", modtui.file("q.jsonl", [{"id": "a", "creative": {"body": "Bread"}}]))
    other = tmp_path / "other.yaml"
    modtui.good("policies", "new", "dating.sites", "--into", other)
    assert "The id is taken" in modtui("--policies", other, "policies", "new", "food.less_healthy").stderr
    used = {check["key"] for policy in _policies(FIVE_RULES) for check in policy["checks"]}
    entry = modtui.good("--policies", other, "policies", "new", "food.healthy").stdout
    assert not {line.split()[1] for line in entry.splitlines() if line.strip().startswith("key:")} & used


def _policies(path: Path) -> list[dict[str, list[dict[str, str]]]]:
    document = read_catalog_document(path).document
    assert document is not None
    return list(document["policies"])


ids = st.from_regex(r"[a-z][a-z0-9_-]{0,8}(\.[a-z][a-z0-9_-]{0,8}){0,2}", fullmatch=True)
two_letters = st.sets(st.from_regex(r"[a-z]{2}", fullmatch=True))
texts = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)


@given(ids, two_letters, texts, texts)
def test_whatever_it_is_called_it_can_be_read(policy_id: str, keys: set[str], title: str, owner: str) -> None:
    entry = new_entry(policy_id, (), keys, TODAY, title=title, owner=owner)
    text = with_entry(HEAD, entry, "p.yaml")
    reading = read_catalog_document(text)
    assert reading.problems == ()
    assert reading.document is not None
    (policy,) = reading.document["policies"]
    assert (policy["id"], policy["title"], policy["owner"]) == (policy_id, title, owner)
    assert keys.isdisjoint(check["key"] for check in policy["checks"])


@pytest.mark.parametrize(
    ("rest", "follows"),
    [
        ("policies: []\n", None),
        ("policies:\n  - {id: a}\n", ""),
        ("policies:\n  - {id: a}", ""),
        (
            "policies:\n  - {id: a}\n\n# what comes next\nroutes: {legal: Law}\n",
            "\n# what comes next\nroutes: {legal: Law}\n",
        ),
        ("policies:\n- {id: a}\n", None),
        ("routes: {legal: Law}\n", ""),
    ],
)
def test_where_an_entry_is_put(rest: str, follows: str | None) -> None:
    """Behind the last policy, or nowhere when the list is not written as a block indented by two."""
    entry = new_entry("dating.sites", (), (), TODAY)
    if follows is None:
        with pytest.raises(ModtuiError, match="Cannot add to the file"):
            with_entry(HEAD + rest, entry, "p.yaml")
    else:
        assert with_entry(HEAD + rest, entry, "p.yaml").endswith(entry + follows)
