from django.apps import AppConfig


class DemosConfig(AppConfig):
    name = "showpiece.demos"

    def ready(self) -> None:
        from showpiece.demos import privacy

        privacy.register()
