"""What a correction changed, and for whom."""

from __future__ import annotations

from decimal import Decimal

from reports.citations import Citation
from reports.document import Align, Appendix, Block, Cell, Column, Paragraph, Row, Table
from reports.kinds.annex.facts import Correction
from reports.kinds.tables import header
from reports.kinds.wording import printed, sentence

NO_COUNT = "Không tính"


def correction_appendix(correction: Correction) -> Appendix:
    by = correction.corrects
    cited = Citation(by.kind, by.number, by.issued_on, by.issuer).full
    blocks: list[Block] = [
        Paragraph.of(f"Đính chính kết quả công bố tại {cited}. Lý do: {correction.reason.rstrip(' .')}."),
        _leaves(correction),
    ]
    if correction.changed:
        lead = "Tổng điểm, xếp hạng thay đổi so với kết quả đã công bố:"
        blocks += [Paragraph.of(lead), _changed(correction)]
    else:
        blocks.append(Paragraph.of("Tổng điểm và xếp hạng của các đơn vị không thay đổi."))
    return Appendix("Nội dung đính chính", tuple(blocks), landscape=True)


def _leaves(correction: Correction) -> Table:
    return Table(
        columns=(
            Column(20), Column(8), Column(28), Column(10, Align.NUMERIC), Column(10, Align.NUMERIC), Column(24),
        ),
        header=(header("Đơn vị", "Mã số", "Tiêu chí", "Đã công bố", "Đính chính", "Lý do"),),
        rows=tuple(
            Row(
                (
                    Cell(sentence(line.unit)),
                    Cell(line.code),
                    Cell(line.name),
                    Cell(_counted(line.before)),
                    Cell(_counted(line.after)),
                    Cell(line.reason),
                )
            )
            for line in correction.leaves
        ),
    )  # fmt: skip


def _changed(correction: Correction) -> Table:
    return Table(
        columns=(Column(40), *(Column(15, Align.NUMERIC),) * 4),
        header=(
            header(
                "Đơn vị", "Tổng điểm đã công bố", "Tổng điểm đính chính", "Hạng đã công bố", "Hạng đính chính"
            ),
        ),
        rows=tuple(
            Row(
                (
                    Cell(sentence(line.unit)),
                    Cell(printed(line.total_before)),
                    Cell(printed(line.total_after)),
                    Cell(str(line.rank_before or "–")),
                    Cell(str(line.rank_after or "–")),
                )
            )
            for line in correction.changed
        ),
    )


def _counted(points: Decimal | None) -> str:
    return NO_COUNT if points is None else printed(points)
