"""Absolute links, for mails and letters. They never come from the request: a Host header can be forged."""

from django.conf import settings

from tenants.models import Municipality


def absolute_url(municipality: Municipality, path: str) -> str:
    """The full address of `path` at the municipality's primary domain.

    Parameters:
        path: an absolute path, as `reverse()` returns it.

    Raises:
        ValueError: when `path` does not start with exactly one slash, or could point to another host.
    """
    if not path.startswith("/") or path.startswith("//") or "\\" in path:
        raise ValueError(f"Not an absolute path: {path!r}")
    return f"{settings.PUBLIC_SCHEME}://{municipality.primary_domain}{settings.PUBLIC_PORT}{path}"
