from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.models.periods import Period


class Notice(models.Model):
    """Something a person is told, on his pages and by e-mail; `key` says what about, so it is told once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="notices")
    key = models.CharField(max_length=120)
    title = models.CharField("tiêu đề", max_length=200)
    text = models.TextField("nội dung")
    address = models.CharField("đường dẫn", max_length=200)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField("bắt đầu gửi thư lúc", null=True)
    mailed_at = models.DateTimeField("đã gửi thư lúc", null=True)

    class Meta:
        verbose_name = "thông báo"
        verbose_name_plural = "thông báo"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notice_once"),
            models.CheckConstraint(
                name="notice_claimed_before_mailed",
                condition=Q(mailed_at=None) | Q(claimed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["created_at"], condition=Q(claimed_at=None), name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return self.title
