from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DonationsConfig(AppConfig):
    name = "showpiece.donations"
    verbose_name = _("Donations")

    def ready(self) -> None:
        from showpiece.accounts import erasure
        from showpiece.donations import giving, pledging, privacy, services
        from showpiece.payments import subjects

        subjects.register("donation", giving.DonationSubject())
        subjects.register_recurring(services.KIND, pledging.PledgeRecurring())
        # Before what is given is made nameless.
        erasure.register("pledges", pledging.Pledges())
        privacy.register()
