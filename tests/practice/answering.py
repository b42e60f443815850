"""Run as a process: answers a pack as fast as it can, and prints each ad's id once its answer is acknowledged."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.practice.classroom import Class


async def main(folder: str) -> None:
    room = Class(Path(folder))
    with room.workspace("amina") as workspace:
        session = room.session(workspace, Path(folder) / "class.pack")
        await session.start()
        while session.current is not None:
            await session.decide()
            assert session.feedback is not None
            sys.stdout.write(f"{session.feedback.ad}\n")
            sys.stdout.flush()
            await session.go_on()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
