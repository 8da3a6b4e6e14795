from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Đơn vị và người dùng"

    def ready(self) -> None:
        from accounts import checks  # noqa: F401
