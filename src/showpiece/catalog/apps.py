from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "showpiece.catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from showpiece.catalog import privacy

        privacy.register()
