"""Help that belongs to one page: from the name of its view to a text. Portal and backoffice have a table each."""

from collections.abc import Mapping

from django.utils.functional import Promise


def help_for(name: str, texts: Mapping[str, str | Promise]) -> str | Promise:
    """The text for a view: its own, else that of what its name begins with; empty when there is none.

    name: the URL name without its namespace. "shift-edit" takes "shift-edit", otherwise "shift".
    """
    words = name.split("-")
    for end in range(len(words), 0, -1):
        if text := texts.get("-".join(words[:end])):
            return text
    return ""
