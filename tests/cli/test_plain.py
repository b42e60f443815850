"""`modtui review --plain`: the same work line by line, as somebody with a screen reader does it."""

from __future__ import annotations

import asyncio
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from modtui.cli.plain import PlainReviewer
from modtui.services.clock import wall_clock
from modtui.store.event_log import EventLog
from modtui.store.times import utc_ms, utc_text
from modtui.store.workspace import open_workspace
from tests.cli.command import Command
from tests.hostile.corpus import hostile_texts
from tests.services.room import Room, ad, room_at
from tests.services.shift import plain_ad

CASINO = {"headline": "Casino night", "body": "Win the jackpot."}


@pytest.fixture
def queue(modtui: Command) -> Command:
    """Three plain ads and, last, one that lights a check."""
    ads = [plain_ad(name) for name in "abc"]
    modtui.good("import", modtui.file("eu.jsonl", [*ads, plain_ad("d", creative=CASINO, markets=["ES", "IT"])]))
    return modtui


def review(queue: Command, *typed: str) -> str:
    """Type lines, then q; what was written."""
    return queue.good("review", "eu", "--plain", stdin="\n".join([*typed, "q"]) + "\n").stdout


def records(queue: Command) -> list[dict[str, Any]]:
    return [json.loads(line) for line in queue.good("export", "jsonl").stdout.splitlines()]


def outcomes(queue: Command) -> list[tuple[str, str]]:
    """Ad and outcome of every standing decision."""
    return [
        (record["subject"]["ad_id"], record["body"]["outcome"])
        for record in records(queue)
        if record["kind"] == "decision" and record["standing"]
    ]


def test_an_ad_is_read_out_with_what_enter_does(queue: Command) -> None:
    said = review(queue)
    for words in (
        "AD a from eu: Offer a",
        "ADVERTISER Bakery (?)",
        "MARKETS FR",
        "BODY: Fresh bread",
        "Enter: APPROVE",
    ):
        assert words in said
    assert outcomes(queue) == []


def test_what_an_ad_hides_is_read_out(modtui: Command) -> None:
    page = {"url": "https://a.example", "text": "59,90 €/mois", "captured_at": "2026-11-20T04:00:00Z"}
    creative = {"headline": "9,99 €", "body": "log in at p\u0430ypal"}
    modtui.good("import", modtui.file("eu.jsonl", [plain_ad("a", creative=creative, landing_page=page)]))
    said = review(modtui)
    assert "SIGNAL body 10-16: mixed scripts: paypal (Cyrillic in a Latin word)" in said
    assert "SIGNAL page.text 0-12: price differs from page: 9,99 € ≠ 59,90 €/mois" in said
    assert "PAGE captured" in said


def test_an_empty_line_decides_as_the_ruling_says(queue: Command) -> None:
    said = review(queue, "", "")
    assert "a: approve" in said and "AD c from eu" in said
    assert outcomes(queue) == [("a", "approve"), ("b", "approve")]


def test_a_lit_check_is_answered_by_digit_and_the_ruling_follows(queue: Command) -> None:
    said = review(queue, "", "", "", "1", "w", "", "3n 4n", "")
    assert re.search(r"1 gm \[open\] Does it offer a game for money.*lit by", said)
    assert "1 gm [yes]" in said
    # What the answer leads to is read out with it, and asked for before an approval.
    assert "\n  3 gm·certificate [open] Is a valid gambling certificate for ES missing?" in said
    assert "2 required checks are open: 3 4" in said
    assert re.search(r"IT.*: cut gm", said)
    decided = records(queue)[-1]
    assert decided["subject"]["ad_id"] == "d" and "gambling.real_money/offers" in decided["body"]["answers"]


def test_an_approval_waits_for_what_is_lit(queue: Command) -> None:
    said = review(queue, "", "", "", "a")
    assert outcomes(queue) == [("a", "approve"), ("b", "approve"), ("c", "approve")]
    assert "1" in said.splitlines()[-2]
    review(queue, "1n a")
    assert outcomes(queue)[-1] == ("d", "approve")


def test_several_answers_stand_on_one_line_before_the_deciding_word(queue: Command) -> None:
    review(queue, "gm r", "aln N a")
    assert outcomes(queue) == [("a", "reject"), ("b", "approve")]


def test_a_rejection_needs_a_check_and_an_override_a_reason(queue: Command) -> None:
    said = review(queue, "r", "gm", "a", "6 satire of a poster")
    assert "Name the check it fails first" in said
    assert "The ruling says REJECT gm. Why APPROVE?" in said
    record = records(queue)[0]
    assert record["body"]["outcome"] == "approve"
    assert record["body"]["override"]["note"] == "satire of a poster"


def test_no_reason_means_nothing_is_decided(queue: Command) -> None:
    said = review(queue, "gm", "a", "", "a", "99")
    assert said.count("Nothing decided.") == 2
    assert outcomes(queue) == []


def test_undo_and_redo_also_past_the_last_ad(queue: Command) -> None:
    said = review(queue, "", "", "", "1n", "", "u")
    assert "The queue is empty. u takes the last decision back, q quits." in said
    assert "undone: d, approve" in said
    assert outcomes(queue) == [("a", "approve"), ("b", "approve"), ("c", "approve")]
    review(queue, "U")
    assert outcomes(queue)[-1] == ("d", "approve")


def test_nothing_to_undo_is_said(queue: Command) -> None:
    assert "nothing to undo" in review(queue, "u")


def test_hold_and_skip_ask_for_a_reason(queue: Command) -> None:
    said = review(queue, "h", "h 3", "s", "s 2", "")
    assert "Which reason? h 1 asked a colleague" in said and "s 2 conflict of interest" in said
    assert "a held until" in said and "b given back: conflict of interest" in said
    assert outcomes(queue) == [("c", "approve")]
    assert queue.json("queues")["queues"][0]["held"] == 1


def italian(modtui: Command, *ads: tuple[str, str]) -> None:
    """Bring casino ads by id and headline; Italy forbids them."""
    made = [
        plain_ad(name, creative={**CASINO, "headline": headline}, markets=["IT"], audience={"min_age": 21 + n})
        for n, (name, headline) in enumerate(ads)
    ]
    modtui.good("import", modtui.file("eu.jsonl", made))


def test_a_new_version_says_what_was_asked_and_what_stood_there(modtui: Command) -> None:
    italian(modtui, ("d", "Casino night"))
    assert "d: reject gm" in review(modtui, "gm", "")
    italian(modtui, ("d", "Tea evening"))
    said = review(modtui)
    assert "BEFORE reject gambling.real_money/offers; changed: headline\n" in said
    assert "WAS HEADLINE: Casino night\n" in said and "\nHEADLINE: Tea evening\n" in said
    assert re.search(r"^ASKED .+ \[changed\]$", said, re.MULTILINE)


def test_answers_of_the_last_ad_and_of_the_last_version_are_filled_in(modtui: Command) -> None:
    italian(modtui, ("d", "Casino night"))
    said = review(modtui, ".", "P", "gm", "")
    assert said.count("nothing to take over") == 2
    italian(modtui, ("e", "Casino evening"), ("d", "Casino night"))
    said = review(modtui, "P", "", ".", "")
    assert said.count("1 answer filled in") == 2
    assert outcomes(modtui) == [("d", "reject"), ("d", "reject"), ("e", "reject")]


def test_an_ad_is_held_as_long_as_its_reason_says(queue: Command) -> None:
    review(queue, "h 2", "h 4")
    every = [json.loads(line) for line in queue.good("export", "jsonl").stdout.splitlines()]
    assert every == [], "holds are no decisions"
    with open_workspace(queue.workspace, wall_clock()) as workspace:
        holds = [event for _, event in EventLog().read(workspace.reader, ["hold"])]
    minutes = [round((utc_ms(each.body["until"]) or 0) - (utc_ms(each.at) or 0), -4) / 60_000 for each in holds]
    assert minutes == [24 * 60, 15]


class Slowly(io.StringIO):
    """Lines that are typed 20 minutes apart; a claim lasts 30."""

    def __init__(self, room: Room, lines: str) -> None:
        super().__init__(lines)
        self.room = room
        self.lapsed: list[bool] = []

    def readline(self, size: int = -1) -> str:  # type: ignore[override]
        self.room.workspace.writer.call(lambda _: None)  # what the line before had written is there
        until = self.room.workspace.reader.execute("SELECT min(until) FROM claims").fetchone()[0]
        self.room.now += 20 * 60_000
        self.lapsed.append(until < utc_text(self.room.now))
        return super().readline(size)


def test_lines_keep_the_claim_alive_as_keys_do(tmp_path: Path) -> None:
    with room_at(tmp_path) as room:
        room.bring(ad("a"), ad("b"))
        typing = Slowly(room, "w\nw\nw\nq\n")
        asyncio.run(PlainReviewer(room.session(), typing, io.StringIO()).run())
        assert typing.lapsed == [False] * 4


def test_an_escalation_goes_to_a_route_with_its_question(queue: Command) -> None:
    said = review(queue, "e", "e nowhere ?", "e legal May bread be advertised?")
    assert said.count("To whom? e legal | market QUESTION") == 2
    assert queue.json("queues")["queues"][0]["escalated_by_route"] == {"legal": 1}
    answered = queue.good("--reviewer", "counsel", "review", "--route", "legal", "--plain", stdin="\nq\n").stdout
    assert "QUESTION May bread be advertised?" in answered
    assert queue.json("queues")["queues"][0]["escalated"] == 0


def test_a_document_is_asked_for(queue: Command) -> None:
    said = review(queue, "d Proof of the claim", "")
    assert "Enter: ASK FOR DOCUMENT" in said
    assert outcomes(queue) == [("a", "request_info")]
    assert records(queue)[0]["body"]["documents"] == ["Proof of the claim"]


def test_a_comment_is_kept_and_taken_away(queue: Command) -> None:
    review(queue, "c seen twice", "", "c x", "c", "")
    assert [record["body"]["note"] for record in records(queue)] == ["seen twice", ""]


def test_what_is_no_command_changes_nothing(queue: Command) -> None:
    said = review(queue, "xyz", "0", "17", "1q", "gmx", "approve", "\x1b[A", "?")
    assert outcomes(queue) == []
    assert "is no check and no command" in said and "decide as the ruling says" in said
    assert "\x1b" not in said


def test_the_end_of_the_input_ends_the_session_and_gives_the_ads_back(queue: Command) -> None:
    result = queue("review", "eu", "--plain", stdin="")
    assert result.exit_code == 0
    assert queue.json("queues")["queues"][0]["in_review"] == 0


def test_a_draft_is_there_again_after_quitting(queue: Command) -> None:
    review(queue, "gm", "c half way")
    assert "1 gm [yes]" in review(queue) or "gm [yes]" in review(queue)


def test_a_file_is_imported_and_reviewed_in_one_go(modtui: Command) -> None:
    path = modtui.file("fresh.jsonl", [plain_ad("a"), plain_ad("b")])
    assert "AD a from fresh" in modtui.good("review", path, "--plain", stdin="\nq\n").stdout
    assert outcomes(modtui) == [("a", "approve")]


def test_a_file_of_rejected_rows_is_no_empty_queue(modtui: Command) -> None:
    path = modtui.folder / "cut.jsonl"
    path.write_text('{"id": "a", "creati', encoding="utf-8")
    said = modtui("review", path, "--plain", stdin="q\n").stderr
    assert "imported 1 row, 1 rejected, kept with the reasons in cut.rejects.jsonl" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such"], "There are no queues yet"),
        (["--plain"], "Name a queue"),
        (["--route", "leagl"], "The routes are "),
    ],
)
def test_what_cannot_be_reviewed_is_said(modtui: Command, arguments: list[str], words: str) -> None:
    result = modtui("review", *arguments, "--plain")
    assert result.exit_code == 1 and words in result.stderr


def test_hostile_ads_are_read_out_revealed(modtui: Command) -> None:
    texts = [text or "-" for _, _, text in hostile_texts()]
    ads = [
        plain_ad(
            f"h{n}", advertiser={"name": text[:200]}, industry=text[:50], creative={"headline": text, "body": text}
        )
        for n, text in enumerate(texts)
    ]
    counts = modtui.json("import", modtui.file("eu.jsonl", ads))
    said = modtui.good("review", "eu", "--plain", stdin="s 4\n" * len(ads) + "q\n").stdout
    assert said.count("\nAD ") == counts["new"] > 300
    assert not set(said) & set("\x1b\x07\x9b\x00\u202e\u2066\u2028")
    assert modtui.json("queues")["queues"][0]["decided"] == 0
