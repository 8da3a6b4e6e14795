"""What the catalogues of units and people have in common: history, and Excel both ways."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminDateWidget
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify
from import_export.admin import ImportExportMixin
from import_export.forms import ImportForm
from import_export.results import Result, RowResult
from simple_history.admin import SimpleHistoryAdmin

from accounts import actions
from accounts.vietnamese import fold
from accounts.workbook import UnreadableWorkbook

MAX_UPLOAD_BYTES = 5_000_000
# The calendar beside the input writes the second form.
DAY_FIELDS = {
    models.DateField: {
        "widget": AdminDateWidget(format="%d/%m/%Y"),
        "input_formats": ["%d/%m/%Y", "%Y-%m-%d"],
    }
}


class PlainChoices:
    """A choice among other entries, without buttons that would edit or delete those from here."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None:
            field.widget = getattr(field.widget, "widget", field.widget)
        return field


class WorkbookForm(ImportForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["import_file"].label = "Tệp Excel (.xlsx)"
        self.fields["import_file"].widget.attrs["accept"] = ".xlsx"
        self.fields["format"].widget = forms.HiddenInput()

    def clean_import_file(self) -> Any:
        upload = self.cleaned_data["import_file"]
        if not upload.name.lower().endswith(".xlsx"):
            raise forms.ValidationError("Chỉ nhận tệp Excel có đuôi .xlsx (không nhận .xls, .xlsm, .csv).")
        if upload.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError("Tệp lớn hơn 5 MB; hãy chia thành nhiều tệp.")
        return upload


class CatalogueAdmin(PlainChoices, ImportExportMixin, SimpleHistoryAdmin):
    formfield_overrides = DAY_FIELDS
    import_form_class = WorkbookForm
    # The workbook comes at once, in the list's own filter: there is nothing to choose about it.
    skip_export_form = True
    object_history_list_template = "admin/history.html"

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        # Going back is a change like any other, with its own checks.
        return True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            actions.edit(entry=obj, fields=form.changed_data, by=request.user)
        else:
            super().save_model(request, obj, form, change)

    def get_import_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"columns": self.import_formats[0].columns}

    def add_data_read_fail_error_to_form(self, form: forms.Form, e: Exception) -> None:
        if not isinstance(e, UnreadableWorkbook):
            raise e
        form.add_error("import_file", str(e))

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            messages.error(
                request,
                "Danh mục đã thay đổi sau lúc xem trước nên chưa nhập dòng nào. Hãy tải tệp lên để xem lại.",
            )
            return redirect("admin:{}_{}_import".format(*self.get_model_info()))
        return super().process_result(result, request)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return super().process_import(request, **kwargs)
        except FileNotFoundError:  # it goes with the first confirmation
            messages.error(request, "Tệp này đã được nhập hoặc đã bị xóa. Hãy tải tệp lên để xem lại.")
            return redirect("admin:{}_{}_import".format(*self.get_model_info()))

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Any) -> str:
        name = slugify(fold(self.opts.verbose_name_plural))
        return f"{name}-{timezone.localdate()}.{file_format.get_extension()}"

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        messages.success(
            request,
            f"Đã nhập tệp: thêm {result.totals[RowResult.IMPORT_TYPE_NEW]}, "
            f"sửa {result.totals[RowResult.IMPORT_TYPE_UPDATE]}, "
            f"giữ nguyên {result.totals[RowResult.IMPORT_TYPE_SKIP]} {self.opts.verbose_name_plural}.",
        )
