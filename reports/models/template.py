"""Word templates that offices upload for their own documents."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Unit
from reports.kinds import TITLES


class WordTemplate(models.Model):
    """One version of an office's template for a kind; it passed its check, and its bytes never change.

    Older versions stay, so that every document can be traced to what it was made by.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="word_templates")
    kind = models.CharField(max_length=24, choices=[(name.value, title) for name, title in TITLES.items()])
    ordinal = models.PositiveIntegerField()
    is_active = models.BooleanField(default=False)
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    trial = models.BinaryField()  # the made-up document by this template
    remarks = models.JSONField(default=list)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "mẫu Word"
        verbose_name_plural = "mẫu Word"
        ordering = ["-ordinal", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "ordinal"], name="word_template_ordinal_once"),
            models.UniqueConstraint(fields=["unit", "kind", "sha256"], name="word_template_file_once"),
            models.UniqueConstraint(
                fields=["unit", "kind"], condition=Q(is_active=True), name="word_template_one_active"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, phiên bản {self.ordinal}"
