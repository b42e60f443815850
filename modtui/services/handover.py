"""Handing transactions to the writer: verbs in turn, and calling back the one that waits to be written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from modtui.store.errors import CalledBack
from modtui.store.transaction import Transaction
from modtui.store.writer import Writer

T = TypeVar("T")


class Handover:
    """`async with` it is the turn of a verb; what a session keeps beside its verbs has its turn in `aside`."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._line = asyncio.Lock()
        self._handed: Future[Any] | None = None
        self._is_aside = False
        self._is_one_of_many = False
        self._refuses_verb = False

    async def __aenter__(self) -> None:
        await self._line.acquire()
        if self._refuses_verb:
            self._refuses_verb = False
            self._line.release()
            raise CalledBack("Called back", "Nothing was saved.")

    async def __aexit__(self, *error: object) -> None:
        self._line.release()

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """The turn of what is no verb: a verb that waits behind it can be called back with it."""
        async with self._line:
            self._is_aside = True
            try:
                yield
            finally:
                self._is_aside = False

    async def write(self, run: Callable[[Transaction], T]) -> T:
        """Return once the transaction is on disk."""
        self._handed = self._writer.submit(run)
        try:
            return await asyncio.wrap_future(self._handed)
        finally:
            self._handed = None

    @contextmanager
    def several(self) -> Iterator[None]:
        """While a verb needs several transactions: to call one back would leave half of it."""
        self._is_one_of_many = True
        try:
            yield
        finally:
            self._is_one_of_many = False

    def call_back(self) -> bool:
        """Call the verb back, also one that waits behind something else; False when it is too late for that."""
        if self._handed is None or self._is_one_of_many or not self._writer.call_back(self._handed):
            return False
        self._refuses_verb = self._is_aside
        return True
