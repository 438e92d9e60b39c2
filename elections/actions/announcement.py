"""What news, documents and surveys share: keeping them, publishing, telling about them once, taking them back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.audience import forget_unnamed
from elections.enums import MailKind, PublishState, StepKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Audience, Document, Member, NewsItem, Survey, User
from elections.models.publication import PublicationModel
from elections.notify import outbox
from elections.queries.announcement import is_read_by
from elections.queries.audience import members_of, reachable
from elections.queries.menu_part import members_with_part

# The kind of its mail, and the first word of its log lines and keys.
KINDS: Final[dict[type[PublicationModel], tuple[MailKind, str]]] = {
    NewsItem: (MailKind.NEWS_PUBLISHED, "news_item"),
    Document: (MailKind.DOCUMENT_PUBLISHED, "document"),
    Survey: (MailKind.SURVEY_PUBLISHED, "survey"),
}

ChooseAudience = Callable[[], Audience]


@dataclass(frozen=True)
class Posting:
    """When something is to be read, and whether members get a mail. None: from the moment of publishing; always."""

    title: str
    publishes_at: datetime | None = None
    ends_at: datetime | None = None
    tells_by_mail: bool = True


def save(
    row: PublicationModel,
    posting: Posting,
    fields: Mapping[str, Any],
    *,
    choose_audience: ChooseAudience,
    version: int | None,
    by: User,
) -> PublicationModel:
    """Write a new or changed news item or document; part of the actions of those, inside their transaction.

    fields: the columns of its own. choose_audience: gives the audience, called inside the transaction.
    version: of the row as the page showed it; None for a new one.

    What members were told of keeps its begin: a mail that went out cannot be taken back.

    Raises:
        ActionError: when the period ends before it begins, or has ended already; or by `choose_audience`.
        ChangedElsewhere: when a colleague changed it since `version`.
    """
    is_new = row.pk is None
    if not is_new:
        row = lock(row, version or 0)
    before = None if is_new else row.audience
    row.title, row.ends_at = posting.title, posting.ends_at
    if row.announced_at is None:
        row.publishes_at, row.tells_by_mail = posting.publishes_at, posting.tells_by_mail
    if row.state == PublishState.PUBLISHED and row.publishes_at is None:
        row.publishes_at = timezone.now()
    for name, value in fields.items():
        setattr(row, name, value)
    _check_period(row)
    row.audience = choose_audience()
    if is_new:
        row.created_by = by.display_name
    else:
        row.version += 1
        row.updated_at = timezone.now()
    row.save()
    if before and before != row.audience:
        forget_unnamed(before)
    audit.record(f"{_noun(row)}.{'create' if is_new else 'update'}", by=by, on=row)
    return row


def lock(row: PublicationModel, version: int) -> Any:
    """The row as it is now, for this transaction alone. Raises ChangedElsewhere when it is not at `version`."""
    locked = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if locked is None or locked.version != version:
        raise ChangedElsewhere(
            _("Een collega heeft dit intussen gewijzigd. Bekijk eerst hoe het nu is en probeer het opnieuw.")
        )
    return locked


@transaction.atomic
def publish(row: PublicationModel, *, version: int, by: User) -> Any:
    """Let its members see it: now, or from its moment on. What shows now is announced now.

    version: of the row as the page showed it, so that nobody publishes what they did not see.

    Raises:
        ActionError: when it is published already, its period is over, its audience holds nobody, or nobody of them can
            open the page on which it would stand.
        ChangedElsewhere: when a colleague changed it since `version`.
    """
    row = lock(row, version)
    if row.state == PublishState.PUBLISHED:
        raise ActionError(_("Dit is al gepubliceerd."))
    now = timezone.now()
    row.publishes_at = max(row.publishes_at or now, now)
    row.state = PublishState.PUBLISHED
    _check_period(row)
    count = members_of(row.audience).count()
    if count and not _who_can_look(row).exists():
        raise ActionError(
            _(
                "Leden zien het onderdeel “Documenten” nu niet. Zet het onderdeel eerst open bij “Portaal openzetten”."
            )
        )
    if not count:
        raise ActionError(
            _("Bij deze doelgroep hoort nu geen enkel lid. Kies een andere doelgroep, en publiceer daarna.")
        )
    row.version += 1
    row.save(update_fields=["state", "publishes_at", "version"])
    audit.record(f"{_noun(row)}.publish", by=by, on=row, members=count)
    if row.publishes_at <= now:
        _announce(row)
    return row


@transaction.atomic
def withdraw(row: PublicationModel, *, version: int, by: User) -> None:
    """Take it out of the portal; mails about it that did not leave yet will not leave.

    Raises:
        ActionError: when it is not published.
        ChangedElsewhere: when a colleague changed it since `version`.
    """
    row = lock(row, version)
    if row.state != PublishState.PUBLISHED:
        raise ActionError(_("Dit is niet gepubliceerd."))
    row.state = PublishState.WITHDRAWN
    row.version += 1
    row.updated_at = timezone.now()  # the terms of elections.retention count from it
    row.save(update_fields=["state", "updated_at", "version"])
    audit.record(f"{_noun(row)}.withdraw", by=by, on=row)


def delete_draft(row: PublicationModel, *, version: int, by: User) -> None:
    """Remove what no member has seen; part of the actions of news and documents, inside their transaction.

    Raises:
        ActionError: when it was published before: who read what must stay known.
        ChangedElsewhere: when a colleague changed it since `version`.
    """
    row = lock(row, version)
    if row.state != PublishState.DRAFT:
        raise ActionError(
            _("U kunt alleen een concept verwijderen. Trek dit in als leden het niet meer mogen zien.")
        )
    audit.record(f"{_noun(row)}.delete", by=by, on=row)
    audience = row.audience
    row.delete()
    forget_unnamed(audience)


def mark_read(row: PublicationModel, member: Member) -> None:
    """Note that the member opened it; only the first time counts. A question of two moments makes one note."""
    if is_read_by(row, member):
        return
    model: Any = type(row)
    relation = model._meta.get_field("readings")
    one = relation.related_model(member=member, **{relation.field.name: row})
    relation.related_model.objects.bulk_create([one], ignore_conflicts=True)


def announce_now(row: PublicationModel) -> None:
    """Tell about one thing when it shows and was not told of yet; inside the transaction of an action."""
    model: Any = type(row)
    found = model.objects.showing().filter(pk=row.pk, announced_at=None).first()
    if found:
        _announce(found)


def announce_due() -> int:
    """Tell about everything whose moment has come. Returns how many things were told of.

    Each is claimed in the transaction that puts its mails in the outbox, so that several sweeps tell it once.
    """
    told = 0
    for model in KINDS:
        while _announce_next(model):
            told += 1
    return told


@transaction.atomic
def _announce_next(model: Any) -> bool:
    waiting = model.objects.showing().filter(announced_at=None).order_by("publishes_at", "pk")
    row = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return False
    _announce(row)
    return True


def _announce(row: PublicationModel) -> None:
    """One mail to each member of the audience who can log in; once, whatever is done with the row later."""
    if row.announced_at is not None:
        return
    row.announced_at = timezone.now()
    row.save(update_fields=["announced_at"])
    if not row.tells_by_mail:
        return
    kind, noun = KINDS[type(row)]
    recipients = [
        outbox.Recipient(member.user, f"{noun}:{row.uuid}:{row.version}:{member.user.uuid}", row.uuid)
        for member in reachable(_who_can_look(row)).select_related("user").order_by("pk")
        if member.user
    ]
    if recipients:
        outbox.enqueue_many(kind, recipients)


def _who_can_look(row: PublicationModel) -> QuerySet[Member]:
    """The members of its audience who can open the page on which it stands."""
    members = members_of(row.audience)
    if isinstance(row, Document):
        return members.filter(pk__in=members_with_part(StepKind.DOCUMENTS).values("pk"))
    return members


def _check_period(row: PublicationModel) -> None:
    begin = row.publishes_at or timezone.now()
    if row.ends_at and row.ends_at <= begin:
        raise ActionError(_("Het einde moet na het begin liggen, en in de toekomst."))


def _noun(row: PublicationModel) -> str:
    return KINDS[type(row)][1]
