"""A signal that the kernel hands to another thread than the main one is handled at once all the same."""

from __future__ import annotations

import asyncio
import selectors
import signal
import threading

from modtui.tui.terminal.signal_wakeup import wake_at_signals


class _Told(selectors.DefaultSelector):
    """Says when the loop is about to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits = threading.Event()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout > 0:
            self.waits.set()
        return super().select(timeout)


def test_a_signal_given_to_another_thread_wakes_the_loop() -> None:
    selector = _Told()
    handled = threading.Event()
    in_time: list[bool] = []

    def take_the_signal() -> None:
        assert selector.waits.wait(5)
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
        in_time.append(handled.wait(5))

    async def waits_for_input() -> None:
        wake_at_signals(asyncio.get_running_loop())
        for _ in range(20):
            handled.clear()
            selector.waits.clear()
            await asyncio.to_thread(take_the_signal)

    before = signal.signal(signal.SIGUSR1, lambda *_: handled.set())
    try:
        with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
            runner.run(waits_for_input())
    finally:
        signal.signal(signal.SIGUSR1, before)
        signal.set_wakeup_fd(-1)
    assert in_time == [True] * 20
