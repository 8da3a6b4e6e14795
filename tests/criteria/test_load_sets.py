"""manage.py load_sets: idempotent, all or nothing, every mistake by its line."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Role
from criteria.actions import correct_wording
from criteria.management.commands.load_sets import DEFAULT
from criteria.models import CriteriaSet
from criteria.queries import stored_tree
from criteria.schema import read_set
from tests.criteria.small_set import SMALL
from tests.factories import user_with

pytestmark = pytest.mark.django_db


def run(*paths: Path) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("load_sets", *paths, stdout=out, stderr=err)
    except CommandError as error:
        err.write(f"{error}\n")
    return out.getvalue(), err.getvalue()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "nho.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_without_paths_it_loads_the_sets_that_come_along_and_the_second_time_nothing() -> None:
    first, errors = run()
    stored = dict(CriteriaSet.objects.values_list("code", "pk"))
    second, _ = run()

    assert not errors
    assert set(stored) == {path.stem for path in DEFAULT.glob("*.yaml")}
    assert dict(CriteriaSet.objects.values_list("code", "pk")) == stored
    assert first.count("đã nạp") == second.count("đã có") == len(stored)
    for criteria_set in CriteriaSet.objects.all():
        file = DEFAULT / f"{criteria_set.code}.yaml"
        assert stored_tree(criteria_set).tree == read_set(file.read_text(encoding="utf-8"))


def test_corrected_words_stay(small: Path) -> None:
    run(small)
    criterion = CriteriaSet.objects.get().criteria.get(code="1.1")
    correct_wording(
        criterion=criterion,
        name="Kế hoạch năm",
        rule_text="",
        guide="",
        evidence="",
        reason="Thiếu chữ",
        by=user_with(Role.ADMINISTRATOR),
    )
    said, errors = run(small)

    assert "khác, giữ nguyên" in said
    assert not errors
    assert CriteriaSet.objects.get().criteria.get(code="1.1").name == "Kế hoạch năm"


def test_a_broken_file_is_told_by_line_and_keeps_the_good_ones_out(small: Path, tmp_path: Path) -> None:
    broken = tmp_path / "hong.yaml"
    broken.write_text(
        SMALL.replace("version: 1", "version: x").replace("max_points: 2.5", "max_points: 2"), "utf-8"
    )
    said, errors = run(small, broken)

    assert not said
    assert f"{broken}: dòng 2, version: phải là số nguyên" in errors
    assert f"{broken}: dòng 14, tiêu chí 1, max_points: " in errors
    assert "1 tệp có lỗi" in errors
    assert not CriteriaSet.objects.exists()


def test_files_that_are_missing_or_no_text(tmp_path: Path) -> None:
    binary = tmp_path / "anh.yaml"
    binary.write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    said, errors = run(tmp_path / "khong-co.yaml", binary, tmp_path)

    assert not said
    assert "khong-co.yaml: không đọc được tệp" in errors
    assert "anh.yaml: dòng 1: không phải văn bản UTF-8" in errors
    assert "3 tệp có lỗi" in errors


def test_it_exits_with_1(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as raised:
        call_command("load_sets", tmp_path / "khong-co.yaml", stderr=StringIO())

    assert raised.value.returncode == 1
