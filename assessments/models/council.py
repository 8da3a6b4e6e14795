from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.minutes import SEATS
from assessments.models.periods import Period
from assessments.models.sheets import Assessment
from criteria.fields import PointsField
from criteria.models import Criterion


class CouncilSession(models.Model):
    """A meeting of the council; `threshold` chooses what is put before it besides the disputed leaves."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="sessions")
    held_at = models.DateTimeField("thời gian họp")
    ended_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)
    place = models.CharField("địa điểm", max_length=200)
    threshold = PointsField(
        "đưa ra Hội đồng khi điểm thẩm định lệch điểm tự chấm từ",
        help_text="Số điểm; các tiêu chí đơn vị còn không đồng ý luôn được đưa ra.",
    )
    note = models.TextField("nội dung khác", blank=True)

    class Meta:
        verbose_name = "phiên họp Hội đồng"
        verbose_name_plural = "phiên họp Hội đồng"
        ordering = ["period", "-held_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="session_threshold_positive", condition=Q(threshold__gt=0)),
            models.CheckConstraint(
                name="session_ends_after_it_begins",
                condition=Q(ended_at=None) | Q(ended_at__gt=models.F("held_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} · {self.held_at:%Y-%m-%d}"

    @property
    def illustration(self) -> bool:
        return self.period.illustration


class CouncilMember(models.Model):
    """Somebody who took part, as the minutes name him; he need not be a user."""

    class Seat(models.TextChoices):
        CHAIR = "chair", SEATS["chair"]
        SECRETARY = "secretary", SEATS["secretary"]
        MEMBER = "member", SEATS["member"]

    session = models.ForeignKey(CouncilSession, on_delete=models.CASCADE, related_name="members")
    seat = models.CharField("vai trò", max_length=9, choices=Seat, default=Seat.MEMBER)
    full_name = models.CharField("họ và tên", max_length=120)
    position = models.CharField("chức vụ, cơ quan", max_length=200, blank=True)
    absent = models.BooleanField("vắng mặt", default=False)
    order = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "thành viên Hội đồng"
        verbose_name_plural = "thành viên Hội đồng"
        ordering = ["session", "order"]
        constraints = [
            models.UniqueConstraint(fields=["session", "order"], name="council_member_order_once"),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(seat="chair"),
                name="council_one_chair",
                violation_error_message="Phiên họp chỉ có một người chủ trì.",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class CouncilDecision(models.Model):
    """What a session decided on a leaf put before it; the council's Score says the same until it is changed again."""

    session = models.ForeignKey(CouncilSession, on_delete=models.PROTECT, related_name="decisions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="decisions")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    before = PointsField("điểm trước phiên họp", null=True)
    points = PointsField("điểm Hội đồng", null=True)
    reason = models.TextField("ý kiến của Hội đồng")
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "quyết định của Hội đồng"
        verbose_name_plural = "quyết định của Hội đồng"
        ordering = ["session", "assessment", "criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["session", "assessment", "criterion"], name="decision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.points}"
