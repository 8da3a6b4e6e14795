from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Báo cáo"

    def ready(self) -> None:
        from assessments.append_only import Protection, keep

        keep(
            {
                "reports_issue": Protection(once=("report_id", "ordinal")),
                # While it is being made a document may still fail and be asked for again; drafts come and go.
                "reports_rendering": Protection(
                    once=("issue_id", "ordinal"), settled=("issue_id IS NOT NULL", "state = 'done'")
                ),
                "reports_signedcopy": Protection(once=("issue_id", "ordinal")),
            }
        )
