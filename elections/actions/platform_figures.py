"""Keeping the figures of the platform where /metrics finds them."""

from typing import Final

from django.core.cache import cache
from django_tenants.utils import get_public_schema_name, schema_context

from elections.queries.platform_figures import CACHE_KEY, PlatformFigures, count_figures, kept_figures

KEPT_SECONDS: Final = 3600
"""Older figures would look like those of now; without any, the alert about figures that stand still tells."""


def keep_platform_figures() -> PlatformFigures:
    """Count, and keep the outcome in the cache of the platform. Nothing about anybody, so nothing for the log."""
    figures = count_figures(kept_figures())
    with schema_context(get_public_schema_name()):
        cache.set(CACHE_KEY, figures.as_json(), KEPT_SECONDS)
    return figures
