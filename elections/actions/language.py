"""The language in which somebody is written to."""

from elections.models import User


def choose_language(user: User, language: str) -> None:
    """Mail this person in `language` from now on."""
    user.language = language
    user.save(update_fields=["language"])
