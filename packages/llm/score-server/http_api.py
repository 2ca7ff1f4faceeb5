"""The two endpoints over Python's own HTTP server: GET /about and POST /score.

The threads read and check requests while one of them holds the model. Nothing else is needed for a handful of trusted clients: one
request is worth seconds of a GPU, so a framework's speed would buy nothing, and what is not installed needs no updates.
"""

import hmac
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from curves import NODE_BETAS
from protocol import MOST_BYTES, RefusedError, pack, parse
from scoring import NotFiniteError, Scorer, TooLargeError
from weights import Identity

WAITING = 32
"""Requests that may be read or wait at a time; more are told to come back."""
IDLE_SECONDS = 300


class ScoreServer(ThreadingHTTPServer):
    """Serves one model."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], scorer: Scorer, identity: Identity, name: str, key: str) -> None:
        super().__init__(address, _Handler)
        self.scorer, self.identity, self.key = scorer, identity, key
        self.turn = threading.Lock()
        self.room = threading.BoundedSemaphore(WAITING)
        self.about = {
            "protocol": 1,
            "model": name,
            "fingerprint": identity.fingerprint,
            "covers": list(identity.covers),
            "tokenizer": identity.tokenizer,
            "vocabulary": scorer.vocabulary,
            "window": scorer.window,
            "nodes": NODE_BETAS,
            "requestTokens": 4 * scorer.budget,
        }


class _Handler(BaseHTTPRequestHandler):
    server: ScoreServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "mop-score-server", ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    paths: ClassVar[dict[str, str]] = {"/about": "GET", "/score": "POST"}

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        self.unread = 0
        try:
            self._measure()
            self._require(method)
            if method == "GET":
                self._send(200, "application/json", json.dumps(self.server.about).encode())
            else:
                self._send(200, "application/octet-stream", self._score())
        except RefusedError as refusal:
            self._refuse(refusal.status, str(refusal))
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception as error:
            print(f"A request failed: {error!r}", file=sys.stderr, flush=True)
            self._refuse(500, f"The request failed: {type(error).__name__}; the server's log says more.")

    def _measure(self) -> None:
        """Notes the bytes that follow the header."""
        length = self.headers.get("content-length") or "0"
        if not (length.isascii() and length.isdigit()):
            self.close_connection = True
            raise RefusedError(400, "The content length is not a whole number.")
        self.unread = int(length)

    def _require(self, method: str) -> None:
        """Lets through a request with the key, to an endpoint there is."""
        given = self.headers.get("authorization") or ""
        if self.server.key and not hmac.compare_digest(given.encode(), f"Bearer {self.server.key}".encode()):
            raise RefusedError(401, "The key is missing or wrong.")
        wanted = self.paths.get(self.path)
        if wanted is None:
            raise RefusedError(404, "There are GET /about and POST /score.")
        if wanted != method:
            raise RefusedError(405, f"{self.path} takes {wanted}.")

    def _score(self) -> bytes:
        if (self.headers.get("content-type") or "").split(";")[0].strip() != "application/json":
            raise RefusedError(415, "The content type is application/json.")
        if "content-length" not in self.headers or "transfer-encoding" in self.headers:
            raise RefusedError(411, "A request says its length.")
        if self.unread > MOST_BYTES:
            raise RefusedError(413, f"A request has at most {MOST_BYTES >> 20} MiB.")
        if not self.server.room.acquire(blocking=False):
            raise RefusedError(503, f"{WAITING} requests wait already.")
        try:
            return self._score_body()
        finally:
            self.server.room.release()

    def _score_body(self) -> bytes:
        body = self.rfile.read(self.unread)
        if len(body) < self.unread:
            raise ConnectionError
        self.unread = 0
        scorer = self.server.scorer
        request = parse(body, self.server.identity.fingerprint, scorer.vocabulary, scorer.window)
        try:
            with self.server.turn:
                return pack(scorer.score(request.prompts, request.pairs))
        except TooLargeError:
            raise RefusedError(413, "A pair is too long for this server's memory.") from None
        except NotFiniteError:
            raise RefusedError(422, "The model gave a logit that is not a finite number.") from None

    def _refuse(self, status: int, sentence: str) -> None:
        self._send(status, "application/json", json.dumps({"error": sentence}).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        if status == 401:
            self.send_header("www-authenticate", "Bearer")
        self.close_connection = self.close_connection or self.unread > 0
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answers in JSON to what the HTTP parser itself declines."""
        self.close_connection = True
        self._send(code, "application/json", json.dumps({"error": message or explain or "The request is refused."}).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Leaves requests out of the log."""
