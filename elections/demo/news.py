"""News and documents of an invented municipality: read by some, new for others."""

import io
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from openpyxl import Workbook

from elections.actions.announcement import Posting, mark_read, publish
from elections.actions.audience import save_audience
from elections.actions.document import About, create_document
from elections.actions.news_item import create_news_item
from elections.documents.pdf import render_pdf
from elections.enums import AudienceKind
from elections.models import Audience, Member, NewsItem, User
from elections.models.publication import PublicationModel

_OPENING: Final = """Beste leden,

Over een paar weken is het zover. Dit kunt u nu vast doen:

- Controleer **uw gegevens** in het portaal.
- Laat weten wanneer u kunt.
- Zet de datum in uw agenda.

# Waar vindt u wat?

Uw plaats en uw benoemingsbrief komen hier te staan zodra ze klaar zijn. U krijgt daar een e-mail over.

Vragen? Stuur ons een bericht in het portaal, of bel ons."""

_TRAINING: Final = """Ook dit jaar is er een korte training. U oefent met de *stempas* en het tellen.

1. U meldt zich bij de balie.
2. U krijgt een badge en een map.
3. De training duurt twee uur.

Meer weten over de regels? Lees het op [de site van de Kiesraad](https://www.kiesraad.nl/)."""

_PARKING: Final = """Bij de meeste stembureaus kunt u gratis parkeren. Bij het gemeentehuis niet."""

_ROUTE: Final = "De training is in het gemeentehuis, zaal 2. Volg vanaf de balie de borden."

# How many of the members read the first news item, of ten.
_READ_BY: Final = 7


def announce(members: Sequence[Member], seed: int) -> None:
    """Publish three news items and three documents, and let some members have read the oldest.

    May not stand in a transaction, for the files of documents.
    """
    chance = random.Random(seed)  # noqa: S311 - invented data
    by = User.objects.filter(role="communication").first() or User.objects.exclude(role="").first()
    if by is None:
        return
    first = _news("Zo bereidt u zich voor", _OPENING, days_ago=9, by=by)
    _news("Training voor alle leden", _TRAINING, days_ago=4, by=by)
    _news("Parkeren op de dag zelf", _PARKING, days_ago=1, by=by)
    _document(
        "Uw dag op het stembureau",
        "Instructies",
        "Wat u doet, van opening tot telling.",
        _guide(),
        "dag.pdf",
        by,
    )
    _document("Benodigdheden", "Instructies", "Wat er in de kist zit.", _list(), "kist.xlsx", by)
    _document("Route naar de training", "Training", "", _ROUTE.encode(), "route.txt", by)
    with transaction.atomic():
        for member in members:
            if chance.randrange(10) < _READ_BY:
                mark_read(first, member)


def _everyone() -> Audience:
    return save_audience(kind=AudienceKind.EVERYONE, by=None)


def _news(title: str, body: str, *, days_ago: int, by: User) -> NewsItem:
    with transaction.atomic():
        item = create_news_item(Posting(title, tells_by_mail=False), body, choose_audience=_everyone, by=by)
        publish(item, version=item.version, by=by)
        _backdate(item, days_ago)
        return item


def _document(title: str, category: str, text: str, content: bytes, name: str, by: User) -> None:
    document = create_document(
        Posting(title, tells_by_mail=False),
        About(category, text),
        ContentFile(content, name=name),
        choose_audience=_everyone,
        by=by,
    )
    publish(document, version=document.version, by=by)


def _backdate(row: PublicationModel, days: int) -> None:
    moment = timezone.now() - timedelta(days=days)
    NewsItem.objects.filter(pk=row.pk).update(
        publishes_at=moment, announced_at=moment, created_at=moment, updated_at=moment
    )


def _guide() -> bytes:
    return render_pdf("pdf/demo_guide.html", {}, "Uw dag op het stembureau")


def _list() -> bytes:
    book = Workbook()
    book.active.append(["Wat", "Aantal"])
    for row in (("Rode potloden", 12), ("Stembus", 1), ("Hoekje voor het stemhokje", 3), ("Zegels", 20)):
        book.active.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()
