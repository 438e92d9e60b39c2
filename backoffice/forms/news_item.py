"""The form of a news item."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.forms.announcement import AnnouncementForm
from elections.models import NewsItem

BODY_LENGTH = 10_000


class BodyForm(forms.Form):
    """Only the text, for the preview."""

    body = forms.CharField(max_length=BODY_LENGTH, required=False)


class NewsItemForm(AnnouncementForm):
    """A title, a text in Markdown, and when."""

    body = forms.CharField(
        label=_("Tekst"),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={"required": _("Schrijf een tekst.")},
    )
    field_order = ("version", "title", "body")

    def __init__(self, *args: Any, row: NewsItem | None = None, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"body": row.body} if row else {}, **kwargs)
