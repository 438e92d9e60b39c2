from typing import Any

from elections import models
from tests.factories.publication import publication


def make_news_item(*members: Any, **values: Any) -> Any:
    """A news item that shows now, for everybody or for these members."""
    return models.NewsItem.objects.create(**publication(members, {"body": "Beste leden,"} | values))
