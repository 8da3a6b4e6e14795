"""A file's bytes as the text that `read_set` reads, and its lines as the problems number them."""

from __future__ import annotations

import re

from criteria.schema.problems import Problem, SetErrors

MAX_BYTES = 1_000_000

# What YAML itself counts as the end of a line.
_LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")


def decoded(data: bytes) -> str:
    """The text of a UTF-8 file of at most MAX_BYTES; SetErrors otherwise."""
    if len(data) > MAX_BYTES:
        raise SetErrors([Problem(None, "", "", "tệp lớn hơn 1 MB")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = (
            "không phải văn bản UTF-8; hãy mở tệp YAML bằng trình soạn thảo và lưu lại với bảng mã UTF-8"
        )
        raise SetErrors([Problem(line, "", "", message)]) from None


def lines_of(text: str) -> list[str]:
    return _LINE_END.split(text)
