"""The only writers of criteria sets. `by` is None where the installation itself loads its own files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import User
from criteria import tree
from criteria.models import LONGEST_REASON, WORDS, CriteriaSet, Criterion
from criteria.permissions import keeps_sets
from criteria.queries import is_in_use, stored_tree, words_fingerprint
from criteria.schema import SetErrors, dump_set, fingerprint, read_set
from criteria.tally import bucket_code


class SetRefused(ValueError):
    """Why a set can't be stored or corrected, in words for the person who tried."""


class Reworded(SetRefused):
    """Somebody corrected the criterion since the page was loaded."""


@transaction.atomic
def load_set(criteria_tree: tree.CriteriaTree, *, by: User | None = None) -> CriteriaSet:
    """Store a checked tree as a new set; SetRefused where its code and version exist."""
    _require_keeper(by)
    try:
        with transaction.atomic():
            criteria_set = CriteriaSet.objects.create(**_facts(criteria_tree))
    except IntegrityError:
        raise SetRefused(f"{_called(criteria_tree)} đã được nạp.") from None
    _store_criteria(criteria_set, criteria_tree)
    return criteria_set


@transaction.atomic
def replace_set(criteria_tree: tree.CriteriaTree, *, by: User | None = None) -> CriteriaSet:
    """Store a tree in place of what is stored under its code and version, while nothing has used that.

    The set's row stays and is locked, so a cohort that is being added meanwhile waits and gets the new content.
    """
    _require_keeper(by)
    criteria_set = CriteriaSet.objects.select_for_update().get(
        code=criteria_tree.code, version=criteria_tree.version
    )
    if is_in_use(criteria_set):
        raise SetRefused(frozen_because_used(criteria_tree))
    try:
        criteria_set.criteria.all().delete()
    except ProtectedError:
        # Events and results of a cohort that has moved on to a newer version still name its criteria.
        raise SetRefused(frozen_because_used(criteria_tree)) from None
    for name, value in _facts(criteria_tree).items():
        setattr(criteria_set, name, value)
    criteria_set.loaded_at = timezone.now()
    criteria_set.save()
    _store_criteria(criteria_set, criteria_tree)
    return criteria_set


@transaction.atomic
def store_set(criteria_tree: tree.CriteriaTree, *, seen: str, by: User) -> CriteriaSet:
    """Store what was confirmed after a preview; a second click finds it done.

    `seen` is the fingerprint of the content that the preview said would be replaced, "" for none.
    """
    _require_keeper(by)
    stored = (
        CriteriaSet.objects.select_for_update()
        .filter(code=criteria_tree.code, version=criteria_tree.version)
        .first()
    )
    if stored and stored.fingerprint == fingerprint(criteria_tree):
        return stored
    if (stored.fingerprint if stored else "") != seen:
        raise SetRefused(f"{_called(criteria_tree)} đã thay đổi sau lúc xem trước. Hãy xem lại rồi xác nhận.")
    return replace_set(criteria_tree, by=by) if stored else load_set(criteria_tree, by=by)


@transaction.atomic
def ensure_set(criteria_tree: tree.CriteriaTree) -> tuple[CriteriaSet, bool]:
    """The stored set of that code and version, loaded if there was none, and whether it was loaded.

    An existing one is never touched: its words may have been corrected since.
    """
    stored = CriteriaSet.objects.filter(code=criteria_tree.code, version=criteria_tree.version).first()
    return (stored, False) if stored else (load_set(criteria_tree), True)


@transaction.atomic
def correct_wording(
    *,
    criterion: Criterion,
    name: str,
    rule_text: str,
    guide: str,
    evidence: str,
    reason: str,
    seen: str | None = None,
    by: User,
) -> Criterion:
    """Change the words of one criterion, also in a set in use; nothing that decides points.

    The history keeps the words before and after, the reason and the person. `seen` is the fingerprint of the words
    on the page: Reworded where others are stored since.
    """
    _require_keeper(by)
    reason = " ".join(reason.split())
    if not reason:
        raise SetRefused("Hãy ghi lý do đính chính.")
    if len(reason) > LONGEST_REASON:
        raise SetRefused(f"Lý do đính chính dài quá {LONGEST_REASON} ký tự.")
    criteria_set = CriteriaSet.objects.select_for_update().get(pk=criterion.criteria_set_id)
    row = Criterion.objects.get(pk=criterion.pk)
    typed = {"name": name, "rule_text": rule_text, "guide": guide, "evidence": evidence}
    corrected = _checked(_with_words(stored_tree(criteria_set).tree, row.code, typed))
    words = {word: getattr(corrected.by_code[row.code], word) for word in WORDS}
    if all(getattr(row, word) == text for word, text in words.items()):
        raise SetRefused("Chưa sửa nội dung nào.")
    if seen is not None and words_fingerprint(row) != seen:
        raise Reworded(f"Tiêu chí {row.code} đã thay đổi sau khi mở trang này; hãy xem lại rồi lưu.")
    _remember_original(row, criteria_set)
    for word, text in words.items():
        setattr(row, word, text)
    row._history_user = by
    row._change_reason = reason
    row.save(update_fields=WORDS)
    criteria_set.fingerprint = fingerprint(corrected)
    criteria_set.save(update_fields=["fingerprint"])
    return row


def frozen_because_used(criteria_tree: tree.CriteriaTree) -> str:
    return (
        f"{_called(criteria_tree)} đã được dùng trong kỳ đánh giá nên không thay được. Hãy tăng số ở dòng version "
        "của tệp rồi nạp như một phiên bản mới. Nếu chỉ sửa câu chữ, hãy dùng chức năng đính chính ở từng tiêu chí."
    )


def _require_keeper(by: User | None) -> None:
    if by is not None and not keeps_sets.test(by):
        raise PermissionDenied


def _called(criteria_tree: tree.CriteriaTree) -> str:
    return f"Bộ tiêu chí {criteria_tree.code} phiên bản {criteria_tree.version}"


def _facts(criteria_tree: tree.CriteriaTree) -> dict[str, Any]:
    return {
        "code": criteria_tree.code,
        "version": criteria_tree.version,
        "name": criteria_tree.name,
        "decision_number": criteria_tree.decision.number,
        "decision_date": criteria_tree.decision.issued_on,
        "decision_issuer": criteria_tree.decision.issuer,
        "total": criteria_tree.total,
        "decimals": criteria_tree.decimals,
        "cap_total": criteria_tree.cap_total,
        "tie_breaks": list(criteria_tree.tie_breaks),
        "grades": [{"from": f"{grade.threshold:f}", "label": grade.label} for grade in criteria_tree.grades],
        "illustration": criteria_tree.illustration,
        "fingerprint": fingerprint(criteria_tree),
    }


def _store_criteria(criteria_set: CriteriaSet, criteria_tree: tree.CriteriaTree) -> None:
    """Two passes: a row has to exist before another one can hang under it."""
    rows = {
        node.code: _row(criteria_set, position, node)
        for position, node in enumerate(criteria_tree.walk(), start=1)
    }
    Criterion.objects.bulk_create(rows.values())
    buckets = bucket_code(criteria_tree)
    for node, parent, area in _with_ancestors(criteria_tree):
        row = rows[node.code]
        row.parent = rows[parent.code] if parent else None
        row.area = rows[area.code]
        row.bucket = rows[buckets[node.code]] if node.code in buckets else None
    Criterion.objects.bulk_update(rows.values(), ["parent", "area", "bucket"])


def _row(criteria_set: CriteriaSet, position: int, node: tree.Criterion) -> Criterion:
    return Criterion(
        criteria_set=criteria_set,
        position=position,
        code=node.code,
        name=node.name,
        max_points=node.max_points,
        role=node.role,
        combine=node.combine,
        rule=node.rule and node.rule.as_dict(),
        source=node.source,
        not_applicable=node.not_applicable,
        rule_text=node.rule_text,
        guide=node.guide,
        evidence=node.evidence,
        evidence_required=node.evidence_required,
        owner=node.owner,
        components=[{"code": part.code, "name": part.name} for part in node.components],
        examples=[{"data": example.data, "expect": example.expect} for example in node.examples],
    )


Ancestry = tuple[tree.Criterion, tree.Criterion | None, tree.Criterion]


def _with_ancestors(criteria_tree: tree.CriteriaTree) -> Iterator[Ancestry]:
    """Every criterion in order, with its parent (None at the top) and the top one it hangs under."""

    def walk(node: tree.Criterion, parent: tree.Criterion | None, area: tree.Criterion) -> Iterator[Ancestry]:
        yield node, parent, area
        for child in node.children:
            yield from walk(child, node, area)

    for top in criteria_tree.criteria:
        yield from walk(top, None, top)


def _with_words(criteria_tree: tree.CriteriaTree, code: str, words: dict[str, str]) -> tree.CriteriaTree:
    def reworded(node: tree.Criterion) -> tree.Criterion:
        changed: dict[str, Any] = dict(words) if node.code == code else {}
        return replace(node, children=tuple(map(reworded, node.children)), **changed)

    return replace(criteria_tree, criteria=tuple(map(reworded, criteria_tree.criteria)))


def _checked(criteria_tree: tree.CriteriaTree) -> tree.CriteriaTree:
    """The tree as its own file would be read: words are tidied and held to the same rules as uploaded ones."""
    try:
        return read_set(dump_set(criteria_tree))
    except SetErrors as errors:
        raise SetRefused("; ".join(problem.message for problem in errors.problems)) from None


def _remember_original(row: Criterion, criteria_set: CriteriaSet) -> None:
    """Loading writes no history, so the first correction also keeps what it corrects."""
    if not Criterion.history.filter(id=row.pk).exists():
        Criterion.history.bulk_history_create([row], default_date=criteria_set.loaded_at)
