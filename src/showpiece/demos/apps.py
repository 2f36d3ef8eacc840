from django.apps import AppConfig


class DemosConfig(AppConfig):
    name = "showpiece.demos"

    def ready(self) -> None:
        from showpiece.catalog import popularity
        from showpiece.demos import privacy, selectors

        privacy.register()
        popularity.register("demos", selectors.runs_by_day)
