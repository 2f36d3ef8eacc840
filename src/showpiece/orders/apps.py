from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "showpiece.orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from showpiece.catalog import owed, released
        from showpiece.catalog.studio import pages
        from showpiece.orders import buying, privacy, rules, signals  # noqa: F401
        from showpiece.orders.delivery import versions
        from showpiece.orders.delivery.granting import projects_owed
        from showpiece.payments import subjects

        subjects.register("order", buying.OrderSubject())
        owed.register("orders", projects_owed)
        privacy.register()
        released.register("orders", versions.version_notice)
        pages.register(pages.Part("licenses", _("License keys"), "studio_licenses", rules.may_manage_licenses))
