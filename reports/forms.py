"""What people write for a report. Figures are not among the fields: they come from the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape

from assessments.outcome import Outcome, OutcomeRow
from criteria.points import format_points
from reports.contents import NARRATIVES, citation_text, decree, limits
from reports.remediation import where_and_why

REMEDY, TASK = "remedy-", "task-"
DAYS = ["%Y-%m-%d", "%d/%m/%Y"]


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _refusing(complain: Callable[[str], str]) -> Callable[[str], None]:
    """Checked here and not by the browser, whose maxlength cuts what is pasted without a word."""

    def check(text: str) -> None:
        if complaint := complain(text):
            raise ValidationError(complaint)

    return check


def _no_longer_than(longest: int = limits.TEXT, most: int = limits.TEXT_LINES) -> Callable[[str], None]:
    return _refusing(partial(limits.too_long, longest=longest, lines=most))


class _Lines(forms.CharField):
    """One entry per line, at most `most`."""

    widget = forms.Textarea

    def __init__(
        self, *, most: int = limits.ENTRIES, refusing: Callable[[str], str] | None = None, **options: Any
    ) -> None:
        own = [_refusing(refusing)] if refusing else []
        super().__init__(validators=[_no_longer_than(most=most), *own], **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def validate(self, value: str) -> None:
        super().validate(value)
        for line in lines(value):
            _no_longer_than(limits.LINE)(line)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"rows": 3}


def _line(
    label: str, *, required: bool = False, longest: int = limits.LINE, **options: Any
) -> forms.CharField:
    return forms.CharField(label=label, required=required, validators=[_no_longer_than(longest)], **options)


def _narrative(label: str, help_text: str = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        validators=[_no_longer_than()],
        widget=forms.Textarea(attrs={"rows": rows, "data-narrative": True}),
        help_text=help_text,
    )


def _day(label: str, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(
        label=label, required=False, input_formats=DAYS, widget=widget, help_text=help_text
    )


class CitationForm(forms.Form):
    """A document that the report rests on; left empty, there is none."""

    kind = _line("Loại văn bản", longest=60, initial="Công văn")
    number = _line("Số, ký hiệu", longest=60)
    issued_on = _day("Ngày")
    issuer = _line("Cơ quan ban hành")
    subject = _line("Về việc", longest=limits.SUBJECT, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if any(data.get(name) for name in ("number", "issued_on", "issuer", "subject")):
            for name in ("kind", "number", "issuer"):
                if name in data and not data[name]:
                    self.add_error(name, "Hãy điền, hoặc để trống cả văn bản này.")
        return data

    def stored(self) -> dict[str, str] | None:
        data = self.cleaned_data
        if not data.get("number"):
            return None
        day = data["issued_on"]
        return {**data, "issued_on": day.isoformat() if day else ""}


CitationFormSet = forms.formset_factory(
    CitationForm, extra=2, max_num=limits.CITATIONS, absolute_max=limits.CITATIONS + 2, validate_max=True
)


@dataclass(frozen=True)
class Written:
    """A field on the page. `saved` is what somebody else stored there meanwhile, if it differs."""

    field: forms.BoundField
    saved: str | None = None


class ReportForm(forms.Form):
    """Head, signature and the narrative parts of a remediation report about `outcome`."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    superior = _line("Cơ quan chủ quản", help_text="Ủy ban nhân dân không in dòng này.")
    issuer = _Lines(
        label="Cơ quan ban hành", most=limits.HEAD_ENTRIES, help_text="Mỗi dòng in thành một dòng."
    )
    number = _line("Số", longest=20, help_text="Để trống nếu văn thư chưa cấp số.")
    symbol = _line("Ký hiệu", required=True, longest=40)
    place = _line("Địa danh", required=True, longest=80)
    issued_on = _day("Ngày ban hành", "Để trống nếu chưa ký.")
    addressees = _Lines(label="Kính gửi", required=False, help_text="Mỗi nơi một dòng; có thể để trống.")
    authority = _Lines(
        label="Quyền hạn, chức vụ người ký",
        most=limits.HEAD_ENTRIES,
        refusing=decree.authority_complaint,
        help_text="Ví dụ: TM. Ủy ban nhân dân, xuống dòng, KT. Chủ tịch, xuống dòng, Phó Chủ tịch.",
    )
    signer = _line("Họ tên người ký", help_text="Không ghi học hàm, học vị.")
    recipients = _Lines(label="Nơi nhận", help_text="Mỗi nơi một dòng; dòng cuối là nơi lưu.")
    organisation = _narrative("Tình hình tổ chức triển khai")
    remedies = _narrative("Kết quả khắc phục chung")
    difficulties = _narrative("Khó khăn, vướng mắc")
    tasks = _narrative("Nhiệm vụ, giải pháp chung")
    closing = _narrative("Câu kết", "Để trống để dùng câu kết thông thường.", rows=2)

    def __init__(
        self, data: Any = None, *, outcome: Outcome, content: Mapping[str, Any], version: int
    ) -> None:
        super().__init__(data, initial=_initial(content, version))
        self.saved: dict[str, str] = {}
        narrative = content.get("narrative", {})
        self._add_remedies(outcome, narrative.get("remedies_by_code", {}))
        self._add_tasks(outcome, narrative.get("tasks_by_area", {}))

    def _add_remedies(self, outcome: Outcome, written: Mapping[str, str]) -> None:
        losing = {row.code for area in outcome.areas for row in area.losing_rows}
        rows = list(outcome.rows())
        for row in rows:
            # A text stays in the form where its criterion lost nothing or is a heading.
            if row.code in losing or row.code in written:
                self.fields[REMEDY + row.code] = _narrative(f"{row.code}. {row.name}", _lost(row), rows=3)
        self._add_orphans(REMEDY, written, rows)

    def _add_tasks(self, outcome: Outcome, written: Mapping[str, str]) -> None:
        for area in outcome.areas:
            self.fields[TASK + area.code] = _narrative(f"{area.code}. {area.name}", rows=3)
        self._add_orphans(TASK, written, outcome.areas)

    def _add_orphans(self, prefix: str, written: Mapping[str, str], rows: Iterable[OutcomeRow]) -> None:
        known = {row.code for row in rows}
        for code in written:
            if code not in known:
                self.fields[prefix + code] = _narrative(
                    f"{code} (không còn trong kết quả)",
                    "Hãy chuyển nội dung này sang ô khác rồi xóa trống; còn nó thì chưa tạo được báo cáo.",
                )

    def clean(self) -> dict[str, Any]:
        texts = [str(self.cleaned_data.get(field.name) or "") for field in self.narratives]
        if complaint := limits.too_long_together(texts):
            self.add_error(None, complaint)
        data = self.cleaned_data
        if complaint := decree.superior_complaint(data.get("superior", ""), data.get("issuer", "")):
            self.add_error("superior", complaint)
        if complaint := decree.signer_complaint(data.get("signer", "")):
            self.add_error("signer", complaint)
        return data

    @property
    def narratives(self) -> list[forms.BoundField]:
        return [field for field in self if "data-narrative" in field.field.widget.attrs]

    @property
    def written_count(self) -> int:
        return sum(bool(str(field.value() or "").strip()) for field in self.narratives)

    def show_saved(self, content: Mapping[str, Any], version: int) -> None:
        """Put what is stored now beside what was typed, and let the next save replace it knowingly."""
        stored = _initial(content, version)
        for name in self.fields:
            saved = _plain(stored.get(name, ""))
            if name != "version" and lines(saved) != lines(_plain(self[name].value())):
                self.saved[name] = saved
        self.data = self.data.copy()
        self.data["version"] = version

    def _written(self, *names: str) -> list[Written]:
        return [Written(self[name], self.saved.get(name)) for name in names]

    @property
    def differing(self) -> list[forms.BoundField]:
        return [self[name] for name in self.saved]

    def _prefixed(self, prefix: str) -> list[Written]:
        return self._written(*(name for name in self.fields if name.startswith(prefix)))

    # The page's groups, in the order of the document.
    @property
    def head_fields(self) -> list[Written]:
        return self._written("superior", "issuer", "number", "symbol", "place", "issued_on", "addressees")

    @property
    def work_fields(self) -> list[Written]:
        return self._written("organisation", "remedies")

    @property
    def remedy_fields(self) -> list[Written]:
        return self._prefixed(REMEDY)

    @property
    def plan_fields(self) -> list[Written]:
        return self._written("difficulties", "tasks")

    @property
    def task_fields(self) -> list[Written]:
        return self._prefixed(TASK)

    @property
    def closing_fields(self) -> list[Written]:
        return self._written("closing")

    @property
    def signature_fields(self) -> list[Written]:
        return self._written("authority", "signer", "recipients")

    def stored(self, *, request: dict[str, str] | None, basis: Iterable[dict[str, str]]) -> dict[str, Any]:
        """The content of a valid form, with the documents the report rests on."""
        data = self.cleaned_data
        return {
            "head": {
                "superior": data["superior"],
                "issuer": lines(data["issuer"]),
                "symbol": data["symbol"],
                "number": data["number"],
                "place": data["place"],
                "issued_on": data["issued_on"].isoformat() if data["issued_on"] else "",
            },
            "addressees": lines(data["addressees"]),
            "request": request,
            "basis": list(basis),
            "signature": {"authority": lines(data["authority"]), "name": data["signer"]},
            "recipients": lines(data["recipients"]),
            "narrative": {
                **{name: data[name] for name in NARRATIVES},
                "remedies_by_code": self._by_code(REMEDY),
                "tasks_by_area": self._by_code(TASK),
            },
        }

    def _by_code(self, prefix: str) -> dict[str, str]:
        return {
            name.removeprefix(prefix): text
            for name, text in self.cleaned_data.items()
            if name.startswith(prefix) and text
        }


def saved_citations(content: Mapping[str, Any]) -> list[str]:
    """The documents of stored content as they are printed, the one that asked for the report first."""
    return [citation_text(cited) for cited in (content.get("request"), *content.get("basis", ())) if cited]


def _initial(content: Mapping[str, Any], version: int) -> dict[str, Any]:
    narrative = content.get("narrative", {})
    return {
        "version": version,
        **content["head"],
        "authority": content["signature"]["authority"],
        "signer": content["signature"]["name"],
        "addressees": content.get("addressees", []),
        "recipients": content["recipients"],
        **{name: narrative.get(name, "") for name in NARRATIVES},
        **{REMEDY + code: text for code, text in narrative.get("remedies_by_code", {}).items()},
        **{TASK + code: text for code, text in narrative.get("tasks_by_area", {}).items()},
    }


def _plain(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list | tuple) else str(value or "")


def _lost(row: OutcomeRow) -> str:
    """What the writer of a remedy needs to know about the loss. Django prints help texts as they are."""
    if row.lost <= 0:
        return ""
    why = where_and_why(row)
    return escape(f"Bị trừ {format_points(row.lost)} điểm{f' – {why}' if why else ''}.")
