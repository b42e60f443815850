"""Strict YAML: everything is text with a place, and bombs end in words."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.files import strict_yaml
from modtui.files.strict_yaml import MAX_DEPTH, MappingNode, Problem, ScalarNode, SequenceNode, load_tree, plain

REALDATA = Path(os.environ.get("MODTUI_REALDATA", Path(__file__).parents[2] / ".." / "shared" / "realdata"))


def problems_of(source: str | bytes) -> list[str]:
    return [str(problem) for problem in load_tree(source, "f.yaml")[1]]


def value_of(source: str | bytes) -> object:
    tree, problems = load_tree(source, "f.yaml")
    assert problems == []
    return plain(tree)


def test_every_scalar_is_text() -> None:
    source = "NO: on\nv: 1.10\nt: 08:30\nn: 014\nd: 2026-01-05\ny: yes\nh: 0x1F\nf: 1e3\nsexagesimal: 1:30\nnan: .nan\n"
    assert value_of(source) == {
        "NO": "on", "v": "1.10", "t": "08:30", "n": "014", "d": "2026-01-05", "y": "yes",
        "h": "0x1F", "f": "1e3", "sexagesimal": "1:30", "nan": ".nan",
    }  # fmt: skip


def test_no_value_is_none_and_a_quoted_null_is_text() -> None:
    assert value_of("a:\nb: ~\nc: null\nd: 'null'\ne: ''\nf: \"~\"\n") == {
        "a": None, "b": None, "c": None, "d": "null", "e": "", "f": "~",
    }  # fmt: skip


def test_nodes_know_line_and_column() -> None:
    tree, _ = load_tree("a: 1\nlist:\n  - x\n  - {k: v}\n", "f.yaml")
    assert isinstance(tree, MappingNode)
    items = tree.get("list")
    assert isinstance(items, SequenceNode)
    assert tree.entries["list"][0] == ScalarNode(2, 1, "list")
    assert items.items[0] == ScalarNode(3, 5, "x")
    assert isinstance(items.items[1], MappingNode)
    assert items.items[1].entries["k"] == (ScalarNode(4, 6, "k"), ScalarNode(4, 9, "v"))
    assert tree.get("absent") is None


def test_all_mistakes_are_reported_at_once_with_their_places() -> None:
    source = (
        'a: &x 1\nb: *x\nc: !!int 3\nd:\n  - k: 1\n    k: 2\n    <<: {q: 1}\ne: "\\x1b]52;c;x"\n? [f, g]\n: h\n"": i\n'
    )
    assert problems_of(source) == [
        "f.yaml:1:4: a: anchor '&x' is not allowed: write it out",
        "f.yaml:2:4: b: alias '*x' is not allowed: write it out",
        "f.yaml:3:4: c: tag 'tag:yaml.org,2002:int' is not allowed: every value is text",
        "f.yaml:6:5: d[0]: key 'k' stands here twice, first in line 5",
        "f.yaml:7:5: d[0]: merge keys ('<<') are not allowed: write it out",
        "f.yaml:8:4: e: a text may not hold the control character U+001B",
        "f.yaml:9:3: a key must be a text",
        "f.yaml:11:1: a key may not be empty",
    ]
    tree, _ = load_tree(source, "f.yaml")
    assert plain(tree) == {"a": "1", "b": None, "c": "3", "d": [{"k": "1"}], "e": "\ufffd]52;c;x"}


def test_a_syntax_error_comes_with_what_stood_before_it() -> None:
    tree, problems = load_tree("a: &x 1\nb: [1, 2\nc: 3\n", "f.yaml")
    assert tree is None
    assert [(problem.line, problem.message.partition(":")[0]) for problem in problems] == [
        (1, "anchor '&x' is not allowed"),
        (3, "this is no YAML"),
    ]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"\xff\xfea\x00", "f.yaml:1:1: the file is UTF-16 or UTF-32: save it as UTF-8"),
        ("a: b".encode("utf-16-le"), "f.yaml:1:1: the file is UTF-16 or UTF-32: save it as UTF-8"),
        ("a: b".encode("utf-32"), "f.yaml:1:1: the file is UTF-16 or UTF-32: save it as UTF-8"),
        (
            "x: ä\nname: café\n".encode()[:-3] + b"\xe9\n",
            "f.yaml:2:10: byte 0xE9 is not UTF-8: save the file as UTF-8 (it may be Latin-1 or Windows-1252)",
        ),
        (b"", "f.yaml:1:1: the file is empty"),
        (b"# only a comment\n", "f.yaml:1:1: the file is empty"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document: a file holds one, without '---' after its start"),
        ("a: 1\nb: x\x1by\n", "f.yaml:2:5: the character U+001B may not stand in a file"),
        ("a: 1\nb: x\u2028y\n", "f.yaml:2:5: the character U+2028 may not stand in a file"),
        ("a: \ud800\n", "f.yaml:1:4: the character U+D800 may not stand in a file"),
    ],
)
def test_what_is_not_one_document_of_utf8_is_refused(source: str | bytes, words: str) -> None:
    assert problems_of(source) == [words]


def test_a_byte_order_mark_and_windows_line_ends_are_welcome() -> None:
    assert value_of(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n  y\r\n") == {"a": "1", "b": "x\ny\n"}
    assert value_of("\ufeff---\na: 1\n") == {"a": "1"}


def test_depth_is_allowed_to_its_limit() -> None:
    assert value_of("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None
    assert problems_of("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == [
        f"f.yaml:1:{MAX_DEPTH + 1}: {'[0]' * MAX_DEPTH}: nested deeper than {MAX_DEPTH}"
    ]


MERGE_BOMB = "a0: &a0 {k: v}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 30)
)
BOMBS = {
    "flow sequences": "[" * 200_000,
    "flow mappings": "{" * 200_000,
    "flow mappings with keys": "{a: " * 100_000,
    "block sequences": "- " * 200_000,
    "question marks": "? " * 200_000,
    "explicit keys in flow": "[? " * 100_000,
    "tags": "!!x " * 50_000,
    "anchors": "".join(f"- &a{n} 1\n" for n in range(50_000)),
    "aliases": "a: &a [x]\nb: [" + "*a, " * 200_000 + "]",
    "merges": MERGE_BOMB,
    "duplicates": "a: 1\n" * 300_000,
    "many values": "[" + "a," * 2_000_000 + "]",
    "long keys twice": f"? {'k' * 500_000}\n: 1\n" * 10,
    "empty keys": "? \n" * 300_000,
    "control characters": "a: \x1b\n" * 300_000,
    "escapes": 'a: "' + "\\x1b" * 500_000 + '"',
    "large": "#" * (strict_yaml.MAX_BYTES + 1),
    "long key": "a" * 3_000_000 + ": b",
    "long plain": "a: " + "b " * 2_000_000,
    "unclosed quote": 'a: "' + "b\n" * 1_000_000,
    "documents": "--- a\n" * 300_000,
    "directives": "%FOO bar\n" * 300_000 + "--- a\n",
    "tag directives": "".join(f"%TAG !{n}! x\n" for n in range(3000)) + "--- a\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_soon_in_problems_or_a_tree(name: str) -> None:
    tree, problems = load_tree(BOMBS[name], "bomb.yaml")
    assert tree is not None or problems
    assert len(problems) <= strict_yaml.MAX_PROBLEMS + 1
    assert sum(len(str(problem)) for problem in problems) < 1_000_000


@given(st.one_of(st.text(), st.binary(), st.text(alphabet="a:- \n\t[]{},&*!|>'\"%@`?#<~\\\x1b\ud800")))
@settings(max_examples=400, deadline=None)
def test_any_input_gives_a_tree_or_problems(source: str | bytes) -> None:
    tree, problems = load_tree(source, "f.yaml")
    assert tree is not None or problems
    assert all(isinstance(problem, Problem) and problem.line >= 1 and problem.column >= 1 for problem in problems)


TEXT = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029")
)
DATA = st.recursive(
    TEXT, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT.filter(bool), inner, max_size=4)
)


@given(DATA)
@settings(max_examples=200, deadline=None)
def test_what_yaml_writes_of_text_is_read_back(data: object) -> None:
    import yaml

    written = yaml.dump(data, Dumper=_NoAliases, allow_unicode=True, default_style='"', sort_keys=False)
    if isinstance(data, str):
        written = written.replace("\ufeff", "\\uFEFF")
    assert value_of(written.encode()) == data


def _dumper() -> type:
    import yaml

    class NoAliases(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    return NoAliases


_NoAliases = _dumper()


@pytest.mark.skipif(not (REALDATA / "edge/yaml").exists(), reason="the real data is not here")
def test_the_yaml_test_suite_never_raises() -> None:
    trees = 0
    with tarfile.open(REALDATA / "edge/yaml/yaml-test-suite-data.tar.gz") as archive:
        for member in archive:
            if member.name.endswith("/in.yaml"):
                handle = archive.extractfile(member)
                assert handle is not None
                tree, problems = load_tree(handle.read(), member.name)
                assert tree is not None or problems
                trees += tree is not None and not problems
    assert trees > 100


@pytest.mark.skipif(not (REALDATA / "policy").exists(), reason="the real data is not here")
def test_a_large_real_file_loads() -> None:
    path = REALDATA / "policy/crypto-scam-list/urls.yaml"
    tree, problems = load_tree(path.read_bytes(), path.name)
    assert problems == []
    assert isinstance(tree, SequenceNode)
    assert len(tree.items) > 4000
