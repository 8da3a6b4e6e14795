"""Head, signature and the narrative parts of a report of any kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.html import escape

from reports.contents import decree, limits, tidy
from reports.forms.fields import Lines, MonthField, day_field, line_field, lines, narrative_field
from reports.kinds import HEAD, SIGNATURE, Kind, Part, Suggestion, field_name


@dataclass(frozen=True)
class Written:
    """A field on the page. `saved` is what somebody else stored there meanwhile, if it differs."""

    field: forms.BoundField
    saved: str | None = None


@dataclass(frozen=True)
class Shown:
    """A part on the page: one field, or under its heading one for each area or criterion."""

    part: Part
    fields: tuple[Written, ...]
    suggestions: tuple[str, ...]

    @property
    def heading(self) -> str:
        return self.part.label if self.part.by else ""


@dataclass(frozen=True)
class Group:
    """Parts that belong together, in the order of the document; `title` is empty for those of the tail."""

    title: str
    anchor: str
    parts: tuple[Shown, ...]


class ReportForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    superior = line_field("Cơ quan chủ quản", help_text="Ủy ban nhân dân không in dòng này.")
    issuer = Lines(
        label="Cơ quan ban hành", most=limits.HEAD_ENTRIES, help_text="Mỗi dòng in thành một dòng."
    )
    number = line_field("Số", longest=20, help_text="Để trống nếu văn thư chưa cấp số.")
    symbol = line_field("Ký hiệu", required=True, longest=40, tidied=tidy.symbol)
    place = line_field("Địa danh", required=True, longest=80, tidied=tidy.place)
    issued_on = day_field("Ngày ban hành", "Để trống nếu chưa ký.")
    month = MonthField(
        label="Tháng ban hành",
        required=False,
        help_text="In khi chưa có ngày, ví dụ 5/2024; để trống nếu chưa biết.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    addressees = Lines(
        label="Kính gửi",
        required=False,
        tidied=tidy.addressee,
        help_text="Mỗi nơi một dòng; có thể để trống.",
    )
    authority = Lines(
        label="Quyền hạn, chức vụ người ký",
        most=limits.HEAD_ENTRIES,
        refusing=decree.authority_complaint,
        help_text="Ví dụ: TM. Ủy ban nhân dân, xuống dòng, KT. Chủ tịch, xuống dòng, Phó Chủ tịch.",
    )
    signer = line_field("Họ tên người ký", help_text="Không ghi học hàm, học vị.")
    recipients = Lines(
        label="Nơi nhận",
        tidied=tidy.entry,
        help_text="Mỗi nơi một dòng, không cần gạch đầu dòng và dấu câu; dòng cuối là nơi lưu.",
    )

    def __init__(
        self, data: Any = None, *, kind: Kind[Any], facts: Any, content: Mapping[str, Any], version: int
    ) -> None:
        super().__init__(data, initial=_initial(content, version))
        self.kind, self.facts, self.content = kind, facts, content
        for name in {*HEAD, *SIGNATURE} - {*kind.fields}:
            del self.fields[name]
        self.saved: dict[str, str] = {}
        self.suggested: tuple[Suggestion, ...] = ()
        self.names_of: dict[str, tuple[str, ...]] = {}  # by part: its fields
        narrative = content.get("narrative", {})
        for part in kind.parts:
            new = dict(self._fields_of(part, narrative.get(part.key) or {}))
            self.fields.update(new)
            self.names_of[part.key] = tuple(new)

    def _fields_of(self, part: Part, written: Any) -> Iterator[tuple[str, forms.CharField]]:
        if not part.by:
            longest = limits.LINE if part.is_line else limits.TEXT
            yield part.key, narrative_field(part.label, escape(part.help), part.rows, longest)
            return
        known = self.kind.entries(self.facts, part.by)
        for entry in known:
            # A text stays in the form where its criterion lost nothing or is a heading.
            if entry.is_offered or entry.code in written:
                help_text = escape(entry.help)  # Django prints help texts as they are
                yield field_name(part.key, entry.code), narrative_field(entry.label, help_text, part.rows)
        for code in written:
            if code not in {entry.code for entry in known}:
                yield (
                    field_name(part.key, code),
                    narrative_field(
                        f"{code} (không còn trong kết quả)",
                        "Hãy chuyển nội dung này sang ô khác rồi xóa trống; còn nó thì chưa tạo được báo cáo.",
                    ),
                )

    def clean_number(self) -> str:
        typed = self.cleaned_data["number"].strip()
        if typed and (complaint := decree.number_complaint(typed)):
            raise forms.ValidationError(complaint)
        return str(int(typed)) if typed else ""

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
            if name != "version" and lines(saved) != lines(self.plain(name)):
                self.saved[name] = saved
        self.data = self.data.copy()
        self.data["version"] = version

    def plain(self, name: str) -> str:
        """What stands in a field, as text."""
        return _plain(self[name].value())

    def label_of(self, name: str) -> str:
        """With that of its part where there are several of its kind."""
        of_part = [part.label for part in self.kind.parts if part.by and name in self.names_of[part.key]]
        return " – ".join([*of_part, str(self[name].label)])

    @property
    def differing(self) -> list[forms.BoundField]:
        return [self[name] for name in self.saved]

    def _written(self, names: Iterable[str]) -> tuple[Written, ...]:
        return tuple(Written(self[name], self.saved.get(name)) for name in names)

    @property
    def head_fields(self) -> tuple[Written, ...]:
        return self._written(name for name in HEAD if name in self.fields)

    @property
    def signature_fields(self) -> tuple[Written, ...]:
        return self._written(name for name in SIGNATURE if name in self.fields)

    @property
    def end_title(self) -> str:
        """What is typed below the text: closing sentence, signature, recipients; empty where nothing is."""
        has_closing = any(not part.group for part in self.kind.parts)
        named = (
            ("câu kết", has_closing),
            ("người ký", "signer" in self.fields),
            ("nơi nhận", "recipients" in self.fields),
        )
        return ", ".join(name for name, is_there in named if is_there).capitalize()

    @property
    def groups(self) -> list[Group]:
        by_title: dict[str, list[Shown]] = {}
        for part in self.kind.parts:
            hints = tuple(one.text for one in self.suggested if one.part == part.key)
            shown = Shown(part, self._written(self.names_of[part.key]), hints)
            by_title.setdefault(part.group, []).append(shown)
        return [
            Group(title, f"phan-{place}", tuple(parts))
            for place, (title, parts) in enumerate(by_title.items(), start=1)
        ]

    def stored(self, *, request: dict[str, str] | None, basis: Iterable[dict[str, str]]) -> dict[str, Any]:
        """The content of a valid form, with the documents the report rests on; what has no field stays as it was."""
        before = _initial(self.content, 0)
        data = {**before, **self.cleaned_data}
        day = data.get("issued_on")
        listed = {
            name: lines(_plain(data[name])) for name in ("issuer", "addressees", "authority", "recipients")
        }
        return {
            "head": {
                **{name: data.get(name, "") for name in ("superior", "symbol", "number", "place")},
                "issuer": listed["issuer"],
                "issued_on": day.isoformat() if isinstance(day, date) else day or "",
                "month": data.get("month", ""),
            },
            "addressees": listed["addressees"],
            "request": request,
            "basis": list(basis),
            "signature": {"authority": listed["authority"], "name": data["signer"]},
            "recipients": listed["recipients"],
            "narrative": {part.key: self._text(part) for part in self.kind.parts},
        }

    def _text(self, part: Part) -> str | dict[str, str]:
        if not part.by:
            return self.cleaned_data[part.key]
        prefix = field_name(part.key, "")
        return {
            name.removeprefix(prefix): text
            for name in self.names_of[part.key]
            if (text := self.cleaned_data[name])
        }


def _initial(content: Mapping[str, Any], version: int) -> dict[str, Any]:
    texts: dict[str, str] = {}
    for part, written in content.get("narrative", {}).items():
        if isinstance(written, str):
            texts[part] = written
        else:
            texts |= {field_name(part, code): text for code, text in written.items()}
    return {
        "version": version,
        **content["head"],
        "authority": content["signature"]["authority"],
        "signer": content["signature"]["name"],
        "addressees": content.get("addressees", []),
        "recipients": content["recipients"],
        **texts,
    }


def _plain(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list | tuple) else str(value or "")
