"""A server that speaks S3, in this process on loopback, and faults to be put between it and whoever asks."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

REGION = "us-east-1"


class S3Server:
    """Its address, and what it does wrong: `fails` is asked about each request."""

    def __init__(self) -> None:
        self.url = ""
        self.fails: Callable[[str, str], bool] = lambda _method, _path: False
        self.requests: list[tuple[str, str]] = []
        self._store: Any = None

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """Put an object where a request would, at a thousandth of the cost."""
        self._backend().put_object(bucket, key, content)

    def keys(self, bucket: str) -> dict[str, bytes]:
        found = self._backend().buckets[bucket].keys
        return {name: bytes(found[name].value) for name in found}

    def drop(self, bucket: str, key: str) -> None:
        self._backend().delete_object(bucket, key)

    def make_bucket(self, name: str) -> None:
        self._backend().create_bucket(name, REGION)

    @staticmethod
    def _backend() -> Any:
        from moto.core import DEFAULT_ACCOUNT_ID
        from moto.s3.models import s3_backends

        return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]


@contextmanager
def running_s3() -> Iterator[S3Server]:
    """A server for the tests that need one; they are skipped where its package is not installed."""
    pytest.importorskip("s3fs", reason="s3fs is not installed: pip install 'modtui[s3]'")
    pytest.importorskip("moto", reason="moto is not installed: pip install 'modtui[dev]'")
    pytest.importorskip("flask_cors", reason="moto's server needs flask and flask-cors: pip install 'modtui[dev]'")
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    app, server = DomainDispatcherApplication(create_backend_app), S3Server()

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        server.requests.append((method, path))
        if server.fails(method, path):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError
        return app(environ, start)  # type: ignore[no-any-return]

    with make_server("127.0.0.1", 0, answer, threaded=True) as running:
        server.url = f"http://127.0.0.1:{running.server_port}"
        thread = threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        running.shutdown()
        thread.join()
