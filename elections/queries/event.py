"""Reads about election events that more than one page needs."""

from elections.models import ElectionEvent


def current_event() -> ElectionEvent | None:
    """The event that members see and staff start in: the newest that is not archived."""
    return ElectionEvent.objects.filter(archived_at=None).order_by("-created_at").first()
