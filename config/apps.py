from django.apps import AppConfig
from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Importing registers the checks, when the apps are ready.
        from config import checks, database_checks, storage_checks  # noqa: F401, PLC0415

        if settings.SENTRY_DSN:
            from config import sentry  # noqa: PLC0415  # slow import: only who sends reports needs it

            sentry.start(settings.SENTRY_DSN)


class StaticFiles(StaticFilesConfig):
    """Static files without the sources and the tables of tokens that npm packages bring along."""

    ignore_patterns = (
        *StaticFilesConfig.ignore_patterns,
        *("*.cjs", "*.json", "*.less", "*.mjs", "*.scss", "*.ts", "*.woff", "tokens.js", "LICENSE*"),
    )
