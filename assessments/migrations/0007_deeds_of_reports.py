from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0006_orders'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='action',
            field=models.CharField(choices=[('score', 'Đơn vị chấm điểm'), ('share', 'Phân công tự chấm'), ('send', 'Trình lãnh đạo duyệt'), ('send_back', 'Lãnh đạo trả lại'), ('submit', 'Duyệt và gửi phiếu'), ('return', 'Trả lại phiếu'), ('extend', 'Gia hạn'), ('appraise', 'Thẩm định'), ('mark', 'Chấm độc lập'), ('settle', 'Thống nhất điểm của hai người chấm'), ('release', 'Công bố kết quả vòng 1 cho đơn vị'), ('explain', 'Giải trình'), ('silent', 'Không giải trình, coi là đồng ý'), ('revise', 'Thẩm định vòng 2'), ('withdraw_verdict', 'Thu lại điểm đã chấm vì đơn vị chấm khác'), ('close_appraisal', 'Kết thúc thẩm định'), ('order', 'Yêu cầu thực hiện cho cả nhóm'), ('enter_central', 'Nhập kết quả chấm tập trung'), ('assign_target', 'Giao chỉ tiêu'), ('fix', 'Hội đồng chấm'), ('finalise', 'Chốt điểm'), ('renew', 'Chuyển bộ tiêu chí'), ('add_evidence', 'Thêm tài liệu kiểm chứng'), ('attach_evidence', 'Đính kèm tài liệu kiểm chứng'), ('detach_evidence', 'Gỡ tài liệu kiểm chứng'), ('assign', 'Phân công thẩm định'), ('convene', 'Phiên họp Hội đồng'), ('decide', 'Hội đồng quyết định'), ('remind', 'Nhắc đơn vị'), ('create_period', 'Tạo kỳ đánh giá'), ('edit_period', 'Sửa kỳ đánh giá'), ('reschedule', 'Thay đổi lịch'), ('open_period', 'Mở kỳ đánh giá'), ('add_cohort', 'Thêm nhóm xếp hạng'), ('edit_cohort', 'Sửa nhóm xếp hạng'), ('remove_cohort', 'Bỏ nhóm xếp hạng'), ('set_units', 'Chọn đơn vị của nhóm'), ('publish', 'Công bố kết quả'), ('prepare_correction', 'Chuẩn bị đính chính'), ('correct', 'Công bố đính chính'), ('save_record', 'Ghi nhận kết quả'), ('create_report', 'Lập báo cáo'), ('write_report', 'Soạn báo cáo'), ('request_document', 'Tạo tệp báo cáo'), ('issue_report', 'Ban hành báo cáo'), ('number_report', 'Cấp số báo cáo'), ('add_signed_copy', 'Tải lên bản đã ký'), ('add_template', 'Tải lên mẫu Word'), ('activate_template', 'Dùng mẫu Word'), ('deactivate_template', 'Ngừng dùng mẫu Word'), ('define_indicators', 'Sửa danh mục chỉ tiêu thống kê'), ('enter_figures', 'Nhập số liệu thống kê')], max_length=40, verbose_name='việc'),
        ),
    ]
