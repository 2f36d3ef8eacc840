from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "showpiece.jobs"

    def ready(self) -> None:
        from showpiece.jobs import wakeup

        wakeup.connect()
