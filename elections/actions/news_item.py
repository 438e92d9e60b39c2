"""Writing news for members, publishing it and taking it back."""

from django.db import transaction

from elections.actions import announcement
from elections.actions.announcement import ChooseAudience, Posting
from elections.models import NewsItem, User


@transaction.atomic
def create_news_item(posting: Posting, body: str, *, choose_audience: ChooseAudience, by: User) -> NewsItem:
    """Make a draft that no member sees yet.

    body: Markdown, see elections.formatting. choose_audience: gives the audience, called in this transaction.
    Raises ActionError as announcement.save.
    """
    item = NewsItem()
    announcement.save(item, posting, {"body": body}, choose_audience=choose_audience, version=None, by=by)
    return item


@transaction.atomic
def update_news_item(
    item: NewsItem, posting: Posting, body: str, *, choose_audience: ChooseAudience, version: int, by: User
) -> None:
    """Change the text, the period or for whom it is. Members who read it keep it as read; nobody is mailed again.

    Raises ActionError and ChangedElsewhere as announcement.save.
    """
    announcement.save(item, posting, {"body": body}, choose_audience=choose_audience, version=version, by=by)


@transaction.atomic
def delete_news_item(item: NewsItem, *, version: int, by: User) -> None:
    """Remove a draft. Raises ActionError and ChangedElsewhere as announcement.delete_draft."""
    announcement.delete_draft(item, version=version, by=by)
