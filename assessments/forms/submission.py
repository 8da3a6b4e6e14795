from django import forms


class SubmissionForm(forms.Form):
    """The second confirmation carries the number of unanswered leaves the person was told about."""

    unanswered = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    confirm = forms.BooleanField(required=False)

    @property
    def confirmed(self) -> int:
        return (self.cleaned_data["unanswered"] or 0) if self.cleaned_data["confirm"] else 0


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="Lý do trả lại",
        max_length=1000,
        help_text="Đơn vị đọc lý do này ngay đầu phiếu.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label="Lý do mở lại",
        max_length=1000,
        help_text="Lưu trong nhật ký của kỳ đánh giá.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RemarkForm(forms.Form):
    remark = forms.CharField(
        label="Điều cần sửa",
        max_length=1000,
        help_text="Cán bộ đầu mối đọc nội dung này ngay đầu phiếu.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
