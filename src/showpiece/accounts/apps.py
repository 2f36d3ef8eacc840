from django.apps import AppConfig
from django.db.models.signals import post_save


class AccountsConfig(AppConfig):
    name = "showpiece.accounts"

    def ready(self) -> None:
        from showpiece.accounts import profile_signals

        post_save.connect(profile_signals.user_saved, sender="accounts.User", dispatch_uid="showpiece.accounts.profile")
