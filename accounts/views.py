from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeDoneView, PasswordChangeView
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts import actions
from accounts.authorize import authorize, public, signed_in
from accounts.forms import FirstPasswordForm, LoginForm, OwnPasswordForm


class Login(LoginView):
    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True


class Logout(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """On a shared computer "back" must not show the pages again. What wasn't sent yet is kept elsewhere."""
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response


class PasswordChange(PasswordChangeView):
    template_name = "accounts/password_change.html"

    def get_form_class(self) -> type[Form]:
        return FirstPasswordForm if self.request.user.must_change_password else OwnPasswordForm

    def form_valid(self, form: Form) -> HttpResponse:
        actions.change_password(user=form.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, form.user)
        return HttpResponseRedirect(self.get_success_url())


login = public(Login.as_view())
logout = public(Logout.as_view())
password_change = authorize(signed_in)(PasswordChange.as_view())
password_change_done = authorize(signed_in)(
    PasswordChangeDoneView.as_view(template_name="accounts/password_change_done.html")
)
