"""A signal wakes the loop, whichever thread the kernel hands it to.

Python runs signal handlers on the main thread, but the kernel may give a signal to any thread: to another one when the
main thread was stopped, or has a signal of that kind before it. Nothing then tells a main thread that waits for input
that there is something to run, and it runs it when the next key arrives. So each signal also writes a byte that the
loop reads (https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd).
"""

from __future__ import annotations

import asyncio
import os
import signal


def wake_at_signals(loop: asyncio.AbstractEventLoop) -> None:
    """Have the loop wake at each signal that Python handles, from now to the end of the process; on the main thread."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    loop.add_reader(reading, os.read, reading, 4096)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)  # a full pipe wakes as well
