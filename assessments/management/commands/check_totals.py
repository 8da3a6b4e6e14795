from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.models import Cohort
from assessments.queries.recounting import total_differences


class Command(BaseCommand):
    help = "Recounts every stored total from the leaves and reports each difference."

    def handle(self, *args: Any, **options: Any) -> None:
        cohorts = Cohort.objects.select_related("criteria_set", "period").order_by("pk")
        found = 0
        for cohort in cohorts:
            for difference in total_differences(cohort):
                found += 1
                self.stdout.write(f"{cohort.period} · {cohort.name}: {difference}")
        if found:
            raise CommandError(f"{found} tổng điểm lưu không khớp với điểm từng tiêu chí.", returncode=1)
        self.stdout.write("Mọi tổng điểm lưu đều khớp với điểm từng tiêu chí.")
