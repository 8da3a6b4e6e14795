"""Whether a published result is still what its leaves, its rules and its seals say."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from assessments.models import (
    AreaResult,
    Assessment,
    AssignedTarget,
    Cohort,
    Layer,
    Publication,
    Result,
    ScoreBase,
)
from assessments.queries.overlay import Overlay, overlay_of
from assessments.queries.periods import cohorts_of
from assessments.queries.reasons import row_before
from assessments.queries.recounting import total_differences
from assessments.queries.sealing import Scores, Sealed, sealed_scores, seals
from assessments.queries.standings import Row, standings
from criteria.points import canonical, format_points
from criteria.queries import StoredTree, stored_tree
from criteria.rules import Ratio, Target
from criteria.scoring import NOT_APPLICABLE, LeafScore, Refused, score

CORRECTED = "corrected"  # beside the layers that Layer names
_FIGURES = ("index", "bonus", "penalty", "total")


def verify(publication: Publication, scores: Scores | None = None) -> list[str]:
    """Every disagreement in words, naming unit and criterion; nothing where all agrees."""
    overlay = overlay_of(publication)
    scores = sealed_scores(publication.period_id) if scores is None else scores
    return [
        *(
            problem
            for cohort in cohorts_of(publication.period)
            for problem in (
                *_leaves(cohort, overlay, scores),
                *_totals(cohort),
                *_results(publication, cohort, overlay),
            )
        ),
        *_seals(publication, scores),
        *_succession(publication),
    ]


def _leaves(cohort: Cohort, overlay: Overlay, scores: Scores) -> Iterator[str]:
    """Each stored score, and each correction, against the rule and the data it rests on."""
    stored = stored_tree(cohort.criteria_set)
    rows: dict[tuple[int, int], dict[str, Sealed | ScoreBase]] = {}
    units = dict(
        Assessment.objects.filter(cohort=cohort).order_by("pk").values_list("pk", "unit__short_name")
    )
    for row in (row for pk in units for row in scores.get(pk, ())):
        if row.criterion_id in stored.codes:
            rows.setdefault((row.assessment_id, row.criterion_id), {})[row.layer] = row
    targets = {
        (target.assessment_id, target.criterion_id): target.value
        for target in AssignedTarget.objects.filter(assessment__cohort=cohort).order_by("pk")
    }
    for key, corrected in overlay.items():
        if key in rows and Layer.COUNCIL in rows[key]:
            rows[key][CORRECTED] = corrected
        elif corrected.assessment_id in units:
            yield f"{units[corrected.assessment_id]}: đính chính một tiêu chí mà Hội đồng chưa chấm"
    for (assessment_id, criterion_id), layer, row in (
        (key, layer, row) for key, layers in rows.items() for layer, row in layers.items()
    ):
        if row.basis == ScoreBase.Basis.KEPT:
            earlier = rows[assessment_id, criterion_id]
            # A correction keeps nothing: it says what it says.
            before = None if layer == CORRECTED else row_before(layer, earlier)
            kept = (before.points or Decimal(0), before.excluded) if before else (Decimal(0), False)
            right = (row.points or Decimal(0), row.excluded) == kept
        elif row.basis == ScoreBase.Basis.OVERRIDE:
            right = row.points is not None and abs(row.points) <= row.max_points
        else:
            right = _by_rule(row, stored, targets.get((assessment_id, criterion_id))) == _said(row)
        if not right:
            points = "–" if row.points is None else format_points(row.points)
            by = "đính chính" if layer == CORRECTED else Layer(layer).label
            yield (
                f"{units[assessment_id]}: tiêu chí {stored.codes[criterion_id]} ({by}) "
                f"lưu {points} điểm, không đúng với số liệu đã khai"
            )


def _by_rule(row: Sealed | ScoreBase, stored: StoredTree, target: Decimal | None) -> LeafScore | None:
    """What the rule makes of the data; None for an unanswered leaf and for data it refuses."""
    if row.data is None:
        return None
    criterion = stored.tree.by_code[stored.codes[row.criterion_id]]
    data = dict(row.data)
    assigned = isinstance(criterion.rule, Ratio) and criterion.rule.target is Target.ASSIGNED
    if assigned and target is not None and NOT_APPLICABLE not in data:
        data["target"] = canonical(target)
    try:
        return score(criterion, data, stored.tree.decimals)
    except Refused:
        return LeafScore(Decimal(-1), excluded=True)  # no stored score looks like this


def _said(row: Sealed | ScoreBase) -> LeafScore | None:
    return LeafScore(row.points or Decimal(0), row.excluded) if row.is_answered else None


def _totals(cohort: Cohort) -> Iterator[str]:
    units = dict(Assessment.objects.filter(cohort=cohort).values_list("pk", "unit__short_name"))
    for difference in total_differences(cohort):
        yield f"{units[difference.assessment_id]}: {difference}"


def _results(publication: Publication, cohort: Cohort, overlay: Overlay) -> Iterator[str]:
    """Published totals, ranks and bands against a ranking made anew from the leaves."""
    ranking = standings(cohort, overlay)
    results = {
        result.assessment_id: result
        for result in Result.objects.filter(publication=publication, assessment__cohort=cohort).order_by("pk")
    }
    areas: dict[int, dict[int, AreaResult]] = {}
    for area in AreaResult.objects.filter(result__in=results.values()).order_by("pk"):
        areas.setdefault(area.result_id, {})[area.criterion_id] = area
    for row in ranking.rows:
        unit, result = row.assessment.unit, results.pop(row.assessment.pk, None)
        if result is None:
            yield f"{unit}: không có trong kết quả công bố"
        elif (result.rank, result.group_size, result.grade) != (row.rank, ranking.ranked, row.grade):
            yield f"{unit}: công bố hạng {result.rank}/{result.group_size}, tính lại {row.rank}/{ranking.ranked}"
        elif row.rank is not None:
            yield from _figures(row, result, areas.get(result.pk, {}), ranking.stored)
    for result in results.values():
        yield f"kết quả {result.pk}: phiếu không thuộc nhóm {cohort.name}"


def _figures(row: Row, result: Result, areas: dict[int, AreaResult], stored: StoredTree) -> Iterator[str]:
    for name in _FIGURES:
        if getattr(result, name) != getattr(row.tally, name):
            yield (
                f"{row.assessment.unit}: công bố {name} {getattr(result, name)}, "
                f"tính lại {getattr(row.tally, name)}"
            )
    for area in stored.tree.areas:
        printed, node = areas.get(stored.ids[area.code]), row.tally.nodes[area.code]
        expected = (node.points, node.applicable, row.area_ranks[area.code])
        if printed is None or (printed.points, printed.applicable, printed.rank) != expected:
            yield f"{row.assessment.unit}: lĩnh vực {area.code} công bố khác với tính lại"


def _seals(publication: Publication, scores: Scores) -> Iterator[str]:
    last = ""
    for result, expected in seals(publication, scores):
        last = expected
        if result.seal != expected:
            yield f"{result.assessment.unit}: mã niêm phong không khớp; dữ liệu của đơn vị này hoặc trước nó đã bị sửa"
            return  # every later one rests on it
    if publication.seal != last:
        yield "mã niêm phong của cả lần công bố không khớp"


def _succession(publication: Publication) -> Iterator[str]:
    """That every publication follows the one before it, and that the last is the one in force."""
    ordinals = list(
        Publication.objects.filter(period=publication.period_id)
        .order_by("ordinal")
        .values_list("ordinal", flat=True)
    )
    if ordinals != list(range(1, len(ordinals) + 1)):
        yield f"các lần công bố của kỳ không liên tục: {', '.join(map(str, ordinals))}"
    in_force = publication.period.publication
    if in_force is None or in_force.period_id != publication.period_id or in_force.ordinal != ordinals[-1]:
        yield f"lần công bố đang có hiệu lực không phải lần cuối (lần {ordinals[-1]})"
