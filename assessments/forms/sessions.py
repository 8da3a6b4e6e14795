"""What a coordinator types about a meeting of the council."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms

from accounts.dates import format_moment
from assessments.forms.periods import MomentField
from assessments.forms.seen import SeenField
from assessments.minutes import Member, SessionFacts
from assessments.models import CouncilMember, CouncilSession
from assessments.queries.sessions import facts_of
from criteria.fields import PointsFormField
from criteria.points import format_points
from criteria.shown import Shown

MEMBERS_MAX = 100
PREFIX = "members"


class MemberForm(forms.Form):
    """One line of the list; a line without a name is nobody."""

    full_name = forms.CharField(label="Họ và tên", max_length=120, required=False)
    position = forms.CharField(label="Chức vụ, cơ quan", max_length=200, required=False)
    seat = forms.ChoiceField(label="Vai trò", choices=CouncilMember.Seat, initial=CouncilMember.Seat.MEMBER)
    absent = forms.BooleanField(label="Vắng mặt", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("position") and not cleaned.get("full_name"):
            self.add_error("full_name", "Hãy ghi họ và tên, hoặc xóa cả dòng.")
        return cleaned


class _Members(forms.BaseFormSet):
    def members(self) -> tuple[Member, ...]:
        """Who was typed, in the order of the lines."""
        lines = [form.cleaned_data for form in self.forms if form.cleaned_data.get("full_name")]
        return tuple(
            Member(line["seat"], line["full_name"], line["position"], line["absent"]) for line in lines
        )


MemberFormSet = forms.formset_factory(
    MemberForm, formset=_Members, extra=3, max_num=MEMBERS_MAX, absolute_max=MEMBERS_MAX
)


class SessionForm(Shown, forms.Form):
    """`seen` carries what the page showed of a session that exists."""

    held_at = MomentField(label="Bắt đầu lúc", help_text="Giờ Việt Nam.")
    ended_at = MomentField(label="Kết thúc lúc", required=False, help_text="Có thể ghi sau phiên họp.")
    place = forms.CharField(label="Địa điểm", max_length=200)
    threshold = PointsFormField(
        label="Đưa ra Hội đồng khi điểm thẩm định lệch điểm tự chấm từ",
        help_text="Số điểm, ví dụ 0,5. Tiêu chí mà đơn vị còn không đồng ý luôn được đưa ra.",
    )
    note = forms.CharField(
        label="Nội dung khác",
        required=False,
        max_length=4000,
        help_text="Nội dung ngoài chấm điểm, được đưa vào biên bản.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = SeenField()

    def __init__(self, data: Any = None, *, session: CouncilSession | None = None, typed: Any = None) -> None:
        """`typed`: a form sent for more lines, to be shown again with them as it was."""
        self.stood = stood = session and facts_of(session)
        initial: dict[str, Any] = {**stood.columns, "seen": stood.spelled} if stood else {}
        people = stood.members if stood else (Member("chair", ""), Member("secretary", ""))
        if typed is not None:
            initial = {name: typed.get(name, "") for name in self.base_fields}
            initial["seen"] = _loaded(initial["seen"])
        super().__init__(data, initial=initial)
        lines = [asdict(member) for member in people] if typed is None else _typed_lines(typed)
        # What was sent speaks for itself: a line equal to its initial values would count as untouched.
        self.lines = MemberFormSet(data, initial=lines if data is None else None, prefix=PREFIX)

    def is_valid(self) -> bool:
        # Both are asked, so that every mistake shows at once.
        valid = all([super().is_valid(), self.lines.is_valid()])
        if valid and self.stood and self.facts() != self.stood != self.cleaned_data["seen"]:
            self._show_saved(self.stood)
            self.add_error(None, "Người khác đã sửa phiên họp này trong lúc trang đang mở.")
            return False
        return valid

    @property
    def is_wrong(self) -> bool:
        return self.is_bound and (bool(self.errors) or not self.lines.is_valid())

    def clean_seen(self) -> SessionFacts | None:
        seen = self.cleaned_data["seen"]
        if seen is None:
            return None
        try:
            return SessionFacts.read(seen)
        except (KeyError, TypeError, ValueError) as error:
            raise forms.ValidationError("Trang này đã hỏng; hãy tải lại rồi nhập.") from error

    def _show_saved(self, stood: SessionFacts) -> None:
        entered = self.facts()
        differing = [
            (str(self.fields[name].label), _told(value))
            for name, value in stood.columns.items()
            if getattr(entered, name) != value
        ]
        if entered.members != stood.members:
            differing.append(("Thành viên", "; ".join(map(_introduced, stood.members))))
        self.put_beside(differing, seen=json.dumps(stood.spelled))

    def facts(self) -> SessionFacts:
        """What a valid form says."""
        entered = self.cleaned_data
        return SessionFacts(
            held_at=entered["held_at"],
            ended_at=entered["ended_at"],
            place=entered["place"],
            threshold=entered["threshold"],
            note=entered["note"],
            members=self.lines.members(),
        )


def _told(value: Any) -> str:
    match value:
        case datetime():
            return format_moment(value)
        case Decimal():
            return format_points(value)
        case _:
            return value or ""


def _introduced(member: Member) -> str:
    position = f", {member.position}" if member.position else ""
    absent = ", vắng mặt" if member.absent else ""
    return f"{member.full_name}{position} ({member.seat_label.lower()}{absent})"


def _loaded(seen: str) -> Any:
    try:
        return json.loads(seen)
    except ValueError:
        return None


def _typed_lines(typed: Any) -> list[dict[str, Any]]:
    return [
        {name: typed.get(f"{PREFIX}-{line}-{name}", "") for name in MemberForm.base_fields}
        for line in range(MEMBERS_MAX)
        if typed.get(f"{PREFIX}-{line}-full_name", "").strip()
    ]


class LeafChoiceForm(forms.Form):
    """A leaf to put before a session, whatever the list says."""

    assessment = forms.TypedChoiceField(label="Đơn vị", coerce=int)
    code = forms.CharField(label="Mã tiêu chí", max_length=40, help_text="Ví dụ 2.1.3")

    def __init__(self, data: Any, *, sheets: list[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["assessment"].choices = sheets  # type: ignore[attr-defined]
