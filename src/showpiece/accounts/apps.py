from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "showpiece.accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from showpiece.accounts import export
        from showpiece.accounts.privacy.parts import export_account
        from showpiece.accounts.privacy.signals import came_back

        export.register("accounts", export_account)
        user_logged_in.connect(came_back, dispatch_uid="showpiece.accounts.privacy")
