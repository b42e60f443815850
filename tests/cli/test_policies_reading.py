"""`modtui policies show`, `search` and `diff`: what is printed, in which version, and what wrong names get."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.services.shift import CATALOG, plain_ad

SELLS = "alcohol.product/sells"


def changed_copy(folder: Path, *words: tuple[str, str]) -> Path:
    text = CATALOG.read_text(encoding="utf-8")
    for old, new in words:
        assert old in text
        text = text.replace(old, new)
    path = folder / "changed.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_policy_is_shown_with_its_checks_rows_examples_and_replies(modtui: Command) -> None:
    lines = modtui.good("policies", "show", "alcohol.product").stdout.splitlines()
    assert lines[0] == "Alcoholic drinks  (alcohol.product)"
    shown = "\n".join(lines)
    for words in (
        "Alcohol is for adults, where it may be advertised at all.",
        f"al  Does the ad sell or show an alcoholic drink, a bar or a drinks brand?  (medium, {SELLS})",
        "    everywhere else: allowed from age 18  [platform, verified]",
        "    US: allowed from age 25  [platform, verified]",
        "    US: allowed from age 21, with an audience at least 73.8% 21+  [code, second hand]",
        "    SA: prohibited  [law, second hand, Alcohol may not be advertised]",
        "    asked when al is yes",
        "example, limited: wine shop, adults, FR + SA",
        "reply en: Please change your ad: {fix}",
        "DSA: STATEMENT_CATEGORY_OTHER_VIOLATION_TC KEYWORD_AGE_SPECIFIC_RESTRICTIONS",
    ):
        assert words in shown, shown


def test_a_check_is_named_by_its_letters_its_id_or_a_need_of_it(modtui: Command) -> None:
    shown = modtui.good("policies", "show", "al").stdout
    assert "minor-appeal" not in shown.replace("answers", "")
    assert modtui.good("policies", "show", SELLS.upper()).stdout == shown
    assert modtui.good("policies", "show", f"{SELLS}/audience_share@US").stdout == shown


def test_a_market_shows_the_rows_that_hold_there_alike_ones_together(modtui: Command) -> None:
    data = modtui.json("policies", "show", "al", "--market", "sa", "--market", "FR,DE", "--as-of", "2026-11-20")
    rows = data["checks"][0]["rows"]
    assert [(row["markets"], row["words"], row["basis"], row["mark"]) for row in rows] == [
        (["SA"], "prohibited", "law", "S"),
        (["FR", "DE"], "allowed from age 18", "platform", "V"),
    ]
    assert "FR, DE: allowed from age 18" in modtui.good("policies", "show", "al", "--market", "FR,DE").stdout


def test_rows_that_do_not_bind_yet_say_so(modtui: Command) -> None:
    before = modtui.json("policies", "show", "fh", "--market", "GB", "--as-of", "2026-01-01")["checks"][0]["rows"]
    after = modtui.json("policies", "show", "fh", "--market", "GB", "--as-of", "2026-01-05")["checks"][0]["rows"]
    assert {row["words"].partition(",")[0]: row["binds"] for row in before}["prohibited"] is False
    assert {row["words"].partition(",")[0]: row["binds"] for row in after}["prohibited"] is True
    shown = modtui.good("policies", "show", "fh", "--as-of", "2026-01-01").stdout
    assert "from 2026-01-05  [law, verified]  informs only" in shown


def test_unreviewed_replies_owners_and_review_dates_are_shown(modtui: Command, tmp_path: Path) -> None:
    path = changed_copy(
        tmp_path,
        (
            "    dsa: {category",
            "    owner: drinks desk\n    review_by: 2027-03-01\n    reply_unreviewed: [fr]\n    dsa: {category",
        ),
        ("SA: {effect: prohibited, basis: law,", "SA: {effect: prohibited, basis: law, owner: gulf desk,"),
    )
    shown = modtui.good("policies", "show", "alcohol.product", "--catalog-version", path).stdout
    assert "owner drinks desk · review by 2027-03-01" in shown
    assert "        owner gulf desk, review by 2027-03-01" in shown
    assert "reply fr (unreviewed): " in shown and "reply en: " in shown


def test_the_clause_of_an_old_decision_is_shown_from_the_version_it_was_made_under(
    modtui: Command, tmp_path: Path
) -> None:
    modtui.good("import", modtui.file("eu.jsonl", [plain_ad("a")]))
    modtui.good("review", "eu", "--plain", stdin="q\n")
    new = changed_copy(tmp_path, ("version: 2026.11.1", "version: 2026.12.1"), ("min_age: 25", "min_age: 30"))
    modtui.good("review", "eu", "--plain", "--policies", new, stdin="q\n")

    def words(*args: str | Path) -> str:
        return str(modtui.json("policies", "show", "al", "--market", "US", *args)["checks"][0]["rows"][0]["words"])

    assert words("--catalog-version", "2026.11.1") == "allowed from age 25"
    assert words("--catalog-version", "2026.12.1") == "allowed from age 30"
    digest = modtui.json("policies", "show", "al", "--catalog-version", "2026.11.1")["catalog"]["hash"]
    assert words("--catalog-version", digest[:12]) == "allowed from age 25"
    found = modtui.good("policies", "diff", "2026.11.1", "2026.12.1")
    assert found.stdout.splitlines() == [
        "Alcoholic drinks (alcohol.product)",
        f"  + {SELLS}, US: allowed from age 25 -> allowed from age 30 (platform)  [tightened]",
    ]
    assert found.stderr == "2026.11.1 -> 2026.12.1: 1 tightened.\n"


def test_of_several_catalogs_under_one_version_the_last_is_taken_and_that_is_said(
    modtui: Command, tmp_path: Path
) -> None:
    modtui.good("import", modtui.file("eu.jsonl", [plain_ad("a")]))
    modtui.good("review", "eu", "--plain", stdin="q\n")
    new = changed_copy(tmp_path, ("min_age: 25", "min_age: 30"))
    modtui.good("review", "eu", "--plain", "--policies", new, stdin="q\n")
    found = modtui.good("policies", "show", "al", "--market", "US", "--catalog-version", "2026.11.1")
    assert "allowed from age 30" in found.stdout
    assert found.stderr.startswith("2 catalogs were used as 2026.11.1: this is the last, ")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("show", "alcohol.produkt"), "Did you mean 'alcohol.product'?"),
        (("show", "qq"), "'qq' is not in version 2026.11.1."),
        (("show", "al", "--market", "ATLANTIS"), "'ATLANTIS' is no market and no group."),
        (("show", "al", "--catalog-version", "2025.1.1"), "'2025.1.1' is no file or folder, and no version."),
        (("diff", "nowhere.yaml", "2026.11.1"), "'nowhere.yaml' is no file or folder, and no version."),
    ],
)
def test_wrong_names_end_with_1_and_a_hint(modtui: Command, args: tuple[str, ...], words: str) -> None:
    result = modtui("policies", *args)
    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr
    assert modtui("policies", "show", "al", "--as-of", "soon").exit_code == 2


def test_search_names_where_each_find_matched(modtui: Command) -> None:
    result = modtui.good("policies", "search", "alcoholic", "drinks")
    assert result.stdout.splitlines()[0].split() == ["alcohol.product", "title:", "Alcoholic", "drinks"]
    assert result.stderr == "2 finds.\n"
    hits = modtui.json("policies", "search", "catroon")["hits"]
    assert hits[0]["check_id"] == "alcohol.product/minor-appeal"
    start, end = hits[0]["spans"][0]
    assert hits[0]["snippet"][start:end] == "cartoon"
    assert "Would a child or teenager" in modtui.good("policies", "search", "am", "--limit", "1").stdout


def test_nothing_found_is_said_and_is_no_error(modtui: Command) -> None:
    result = modtui.good("policies", "search", "qzxqzx")
    assert result.stdout == ""
    assert result.stderr == "Nothing in version 2026.11.1 is found.\n"
    assert modtui("policies", "search").exit_code == 2


def test_diff_groups_by_policy_and_keeps_words_apart(modtui: Command, tmp_path: Path) -> None:
    new = changed_copy(
        tmp_path,
        ("title: Alcoholic drinks", "title: Beer, wine and spirits"),
        ("IT: {effect: prohibited, basis: law}", "IT: {min_age: 18, basis: law}"),
        ("legal: Questions of law", "legal: What the law says"),
    )
    result = modtui.good("policies", "diff", CATALOG, new)
    assert result.stdout.splitlines() == [
        "The catalog",
        "  ~ catalog: route legal “Questions of law” -> “What the law says”",
        "",
        "Gambling for money (gambling.real_money)",
        "  - gambling.real_money/offers, IT: prohibited -> allowed from age 18 (law)  [loosened]",
        "",
        "Words only",
        "Beer, wine and spirits (alcohol.product)",
        "    alcohol.product: renamed “Alcoholic drinks” -> “Beer, wine and spirits”",
    ]
    assert result.stderr == "2026.11.1 -> 2026.11.1: 1 loosened, 1 changed, 1 editorial.\n"
    data = modtui.json("policies", "diff", CATALOG, new, "--only", "meaning", "--policy", "gambling")
    assert data["counts"] == {"tightened": 0, "loosened": 1, "changed": 0, "editorial": 0}
    assert [(each["place"], each["kind"]) for each in data["changes"]] == [("gambling.real_money/offers, IT", "effect")]
    assert data["is_editorial"] is False
    assert modtui.good("policies", "diff", CATALOG, CATALOG).stderr.endswith(": nothing is different.\n")


def test_hidden_characters_of_a_catalog_are_marked(modtui: Command, tmp_path: Path) -> None:
    new = changed_copy(tmp_path, ("title: Alcoholic drinks", 'title: "Alcoholic \\u202e drinks"'))
    for args in (("show", "alcohol.product", "--catalog-version", new), ("diff", CATALOG, new)):
        shown = modtui.good("policies", *args).stdout
        assert "\u202e" not in shown and "⟦RLO⟧" in shown
    assert "⟦RLO⟧" in modtui.good("policies", "search", "alcoholic", "--catalog-version", new).stdout
