"""Storing, replacing and correcting criteria sets."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts.models import Role, User
from assessments.actions.cohorts import add_cohort
from assessments.actions.periods import create_period
from assessments.calendar import calendar_from
from assessments.models import Cohort
from criteria.actions import SetRefused, correct_wording, ensure_set, load_set, replace_set, store_set
from criteria.models import CriteriaSet, Criterion
from criteria.queries import corrections, is_in_use, stored_tree
from criteria.schema import dump_set, fingerprint, read_set
from tests.criteria.small_set import SMALL
from tests.factories import ProvinceFactory, user_with
from tests.worlds import make_world

pytestmark = pytest.mark.django_db
TREE = read_set(SMALL)
OTHER = read_set(
    SMALL.replace("name: Kế hoạch", "name: Kế hoạch năm").replace("per_unit: 0.5", "per_unit: 0.25")
)


@pytest.fixture
def administrator(db: None) -> User:
    return user_with(Role.ADMINISTRATOR)


def words(criterion: Criterion, **changed: str) -> dict[str, str]:
    kept = {word: getattr(criterion, word) for word in ("name", "rule_text", "guide", "evidence")}
    return kept | {"reason": "Sửa lỗi chính tả"} | changed


class TestLoad:
    def test_what_is_stored_reads_back_as_the_same_tree(self) -> None:
        stored = load_set(TREE)

        assert stored_tree(stored).tree == TREE
        assert stored.fingerprint == fingerprint(stored_tree(stored).tree)

    def test_a_best_of_parent_counts_once_towards_the_central_maximum(self) -> None:
        text = SMALL.replace("Cấp tỉnh, max_points: 2,", "Cấp tỉnh, max_points: 2, source: survey,")

        assert stored_tree(load_set(read_set(text))).central_maximum == 4

    def test_a_version_is_loaded_once(self, administrator: User) -> None:
        load_set(TREE)

        with pytest.raises(SetRefused, match="Bộ tiêu chí nho phiên bản 1 đã được nạp"):
            load_set(OTHER, by=administrator)
        assert CriteriaSet.objects.count() == 1

    def test_versions_stand_side_by_side(self) -> None:
        load_set(TREE)
        load_set(replace(OTHER, version=2))

        assert CriteriaSet.objects.count() == 2

    @pytest.mark.parametrize("role", [role for role in Role.values if role != Role.ADMINISTRATOR])
    def test_only_administrators(self, role: str) -> None:
        person = user_with(role)
        stored = load_set(TREE)
        criterion = stored.criteria.get(code="1.1")

        for act in (
            lambda: load_set(OTHER, by=person),
            lambda: replace_set(OTHER, by=person),
            lambda: store_set(OTHER, seen=stored.fingerprint, by=person),
            lambda: correct_wording(criterion=criterion, by=person, **words(criterion, name="Khác")),
        ):
            with pytest.raises(PermissionDenied):
                act()
        assert stored_tree(CriteriaSet.objects.get()).tree == TREE

    def test_a_deactivated_administrator_is_none(self, administrator: User) -> None:
        administrator.is_active = False

        with pytest.raises(PermissionDenied):
            load_set(TREE, by=administrator)

    def test_ensure_loads_once_and_leaves_the_rest_alone(self) -> None:
        stored, loaded = ensure_set(TREE)
        again, loaded_again = ensure_set(OTHER)

        assert (loaded, loaded_again) == (True, False)
        assert again == stored
        assert stored_tree(again).tree == TREE


class TestReplace:
    def test_an_unused_version_is_replaced_in_its_place(self, administrator: User) -> None:
        stored = load_set(TREE)
        replaced = replace_set(OTHER, by=administrator)

        assert replaced.pk == stored.pk
        assert stored_tree(replaced).tree == OTHER
        assert replaced.fingerprint == fingerprint(OTHER) != stored.fingerprint
        assert replaced.loaded_at > stored.loaded_at
        assert Criterion.objects.count() == len(list(OTHER.walk()))

    def test_content_that_comes_back_has_the_keys_of_its_new_rows(self, administrator: User) -> None:
        stored_tree(load_set(TREE))
        replace_set(OTHER, by=administrator)
        again = replace_set(TREE, by=administrator)

        assert set(stored_tree(again).ids.values()) == set(again.criteria.values_list("pk", flat=True))

    def test_a_version_of_a_cohort_is_frozen(self, administrator: User) -> None:
        world = make_world()
        tree = stored_tree(world.criteria_set).tree

        with pytest.raises(SetRefused, match="tăng số ở dòng version"):
            replace_set(replace(tree, name="Tên khác"), by=administrator)
        world.criteria_set.refresh_from_db()
        assert stored_tree(world.criteria_set).tree == tree
        assert is_in_use(world.criteria_set)

    def test_what_a_cohort_left_behind_freezes_a_version_too(self, administrator: User) -> None:
        world = make_world()
        tree = stored_tree(world.criteria_set).tree
        newer = load_set(replace(tree, version=2))
        Cohort.objects.update(criteria_set=newer)

        with pytest.raises(SetRefused, match="đã được dùng"):
            replace_set(replace(tree, name="Tên khác"), by=administrator)

    def test_what_was_seen_in_the_preview_is_what_is_replaced(self, administrator: User) -> None:
        stored = load_set(TREE)
        for seen in ("", "0" * 64):
            with pytest.raises(SetRefused, match="thay đổi sau lúc xem trước"):
                store_set(OTHER, seen=seen, by=administrator)

        assert stored_tree(store_set(OTHER, seen=stored.fingerprint, by=administrator)).tree == OTHER

    def test_storing_twice_is_storing_once(self, administrator: User) -> None:
        first = store_set(TREE, seen="", by=administrator)
        second = store_set(TREE, seen="", by=administrator)

        assert first == second
        assert CriteriaSet.objects.count() == 1
        assert Criterion.objects.count() == len(list(TREE.walk()))


class TestWording:
    def correct(self, criterion: Criterion, by: User, **changed: str) -> Criterion:
        return correct_wording(criterion=criterion, by=by, **words(criterion, **changed))

    def test_words_change_and_the_history_keeps_both(self, administrator: User) -> None:
        stored = load_set(TREE)
        criterion = stored.criteria.get(code="1.1")
        before = stored_tree(stored)
        self.correct(criterion, administrator, name="Kế hoạch  năm ", guide="Dòng một\nDòng hai  ")
        stored.refresh_from_db()
        tree = stored_tree(stored).tree

        assert tree.by_code["1.1"].name == "Kế hoạch năm"
        assert tree.by_code["1.1"].guide == "Dòng một\nDòng hai"
        assert stored.fingerprint == fingerprint(tree) != fingerprint(before.tree)
        assert read_set(dump_set(tree)) == tree
        [correction] = corrections(stored)
        assert (correction.code, correction.by, correction.reason) == (
            "1.1",
            administrator,
            "Sửa lỗi chính tả",
        )
        assert [(d.label, d.old, d.new) for d in correction.differences] == [
            ("tên tiêu chí", "Kế hoạch", "Kế hoạch năm"),
            ("hướng dẫn", "", "Dòng một\nDòng hai"),
        ]

    def test_corrections_follow_each_other(self, administrator: User) -> None:
        criterion = load_set(TREE).criteria.get(code="1.1")
        criterion = self.correct(criterion, administrator, name="Hai", reason="Lần một")
        criterion = self.correct(criterion, administrator, name="Ba", reason="Lần hai")

        found = corrections(criterion.criteria_set, criterion)
        assert [(one.reason, one.differences[0].old, one.differences[0].new) for one in found] == [
            ("Lần hai", "Hai", "Ba"),
            ("Lần một", "Kế hoạch", "Hai"),
        ]

    def test_a_set_in_use_is_corrected_and_nothing_else_changes(self, administrator: User) -> None:
        world = make_world()
        old = stored_tree(world.criteria_set).tree
        self.correct(world.criteria_set.criteria.get(code="1.1"), administrator, name="Kế hoạch CCHC")
        world.criteria_set.refresh_from_db()
        new = stored_tree(world.criteria_set).tree

        assert new.by_code["1.1"] == replace(old.by_code["1.1"], name="Kế hoạch CCHC")
        assert new.by_code["1.2"] == old.by_code["1.2"]

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"reason": "  "}, "lý do"),
            ({"reason": "x" * 101}, "100 ký tự"),
            ({}, "Chưa sửa"),
            ({"name": " "}, "thiếu|chưa"),
            ({"name": "x" * 1001}, "quá dài"),
            ({"guide": "x" * 5001}, "quá dài"),
            ({"guide": "a\x00b"}, "không đọc được"),
            ({"guide": "a" + "\u0316" * 50}, "dấu chồng"),
        ],
    )
    def test_what_is_refused(self, administrator: User, changed: dict[str, str], message: str) -> None:
        stored = load_set(TREE)

        with pytest.raises(SetRefused, match=message):
            self.correct(stored.criteria.get(code="1.1"), administrator, **changed)
        assert stored_tree(CriteriaSet.objects.get()).tree == TREE
        assert not Criterion.history.exists()

    @pytest.mark.parametrize(
        "text",
        ["- a\n- b", "# không phải ghi chú", "a: b", "'", "  thụt\n    vào", "&x *y !z", "1.0", "true", "~"],
    )
    def test_words_that_look_like_yaml_stay_words(self, administrator: User, text: str) -> None:
        stored = load_set(TREE)
        self.correct(stored.criteria.get(code="1.1"), administrator, guide=text)
        stored.refresh_from_db()

        assert stored_tree(stored).tree.by_code["1.1"].guide == text.strip()


class TestAtOnce:
    """A cohort is added while the set it takes is being replaced: it gets the new set or the replacement fails."""

    pytestmark = pytest.mark.django_db(transaction=True)

    def run(self, *acts: Any) -> list[Any]:
        gate, results = threading.Barrier(len(acts)), [None] * len(acts)

        def work(place: int, act: Any) -> None:
            try:
                gate.wait()
                results[place] = act()
            except SetRefused as refusal:
                results[place] = refusal
            finally:
                connection.close()

        threads = [threading.Thread(target=work, args=pair) for pair in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def test_replacing_and_taking(self, django_db_serialized_rollback: None) -> None:
        administrator, host = user_with(Role.ADMINISTRATOR), ProvinceFactory()
        coordinator = user_with(Role.COORDINATOR, host)
        now = timezone.now()
        stored = load_set(TREE)
        period = create_period(
            host=host,
            year=2026,
            name="Năm",
            calendar=calendar_from(now, now + timedelta(days=30)),
            by=coordinator,
            now=now,
        )
        replaced, cohort = self.run(
            lambda: replace_set(OTHER, by=administrator),
            lambda: add_cohort(period=period, name="Xã", criteria_set=stored, by=coordinator, now=now),
        )

        assert isinstance(cohort, Cohort)
        now_stored = stored_tree(CriteriaSet.objects.get()).tree
        assert now_stored == (TREE if isinstance(replaced, SetRefused) else OTHER)

    def test_storing_twice_at_once(self, django_db_serialized_rollback: None) -> None:
        administrator = user_with(Role.ADMINISTRATOR)
        results = self.run(*[lambda: store_set(TREE, seen="", by=administrator)] * 2)

        assert CriteriaSet.objects.count() == 1
        assert Criterion.objects.count() == len(list(TREE.walk()))
        assert any(isinstance(result, CriteriaSet) for result in results)
