from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm

from accounts.models import User


class LoginForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đã ngừng hoạt động. "
        "Mật khẩu phân biệt chữ hoa, chữ thường.",
        "inactive": "Tài khoản đã ngừng hoạt động.",
    }


class NewPassword:
    """A new password has to be another one."""

    user: User
    cleaned_data: dict[str, str]

    def clean_new_password1(self) -> str:
        password = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise forms.ValidationError("Mật khẩu mới phải khác mật khẩu đang dùng.")
        return password


class OwnPasswordForm(NewPassword, PasswordChangeForm):
    """Somebody changes his password of his own accord and proves that he is himself."""


class FirstPasswordForm(NewPassword, SetPasswordForm):
    """Somebody who has just logged in with a one-time password replaces it."""
