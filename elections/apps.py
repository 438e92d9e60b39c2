from django.apps import AppConfig


class ElectionsConfig(AppConfig):
    name = "elections"
    verbose_name = "Verkiezingen"

    def ready(self) -> None:
        from elections import sessions  # noqa: F401, PLC0415 - hears every log-in, when the apps are ready
