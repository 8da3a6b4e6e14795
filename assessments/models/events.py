from django.conf import settings
from django.db import models

from assessments.models.periods import Period
from assessments.models.sheets import Assessment
from criteria.models import Criterion


class Event(models.Model):
    """Who did what, when and why; written in the same transaction as the thing itself, never changed."""

    class Deed(models.TextChoices):
        """Everything that leaves an event, in the words of the people who read it."""

        SCORE = "score", "Đơn vị chấm điểm"
        SHARE = "share", "Phân công tự chấm"
        SEND = "send", "Trình lãnh đạo duyệt"
        SEND_BACK = "send_back", "Lãnh đạo trả lại"
        SUBMIT = "submit", "Duyệt và gửi phiếu"
        RETURN = "return", "Trả lại phiếu"
        EXTEND = "extend", "Gia hạn"
        APPRAISE = "appraise", "Thẩm định"
        MARK = "mark", "Chấm độc lập"
        SETTLE = "settle", "Thống nhất điểm của hai người chấm"
        RELEASE = "release", "Công bố kết quả vòng 1 cho đơn vị"
        EXPLAIN = "explain", "Giải trình"
        SILENT = "silent", "Không giải trình, coi là đồng ý"
        REVISE = "revise", "Thẩm định vòng 2"
        WITHDRAW_VERDICT = "withdraw_verdict", "Thu lại điểm đã chấm vì đơn vị chấm khác"
        CLOSE_APPRAISAL = "close_appraisal", "Kết thúc thẩm định"
        ORDER = "order", "Yêu cầu thực hiện cho cả nhóm"
        ENTER_CENTRAL = "enter_central", "Nhập kết quả chấm tập trung"
        ASSIGN_TARGET = "assign_target", "Giao chỉ tiêu"
        FIX = "fix", "Hội đồng chấm"
        FINALISE = "finalise", "Chốt điểm"
        REOPEN = "reopen", "Mở lại phiếu đã chốt"
        RENEW = "renew", "Chuyển bộ tiêu chí"
        ADD_EVIDENCE = "add_evidence", "Thêm tài liệu kiểm chứng"
        ATTACH_EVIDENCE = "attach_evidence", "Đính kèm tài liệu kiểm chứng"
        DETACH_EVIDENCE = "detach_evidence", "Gỡ tài liệu kiểm chứng"
        ASSIGN = "assign", "Phân công thẩm định"
        CONVENE = "convene", "Phiên họp Hội đồng"
        DECIDE = "decide", "Hội đồng quyết định"
        REMIND = "remind", "Nhắc đơn vị"
        CREATE_PERIOD = "create_period", "Tạo kỳ đánh giá"
        EDIT_PERIOD = "edit_period", "Sửa kỳ đánh giá"
        RESCHEDULE = "reschedule", "Thay đổi lịch"
        OPEN_PERIOD = "open_period", "Mở kỳ đánh giá"
        ADD_COHORT = "add_cohort", "Thêm nhóm xếp hạng"
        EDIT_COHORT = "edit_cohort", "Sửa nhóm xếp hạng"
        REMOVE_COHORT = "remove_cohort", "Bỏ nhóm xếp hạng"
        SET_UNITS = "set_units", "Chọn đơn vị của nhóm"
        PUBLISH = "publish", "Công bố kết quả"
        PREPARE_CORRECTION = "prepare_correction", "Chuẩn bị đính chính"
        CORRECT = "correct", "Công bố đính chính"
        SAVE_RECORD = "save_record", "Ghi nhận kết quả"
        CREATE_REPORT = "create_report", "Lập báo cáo"
        WRITE_REPORT = "write_report", "Soạn báo cáo"
        REQUEST_DOCUMENT = "request_document", "Tạo tệp báo cáo"
        START_BATCH = "start_batch", "In báo cáo hàng loạt"
        STOP_BATCH = "stop_batch", "Dừng lượt in hàng loạt"
        RETRY_BATCH = "retry_batch", "Làm lại lượt in hàng loạt"
        ISSUE_REPORT = "issue_report", "Ban hành báo cáo"
        NUMBER_REPORT = "number_report", "Cấp số báo cáo"
        ADD_SIGNED_COPY = "add_signed_copy", "Tải lên bản đã ký"
        ADD_TEMPLATE = "add_template", "Tải lên mẫu Word"
        ACTIVATE_TEMPLATE = "activate_template", "Dùng mẫu Word"
        DEACTIVATE_TEMPLATE = "deactivate_template", "Ngừng dùng mẫu Word"
        DEFINE_INDICATORS = "define_indicators", "Sửa danh mục chỉ tiêu thống kê"
        ENTER_FIGURES = "enter_figures", "Nhập số liệu thống kê"

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    address = models.GenericIPAddressField("từ địa chỉ", null=True)
    action = models.CharField("việc", max_length=40, choices=Deed)
    period = models.ForeignKey(Period, null=True, on_delete=models.PROTECT, related_name="events")
    assessment = models.ForeignKey(Assessment, null=True, on_delete=models.PROTECT, related_name="events")
    criterion = models.ForeignKey(Criterion, null=True, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = "sự kiện"
        verbose_name_plural = "sự kiện"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
