from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "showpiece.catalog"

    def ready(self) -> None:
        from showpiece.catalog import privacy

        privacy.register()
