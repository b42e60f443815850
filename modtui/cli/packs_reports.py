"""The report of a class as files: one page, a page for each learner, and three tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modtui.cli.common import say

if TYPE_CHECKING:
    from modtui.services.pack_scoring import Scored


def write_page(path: Path, scored: Scored, *, with_ranks: bool) -> None:
    from modtui.services.class_report import class_page
    from modtui.services.exporting import output_file

    with output_file(str(path)) as out:
        out.write(class_page(scored, with_ranks=with_ranks))
    say(f"The class in {path}.")


def write_cards(folder: Path, scored: Scored) -> None:
    """A page for each learner, named by number: a learner's name is no file name to trust."""
    from modtui.services.class_report import card_page
    from modtui.services.exporting import output_file

    folder.mkdir(parents=True, exist_ok=True)
    for number, sheet in enumerate(scored.sheets, 1):
        plain = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in sheet.learner)[:40]
        with output_file(str(folder / f"{number:03}-{plain}.html")) as out:
            out.write(card_page(scored, sheet))
    say(f"{len(scored.sheets)} report cards in {folder}.")


def write_tables(folder: Path, scored: Scored) -> None:
    from modtui.files.safe_csv import write_csv
    from modtui.services import class_report as report
    from modtui.services.exporting import output_file

    folder.mkdir(parents=True, exist_ok=True)
    for name, columns, rows in (
        ("class.csv", report.CLASS_COLUMNS, report.class_rows(scored)),
        ("ads.csv", report.ITEM_COLUMNS, report.item_rows(scored)),
        ("answers.csv", report.ANSWER_COLUMNS, report.answer_rows(scored)),
    ):
        with output_file(str(folder / name)) as out:
            write_csv(out, columns, rows)
    say(f"class.csv, ads.csv and answers.csv in {folder}.")
