"""Which findings an answer is judged by: what somebody answered yes, and what facts say that does something here."""

from __future__ import annotations

from modtui.domain.policies import Answer
from modtui.domain.rulings import Answers, Ruling


def counted_findings(ruling: Ruling, answers: Answers) -> tuple[str, ...]:
    """The findings in catalog order, without those of facts that touch no cell: nobody answered them, and they say
    nothing of this ad."""
    touching = {cause.check_id for cell in ruling.cells for cause in cell.causes}
    return tuple(
        check_id for check_id in ruling.findings if check_id in touching or answers.get(check_id) is Answer.YES
    )


def deciding_check(ruling: Ruling, answers: Answers) -> str:
    """The check that decides: of the strongest cell, else the first finding; empty where there is none."""
    deciding = ruling.deciding
    return deciding.check_id if deciding else next(iter(counted_findings(ruling, answers)), "")
