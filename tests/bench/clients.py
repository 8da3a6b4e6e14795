"""A light load generator: one thread and one prepared request per person, a new connection each time as gunicorn's
synchronous workers want it."""

from __future__ import annotations

import gzip
import re
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

Seconds = float


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes  # without its headers
    took: Seconds


@dataclass
class Person:
    """Somebody logged in, at a browser that shows one leaf of his sheet."""

    port: int
    session: str
    leaf: str  # addresses
    floor: str
    cookies: str = ""
    token: str = ""
    version: int = 0  # of the leaf, as his page shows it
    sent: int = 0

    def open_page(self, address: str) -> None:
        """Take cookies and CSRF token as the page hands them out."""
        self.cookies = f"sessionid={self.session}"
        head, page = _exchange(self.port, self._head("GET", address) + b"\r\n")
        given = re.search(rb"^set-cookie: (csrftoken=\w+)", head, re.I | re.M)
        token = re.search(rb'"X-CSRFToken": "(\w+)"', page)
        assert given, head.decode()
        assert token, page.decode()
        self.cookies += f"; {given[1].decode()}"
        self.token = token[1].decode()

    def save(self) -> Answer:
        """Type another figure, so that there is something to store, and send it as htmx does."""
        self.sent += 1
        answer = self.post(self.leaf)
        self.version += answer.status == 200
        return answer

    def save_at_floor(self) -> Answer:
        return self.post(self.floor)

    def post(self, address: str) -> Answer:
        note = "Theo báo cáo kết quả công tác cải cách hành chính năm của Ủy ban nhân dân xã."
        figures = {"numerator": 40 + self.sent % 10, "denominator": 50, "version": self.version, "note": note}
        form = urlencode({"csrfmiddlewaretoken": self.token, **figures}).encode()
        head = (
            self._head("POST", address)
            + (
                f"X-CSRFToken: {self.token}\r\nHX-Request: true\r\nContent-Length: {len(form)}\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
            ).encode()
        )
        start = time.perf_counter()
        head, body = _exchange(self.port, head + form)
        return Answer(int(head.split(b" ", 2)[1]), body, time.perf_counter() - start)

    def _head(self, method: str, address: str) -> bytes:
        return (
            f"{method} {address} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookies}\r\n"
            "Accept-Encoding: gzip\r\nConnection: close\r\n"
        ).encode()


def _exchange(port: int, request: bytes) -> tuple[bytes, bytes]:
    """Head and unpacked body."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(request)
        head, _, body = b"".join(iter(lambda: line.recv(65536), b"")).partition(b"\r\n\r\n")
    return head, gzip.decompress(body) if b"Content-Encoding: gzip" in head else body


def all_at_once(
    people: Sequence[Person], act: Callable[[Person], Answer], times: int
) -> tuple[Seconds, list[Answer]]:
    """Everybody acts `times` times, one after the other, all beside each other; how long it took in all."""

    def work(person: Person) -> list[Answer]:
        return [act(person) for _ in range(times)]

    with ThreadPoolExecutor(len(people)) as pool:
        start = time.perf_counter()
        answers = [answer for own in pool.map(work, people) for answer in own]
        return time.perf_counter() - start, answers
