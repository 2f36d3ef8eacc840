from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "showpiece.accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from allauth.account.signals import password_reset, user_signed_up
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from showpiece.accounts import export
        from showpiece.accounts import profile_signals as heard
        from showpiece.accounts.privacy.mails import export_mails
        from showpiece.accounts.privacy.parts import export_account
        from showpiece.accounts.signals import reclaim, welcome

        user_signed_up.connect(welcome, dispatch_uid="showpiece.accounts.welcome")
        password_reset.connect(reclaim, dispatch_uid="showpiece.accounts.reclaim")
        post_save.connect(heard.user_saved, sender="accounts.User", dispatch_uid="showpiece.accounts.profile")
        user_logged_in.connect(heard.signed_in, dispatch_uid="showpiece.accounts.signed_in")
        user_logged_out.connect(heard.signed_out, dispatch_uid="showpiece.accounts.signed_out")
        export.register("accounts", export_account)
        export.register("mail", export_mails)
