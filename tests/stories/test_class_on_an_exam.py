"""A class of three sits an exam in three workspaces; the trainer scores what comes home, and sees who cheated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modtui.domain.packs import Assist, Feedback, Kind, Settings
from modtui.domain.policies import Answer
from modtui.errors import ModtuiError
from modtui.files.answers_file import read_answers
from modtui.files.pack_file import open_pack
from modtui.services.pack_building import Built, Plan, build_pack, plain_document
from modtui.services.pack_scoring import Scored, keys_for, score
from modtui.services.practice_packs import take_in
from modtui.services.practising import PracticeSession
from modtui.store.times import utc_text
from modtui.store.workspace import Workspace, open_workspace
from tests.services.exam_house import PROMISE, house_choice

NOON = 1_795_348_800_000


class Exam:
    """An exam on its way through a class; the clock goes on by ten seconds whenever it is looked at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NOON
        choice, document = house_choice()
        settings = Settings(
            Kind.EXAM, Feedback.NONE, Assist.NO_CUES, time_limit_s=3600, pauses=1, pass_at=9, retry=False
        )
        self.built: Built = build_pack(folder / "exam.pack", choice, plain_document(document), Plan("Exam", settings))
        self.codes: dict[str, str] = {}

    def clock(self) -> int:
        self.now += 10_000
        return self.now

    @contextmanager
    def workspace(self, name: str) -> Iterator[Workspace]:
        with open_workspace(self.folder / f"{name}.db", NOON) as workspace:
            yield workspace

    def session(self, workspace: Workspace, learner: str, answers: Path | None = None) -> PracticeSession:
        taken = take_in(workspace, self.built.path, utc_text(NOON))
        return PracticeSession(workspace, taken, learner, clock=self.clock, answers_path=answers)

    async def sit(self, learner: str, slips: int = 0, workspace: str = "") -> Path:
        """Answer all ads, the first few of those that promise something as if they did not, and hand in."""
        path = self.folder / f"{workspace or learner}.answers"
        with self.workspace(workspace or learner) as opened:
            session = self.session(opened, learner, path)
            await session.start()
            while not session.is_finished:
                assert session.current is not None
                desk = session.current.desk
                promises = "Lose" in (desk.case.ad.creative.body or "")
                slips -= promises
                desk.answer(PROMISE, Answer.YES if promises and slips < 0 else Answer.NO)
                await session.decide()
            self.codes.setdefault(learner, await session.hand_in())
            await session.close()
        return path

    def score(self, *files: Path) -> Scored:
        pack = open_pack(self.built.path)
        return score(pack, keys_for(pack, self.built.key_file), files, codes=self.codes)


@pytest.fixture
def exam(tmp_path: Path) -> Exam:
    return Exam(tmp_path)


def doubts(scored: Scored, learner: str) -> str:
    return " | ".join(next(card for card in scored.cards if card.learner == learner).doubts)


async def test_a_class_of_three_is_scored_from_what_came_home(exam: Exam) -> None:
    files = [await exam.sit("amina"), await exam.sit("bo", 1), await exam.sit("chloé", 4)]
    scored = exam.score(*files)
    assert {card.learner: (card.right.hits, card.passed) for card in scored.cards} == {
        "amina": (10, True), "bo": (9, True), "chloé": (6, False),
    }  # fmt: skip
    assert [doubts(scored, name) for name in ("amina", "bo", "chloé")] == ["", "", ""]
    assert all(item.people == 3 for item in scored.items)
    assert scored.refused == ()
    worst = next(card for card in scored.cards if card.learner == "chloé")
    assert worst.errors == {"false alarm": 0, "miss": 4, "wrong selection": 0}


async def test_nobody_cheats_unseen(exam: Exam) -> None:
    honest = await exam.sit("amina")

    # Bo changes an answer in the file.
    bo = await exam.sit("bo", 4)
    bo.write_bytes(bo.read_bytes().replace(b'"yes"', b'"no"', 1))
    # Chloé sits it again in a second workspace, and hands in the better one as if it were the first.
    await exam.sit("chloé", 4)
    second = await exam.sit("chloé", 0, "elsewhere")
    # Dina hands in Amina's file under her own name.
    copied = exam.folder / "dina.answers"
    copied.write_bytes(honest.read_bytes().replace(b'"learner":"amina"', b'"learner":"dina"'))
    scored = exam.score(honest, bo, second, copied)
    assert doubts(scored, "amina") == ""
    assert "another one was told" in doubts(scored, "chloé")
    assert len(scored.refused) == 2
    assert "bo.answers: line" in scored.refused[0][1]
    assert "dina.answers: line 1" in scored.refused[1][1]


async def test_an_answer_changed_in_the_workspace_is_not_handed_in(exam: Exam) -> None:
    with exam.workspace("amina") as workspace:
        session = exam.session(workspace, "amina", exam.folder / "amina.answers")
        await session.start()
        await session.decide()
        await session.close()
    raw = (exam.folder / "amina.db").read_bytes()
    changed = raw.replace(b'"outcome":"approve"', b'"outcome":"rejects"')
    assert changed != raw
    (exam.folder / "amina.db").write_bytes(changed)
    with exam.workspace("amina") as workspace:
        session = exam.session(workspace, "amina", exam.folder / "amina.answers")
        with pytest.raises(ModtuiError):
            await session.start()
            session.write_answers()


async def test_a_changed_pack_is_not_sat_and_its_answers_are_not_scored(exam: Exam) -> None:
    kept = exam.built.path.read_bytes()
    exam.built.path.write_bytes(kept.replace(b"Lose 10 kg", b"Lost 10 kg", 1))
    with exam.workspace("bo") as workspace, pytest.raises(ModtuiError, match=r"ads\.jsonl"):
        exam.session(workspace, "bo")
    exam.built.path.write_bytes(kept)
    (exam.folder / "again").mkdir()
    other = Exam(exam.folder / "again")
    assert "answers another pack" in exam.score(await exam.sit("amina"), await other.sit("bo")).refused[0][1]


async def test_who_leaves_more_often_than_is_allowed_gets_no_more_time_for_it(exam: Exam) -> None:
    for _ in range(2):
        with exam.workspace("bo") as workspace:
            session = exam.session(workspace, "bo")
            await session.start()
            await session.decide()
            await session.close()
    path = await exam.sit("bo")
    answers, _ = read_answers(path)
    assert (len(answers.attempts), len(answers.pauses)) == (10, 1)
    assert doubts(exam.score(path), "bo") == ""
