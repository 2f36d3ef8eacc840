from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "showpiece.accounts"

    def ready(self) -> None:
        from allauth.account.signals import user_signed_up

        from showpiece.accounts.signals import welcome

        user_signed_up.connect(welcome, dispatch_uid="showpiece.accounts.welcome")
