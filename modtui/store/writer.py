"""The one thread of a process that writes: transactions in turn, committed before they are answered."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from modtui.store import sqlite
from modtui.store.errors import CalledBack, StorageBusy, StorageFailed, StorageUncertain, WorkspaceReadOnly
from modtui.store.lock import TURN_SECONDS, WriterTurn
from modtui.store.ready import Runs
from modtui.store.transaction import Transaction

T = TypeVar("T")
LOGS = ("events", "attempts")
"The tables in which a transaction's entries may stand."
CHECKPOINT_PAGES = 1_000
"4 MiB of log go into the file when nothing has come for IDLE_SECONDS, or after so many transactions without a pause."
IDLE_SECONDS = 0.2
PAUSELESS = 50
BACKGROUND_CHECKPOINT_PAGES = 2_000
"By an import after its own batch, when it holds no lock."
SHARED_CHECKPOINT_PAGES = 4 * BACKGROUND_CHECKPOINT_PAGES
"While another process writes its log is left to it: the next decision would wait for 50 ms of a stranger's pages."
SHARED_SECONDS = 1.0
"How long after a commit of another process it is taken to be at work."


class _Job(Struct):
    run: Callable[[Transaction], Any]
    future: Future[Any]
    is_background: bool
    is_final: bool = False
    "Whether it cannot be called back: its transaction has begun, or it was called back already."
    is_called_back: bool = False
    is_stepwise: bool = False
    "Whether it is run again, in a transaction of its own, for as long as it says that more is left."
    is_of_pause: bool = False
    "Whether nothing else was there to do for a while."


class Writer:
    """Takes functions, runs each in one transaction on its own thread, and answers through futures.

    A function may be run again by its caller after a StorageFailed or StorageUncertain: event ids make that harmless.
    """

    def __init__(self, path: Path, refusal: WorkspaceReadOnly | None = None) -> None:
        self.path = path
        self._refusal = refusal
        self._turn: WriterTurn | None = None
        self._awaited: WriterTurn | None = None
        self._connection: sqlite.Connection | None = None
        self._jobs: deque[_Job] = deque()
        self._background: deque[_Job] = deque()
        self._at_work: _Job | None = None
        self._wake = threading.Condition()
        self._is_closing = False
        self._runs: Runs = {}
        self._may_be_unsorted = True
        self._without_pause = 0
        "Transactions since the log was looked at."
        self._data_version = 0
        self._others_wrote_at = -SHARED_SECONDS
        self._thread: threading.Thread | None = None
        self.turn_seconds = TURN_SECONDS
        "How long a transaction waits for other processes before it fails with StorageBusy."
        self.stream_no = 0
        "The stream new events go to; set by whoever opens the workspace."

    def submit(self, run: Callable[[Transaction], T], *, background: bool = False) -> Future[T]:
        """Run a function in a transaction of its own and answer when that is on disk.

        The future raises what the function raised, or a StorageError. Background work waits for all other.
        """
        future: Future[T] = Future()
        self._put(_Job(run, future, background))
        return future

    def _put(self, job: _Job) -> None:
        with self._wake:
            if self._is_closing:
                closed = StorageFailed("Workspace is closed", "Nothing was saved.", "Start modtui again.")
                job.future.set_exception(closed)
                return
            (self._background if job.is_background else self._jobs).append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="modtui-writer", daemon=True)
                self._thread.start()
            self._wake.notify()

    def submit_steps(self, step: Callable[[Transaction], bool]) -> Future[None]:
        """Run a function in one transaction after another, in the background, until it says that nothing is left.

        Whoever waits gets between two steps. Answered when the last is on disk; those before an error stay.
        """
        future: Future[None] = Future()
        self._put(_Job(step, future, is_background=True, is_stepwise=True))
        return future

    def call(self, run: Callable[[Transaction], T], *, background: bool = False) -> T:
        """Submit and wait."""
        return self.submit(run, background=background).result()

    def call_back(self, future: Future[T]) -> bool:
        """Call back what waits for its turn: its future raises CalledBack at once, and nothing of it is ever stored.

        False when it is too late: its transaction has begun, or it was answered.
        """
        with self._wake:
            job = next((each for each in (self._at_work, *self._jobs) if each and each.future is future), None)
            if job is None or job.is_final:
                return False
            job.is_final = job.is_called_back = True
        future.set_exception(CalledBack("Called back", "Nothing was saved.", "Press the key again to save it."))
        return True

    @property
    def waits_for(self) -> str:
        """The process whose turn to write a transaction waits for, such as `4711 desk3`; empty when none waits."""
        turn = self._awaited
        return turn.holder() if turn is not None else ""

    def close(self) -> None:
        """Finish what was submitted, then close the connection."""
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()
        self._close_connection()
        if self._turn is not None:
            self._turn.close()
            self._turn = None

    def _loop(self) -> None:
        while True:
            with self._wake:
                job = self._at_work = self._next_job()
                is_wanted = job is not None and _begins(job)
            if job is None:
                return
            if is_wanted:
                self._answer(job)
            self._without_pause += 1
            # Not right after what somebody waits for: it would take the processor from what shows the answer.
            if not self._jobs and (job.is_background or self._without_pause >= PAUSELESS):
                self._without_pause = 0
                self._checkpoint(job)

    def _next_job(self) -> _Job | None:
        """Wait for work. Sorting in what was imported is for when nothing has come for a while, and for the end.

        While another process writes it is left to that one, which will do it at its own end.
        """
        while not self._jobs and not self._background:
            if not self._may_be_unsorted:
                if self._is_closing:
                    return None
                self._wake.wait()
            elif self._is_closing or not self._wake.wait(IDLE_SECONDS):
                if not self._is_shared():
                    self._may_be_unsorted = False
                    return _Job(self._sort_some, Future(), True, is_of_pause=True)
                if self._is_closing:
                    return None
        self._may_be_unsorted = True
        return self._jobs.popleft() if self._jobs else self._background.popleft()

    def _sort_some(self, transaction: Transaction) -> None:
        self._may_be_unsorted = transaction.sort_some()

    def _answer(self, job: _Job) -> None:
        try:
            result = self._transact(job)
        except BaseException as error:
            if self._makes_final(job):
                job.future.set_exception(error)
            return
        if not job.is_stepwise:
            job.future.set_result(result)
        elif result:
            self._background.appendleft(job)
        else:
            job.future.set_result(None)

    def _makes_final(self, job: _Job) -> bool:
        """From here on it cannot be called back; False when it was."""
        with self._wake:
            job.is_final = True
            return not job.is_called_back

    def _transact(self, job: _Job) -> Any:
        if self._refusal is not None:
            raise self._refusal
        try:
            if self._turn is None:
                self._turn = WriterTurn(self.path)
            turn = self._awaited = self._turn
            turn.acquire(self.turn_seconds)
        except OSError as error:
            raise sqlite.translate(error, self.path) from error
        finally:
            self._awaited = None
        try:
            return self._in_turn(job)
        finally:
            turn.release()

    def _in_turn(self, job: _Job) -> Any:
        try:
            if self._connection is None:
                self._connection = sqlite.connect_writer(self.path)
                self._data_version = sqlite.data_version(self._connection)
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            if not self._makes_final(job):
                raise CalledBack("Called back", "Nothing was saved.")
            transaction = Transaction(connection, self.stream_no, self._runs, self._is_wanted)
            result = job.run(transaction)
        except BaseException as error:
            self._runs.clear()
            raise self._rolled_back(error) from error
        try:
            connection.execute("COMMIT")
        except sqlite.Error as error:
            self._runs.clear()
            self._close_connection()
            self._settle(transaction.event_ids, error)
        return result

    def _is_wanted(self) -> bool:
        """Whether something waits for the transaction at work to end, here or in another process."""
        return bool(self._jobs) or (self._turn is not None and self._turn.is_wanted())

    def _rolled_back(self, error: BaseException) -> BaseException:
        """Undo the transaction and give the error to raise; the connection is given up when it may be at fault."""
        connection = self._connection
        try:
            if connection is not None and connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite.Error:
            self._close_connection()
        if isinstance(error, sqlite.ProgrammingErrors) or not isinstance(error, sqlite.Error | OSError):
            return error
        translated = sqlite.translate(error, self.path)
        if not isinstance(translated, StorageBusy):
            self._close_connection()
        return translated

    def _settle(self, event_ids: list[str], error: BaseException) -> None:
        """After a COMMIT that failed, ask the file what it holds: return when all is there, else raise.

        A failed sync leaves pages that look written, so what is found is written once more, into the file itself.
        """
        translated = sqlite.translate(error, self.path)
        try:
            self._connection = sqlite.connect_writer(self.path)
            marks = ", ".join("?" * len(event_ids))
            query = " + ".join(f"(SELECT count(*) FROM {log} WHERE id IN ({marks}))" for log in LOGS)
            found = self._connection.execute(f"SELECT {query}", event_ids * len(LOGS)).fetchone()[0]
            if event_ids and found == len(event_ids):
                busy = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                if not busy:
                    return
        except sqlite.Error:
            self._close_connection()
            found = -1
        if event_ids and found == 0:
            raise translated from error
        raise StorageUncertain(
            translated.title, translated.message.replace("Nothing was saved.", "It may not be saved."), translated.hint
        ) from error

    def _is_shared(self) -> bool:
        """Whether another process has committed within the last second, as far as this one has asked."""
        connection = self._connection
        if connection is None:
            return False
        try:
            version = sqlite.data_version(connection)
        except sqlite.Error:
            return False
        if version != self._data_version:
            self._data_version = version
            self._others_wrote_at = time.monotonic()
        return time.monotonic() - self._others_wrote_at < SHARED_SECONDS

    def _checkpoint(self, done_before: _Job) -> None:
        """Bring the log into the file when it has grown. A failure costs nothing: the log keeps what it has."""
        connection = self._connection
        if connection is None:
            return
        if done_before.is_background and not done_before.is_of_pause:
            pages = BACKGROUND_CHECKPOINT_PAGES
        else:
            pages = SHARED_CHECKPOINT_PAGES if self._is_shared() else CHECKPOINT_PAGES
        try:
            busy, log, done = connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
            if not busy and log - done >= pages:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite.Error:
            self._close_connection()

    def _close_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except sqlite.Error:
                return


def _begins(job: _Job) -> bool:
    """Whether a job is to be run: it is not called back or cancelled, or it goes on."""
    return not job.is_called_back and (job.is_final or job.future.set_running_or_notify_cancel())
