from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.models.sheets import Assessment
from criteria.models import Criterion


class Explanation(models.Model):
    """The unit's answer to a leaf appraised below its own score. Silence is an answer too, given by the clock."""

    class Stance(models.TextChoices):
        AGREED = "agreed", "Đồng ý"
        DISAGREED = "disagreed", "Không đồng ý"
        SILENT = "silent", "Không ý kiến, coi là đồng ý"

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="explanations")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    stance = models.CharField("ý kiến", max_length=9, choices=Stance)
    text = models.TextField("nội dung giải trình", blank=True)
    version = models.PositiveIntegerField(default=1)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "giải trình"
        verbose_name_plural = "giải trình"
        ordering = ["assessment", "criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="explanation_once"),
            models.CheckConstraint(
                name="explanation_disagreement_has_words_silence_nobody",
                condition=Q(stance="disagreed", answered_by__isnull=False) & ~Q(text="")
                | Q(stance="agreed", answered_by__isnull=False)
                | Q(stance="silent", answered_by=None, text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.get_stance_display()}"
