"""Opening a drill: the catalog's examples and the packs that open, what is due, and the ads for it."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from modtui.errors import ModtuiError
from modtui.services.clock import Clock, wall_clock
from modtui.services.drill_planning import drill_packs, plan_drill, postpone
from modtui.services.drilling import DrillSession
from modtui.services.practice_examples import examples_pack
from modtui.store.times import utc_text
from modtui.store.workspace import Workspace


class DrillOpening(Struct):
    """Opens drills for one learner; `remarks` says what stood in the way of the last one."""

    workspace: Workspace
    policies: Path
    learner: str
    class_code: str = ""
    clock: Clock = wall_clock
    remarks: tuple[str, ...] = ()

    def session(self, *, pairs_only: bool = False) -> DrillSession | None:
        """A session over what is due; None when nothing is, or no pack has an ad for it. Raises ModtuiError."""
        now_ms = self.clock()
        remarks: list[str] = []
        banks: set[str] = set()
        try:
            examples = examples_pack(self.workspace, self.policies, utc_text(now_ms))
            examples.pack.close()
            banks.add(examples.row.hash)
        except ModtuiError as error:  # a catalog may have none; packs are enough
            remarks.append(f"Without the catalog's examples: {error.title.lower()}")
        opened, refused = drill_packs(self.workspace, self.class_code)
        exercises, missing = plan_drill(
            self.workspace, opened, self.learner, now_ms, pairs_only=pairs_only, banks=banks
        )
        remarks += [f"Left out: {words}" for words in refused]
        if missing and not refused:
            postpone(self.workspace, self.learner, missing, now_ms)
            remarks.append(f"No pack has an ad for {', '.join(missing)}: put off until tomorrow.")
        self.remarks = tuple(remarks)
        return DrillSession(self.workspace, opened, exercises, self.learner, clock=self.clock) if exercises else None
