"""Files that are no plain YAML, or that were made to do harm: refused at once, with a message."""

from __future__ import annotations

import contextlib
import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from criteria.schema import SetErrors, nodes, read_set
from tests.criteria.small_set import SMALL, problems

SYNTAX = {
    "a: [1, 2": (None, "đóng ngoặc|cú pháp"),
    "code: x\n\tname: y": (2, "Tab"),
    "name: a: b": (1, "dấu hai chấm"),
    "code: x\nname: 'chưa đóng": (2, "đóng nháy"),
    "code: x\n---\ncode: y": (2, "một tài liệu"),
    "code: &a x": (1, "dẫn chiếu"),
    "code: x\nname: *a": (2, "dẫn chiếu"),
    "code: x\nname: !!python/object/apply:os.system [ls]": (2, "nhãn kiểu"),
    "code: x\nname: !ten y": (2, "nhãn kiểu"),
    "code: x\nname: a\x00b": (2, "không đọc được"),
    "code: x\nname: \ud800": (2, "không đọc được"),
    'code: x\nname: "a\\0b"': (2, "không đọc được"),
    'code: x\nname: "a\\x07b"': (2, "không đọc được"),
    'code: x\nname: "a' + "\\u0316" * 50 + '"': (2, "dấu chồng"),
    "%YAML 9.9\n---\na: 1": (1, "cú pháp"),
    "": (None, "không chứa bộ tiêu chí"),
    "# chỉ có ghi chú": (None, "không chứa bộ tiêu chí"),
    "chỉ có chữ": (1, "không chứa bộ tiêu chí"),
    "- a\n- b": (1, "không chứa bộ tiêu chí"),
    "a" + "\u0316\u0300" * 100_000: (1, "dấu chồng"),
}


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize("text", SYNTAX, ids=range(len(SYNTAX)))
def test_text_that_is_no_plain_yaml_is_refused_with_its_line(
    text: str, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodes, "_Loader", getattr(yaml, loader))
    line, message = SYNTAX[text]

    [problem] = problems(text)

    assert line is None or problem.line == line
    assert any(part in problem.message for part in message.split("|")), problem


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "billion laughs": LAUGHS,
    "deep lists": "a: " + "[" * 400_000,
    "deep mappings": "{" * 400_000,
    "deep blocks": "- " * 400_000,
    "deep keys": "? " * 400_000,
    "ten megabytes": "a: " + "x" * 10_000_000,
    "many nodes": "[" + "a," * 400_000 + "]",
    "many keys": "".join(f"k{n}: 1\n" for n in range(80_000)),
    "many unknown keys": SMALL + "".join(f"k{n}: 1\n" for n in range(20_000)),
    "many repeated keys": SMALL + "k: 1\n" * 20_000,
    "long number": SMALL.replace("total: 10", "total: " + "9" * 400_000),
    "long version": SMALL.replace("version: 1", "version: " + "9" * 400_000),
    "long code": SMALL.replace("code: 1.1\n", "code: 1" + ".1" * 200_000 + "\n"),
    "long key": SMALL + "? " + "k" * 400_000 + "\n: 1\n",
    "marks on one letter": SMALL.replace("Kế hoạch", "a" + "\u0316\u0300" * 200_000),
    "tabs": "\t" * 400_000,
    "colons": ":" * 400_000,
    "quotes": '"' + "\\\n" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_quickly(name: str) -> None:
    start = time.perf_counter()

    assert problems(HOSTILE[name])

    assert time.perf_counter() - start < 5


@settings(max_examples=200, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from(list("ab:-[]{}#&*!|>'\"%@`?,\n\t \x00\ufeff0.ạ\u0323\u2028\x85")),
        max_size=60,
    )
)
def test_no_text_makes_the_reader_crash(text: str) -> None:
    with pytest.raises(SetErrors):
        read_set(text)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, len(SMALL)),
    st.integers(0, 12),
    st.sampled_from(["", "[", ": ", "\n", "- ", "null", "{}", "1"]),
)
def test_a_damaged_set_is_read_or_refused_and_never_crashes(start: int, length: int, instead: str) -> None:
    with contextlib.suppress(SetErrors):
        read_set(SMALL[:start] + instead + SMALL[start + length :])
