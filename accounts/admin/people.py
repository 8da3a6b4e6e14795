from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts import actions
from accounts.admin.catalogue import CatalogueAdmin, PlainChoices
from accounts.dates import format_moment
from accounts.models import Membership, User
from accounts.queries import lock_administrators, people
from accounts.resources import ACTIVE, INACTIVE, UserResource, UserWorkbook
from accounts.vietnamese import fold


class RolesFormSet(forms.BaseInlineFormSet):
    by: User

    def clean(self) -> None:
        super().clean()
        lock_administrators()  # before the person's own row, as deactivating does
        actions.refuse_own_demotion(user=self.instance, roles=self.roles(), by=self.by)

    def roles(self) -> set[actions.HeldRole]:
        """What the person holds by now, changed as the page says: a role that it didn't show yet stays."""
        held = Membership.objects.filter(user=self.instance.pk).order_by("pk").values_list("role", "unit_id")
        shown = {(form.initial.get("role"), form.initial.get("unit")) for form in self.initial_forms}
        wanted = {
            (row["role"], row["unit"].pk if row.get("unit") else None)
            for row in (form.cleaned_data for form in self.forms)
            if row.get("role") and not row.get("DELETE")
        }
        return set(held) - shown | wanted


class RolesInline(PlainChoices, admin.TabularInline):
    model = Membership
    formset = RolesFormSet
    fields = ["role", "unit"]
    autocomplete_fields = ["unit"]
    extra = 0

    def get_formset(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> type[RolesFormSet]:
        return type("RolesFormSet", (super().get_formset(request, obj, **kwargs),), {"by": request.user})


@admin.register(User)
class UserAdmin(CatalogueAdmin):
    resource_classes = [UserResource]
    import_formats = export_formats = [UserWorkbook]
    list_display = ["label", "username", "position", "roles_held", "state"]
    list_display_links = ["label", "username"]
    list_filter = ["is_active", "memberships__role", "must_change_password"]
    list_per_page = 50
    ordering = ["sort_key", "username"]
    search_fields = ["search"]
    search_help_text = "Tìm theo họ tên hoặc tên đăng nhập, có dấu hay không dấu đều được."
    fields = ["username", "full_name", "position", "email", "phone"]
    readonly_fields = ["state", "last_seen", "created"]
    inlines = [RolesInline]
    actions = ["reset_passwords", "unlock", "deactivate", "activate"]
    add_form_template = "admin/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return people(timezone.now())

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        for word in fold(search_term).split():
            queryset = queryset.filter(search__contains=word)
        return queryset, False

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return [*self.fields, *self.readonly_fields] if obj else list(self.fields)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what a person did keeps his name; he is deactivated instead

    @admin.display(description="họ và tên", ordering="sort_key")
    def label(self, user: User) -> str:
        return user.full_name

    @admin.display(description="vai trò")
    def roles_held(self, user: User) -> str:
        return "; ".join(str(membership) for membership in user.memberships.all()) or "chưa có"

    @admin.display(description="trạng thái", ordering="is_active")
    def state(self, user: User) -> str:
        if not user.is_active:
            return INACTIVE
        if user.locked:
            return f"{ACTIVE}, đang bị khóa đăng nhập"
        if not user.has_usable_password():
            return f"{ACTIVE}, chưa cấp mật khẩu"
        return f"{ACTIVE}, chưa đổi mật khẩu dùng một lần" if user.must_change_password else ACTIVE

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        user = context["original"]
        if user is not None:
            offered = ["reset_passwords", "unlock", "deactivate"] if user.is_active else ["activate"]
            context["account_tools"] = [(name, getattr(self, name).short_description) for name in offered]
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="đăng nhập gần nhất")
    def last_seen(self, user: User) -> str:
        return format_moment(user.last_login) if user.last_login else "chưa lần nào"

    @admin.display(description="ngày tạo")
    def created(self, user: User) -> str:
        return format_moment(user.created_at)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: RolesFormSet, change: bool) -> None:
        formset.save(commit=False)  # notes for the log entry what was changed
        actions.set_roles(user=formset.instance, roles=formset.roles(), by=request.user)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: Any = None) -> HttpResponse:
        password = actions.reset_password(user=obj, by=request.user)
        return self._tell_passwords(request, [(obj, password)], [])

    @admin.action(description="Đặt lại mật khẩu")
    def reset_passwords(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        return self._after_confirmation(
            request,
            queryset,
            action="reset_passwords",
            question="Đặt lại mật khẩu của những người sau?",
            consequence="Mật khẩu đang dùng hết hiệu lực ngay, các nơi đang đăng nhập bị đăng xuất. Mỗi người được "
            "một mật khẩu dùng một lần, phải đổi khi đăng nhập lần đầu.",
            act=actions.reset_password,
        )

    @admin.action(description="Mở khóa đăng nhập")
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            actions.unlock(user=user, by=request.user)
        messages.success(request, f"Đã mở khóa đăng nhập cho {len(queryset)} người.")

    @admin.action(description="Ngừng hoạt động")
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        return self._after_confirmation(
            request,
            queryset,
            action="deactivate",
            question="Cho những tài khoản sau ngừng hoạt động?",
            consequence="Những người này bị đăng xuất ngay và không đăng nhập được nữa; những gì họ đã làm vẫn giữ "
            "tên họ. Cho hoạt động lại thì phải cấp mật khẩu mới.",
            act=actions.deactivate,
        )

    @admin.action(description="Cho hoạt động lại")
    def activate(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        return self._after_confirmation(
            request,
            queryset,
            action="activate",
            question="Cho những tài khoản sau hoạt động lại?",
            consequence="Mỗi người được một mật khẩu dùng một lần, phải đổi khi đăng nhập lần đầu.",
            act=actions.activate,
        )

    def _after_confirmation(
        self,
        request: HttpRequest,
        queryset: QuerySet[User],
        *,
        action: str,
        question: str,
        consequence: str,
        act: Callable[..., str | None],
    ) -> HttpResponse | None:
        """Ask first; then act on each person and, where one-time passwords come of it, show them once."""
        if "confirmed" not in request.POST:
            return TemplateResponse(
                request,
                "admin/accounts/user/confirm.html",
                {
                    **self.admin_site.each_context(request),
                    "opts": self.opts,
                    "title": question,
                    "consequence": consequence,
                    "users": queryset,
                    "action": action,
                },
            )
        done, refused = [], []
        for user in queryset:
            try:
                with transaction.atomic():
                    done.append((user, act(user=user, by=request.user)))
            except ValidationError as refusal:
                refused.extend(refusal.messages)
        if any(password for _, password in done):
            return self._tell_passwords(request, done, refused)
        for message in refused:
            messages.error(request, message)
        if done:
            messages.success(request, f"Đã thực hiện với {len(done)} người.")
        return None

    def _tell_passwords(
        self, request: HttpRequest, passwords: list[tuple[User, str]], refused: list[str]
    ) -> HttpResponse:
        # Straight from memory onto the page: a message or redirect would store the passwords on the way.
        page = TemplateResponse(
            request,
            "admin/accounts/user/one_time_passwords.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": "Mật khẩu dùng một lần",
                "passwords": passwords,
                "refused": refused,
            },
        )
        add_never_cache_headers(page)
        return page
