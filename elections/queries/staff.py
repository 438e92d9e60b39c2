"""The colleagues of the election team: how far each of them is in, how they log in, and when their rights were
last reviewed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.enums import SignInMethod, StaffRole, StaffState
from elections.models import AuditEvent, Authenticator, Invitation, SignIn, User, WorkAccount
from elections.models.fields import NameKey
from elections.permissions import ALL_RIGHTS, IN_WORDS, RIGHTS, Words

REVIEW_ACTION: Final = "staff.review"
# BIO2 8.02.01: rights that can do much are reviewed every quarter.
REVIEW_EVERY: Final = timedelta(days=91)


def colleagues() -> QuerySet[User]:
    """All colleagues by name.

    Each has `invited_until` (until when their invitation works, if there is one), `has_app`, `has_work_account`,
    `codes_left` (recovery codes) and `last_method` (a SignInMethod, or None).
    """
    invitation = Invitation.objects.open().filter(user=OuterRef("pk")).order_by("-created_at")
    newest = SignIn.objects.filter(user=OuterRef("pk")).order_by("-at", "-pk")
    return (
        User.objects.staff()
        .annotate(
            invited_until=Subquery(invitation.values("expires_at")[:1]),
            has_app=Exists(Authenticator.objects.filter(user=OuterRef("pk"), confirmed=True)),
            has_work_account=Exists(WorkAccount.objects.filter(user=OuterRef("pk"), confirmed=True)),
            codes_left=Count("recovery_codes", filter=Q(recovery_codes__used_at=None)),
            last_method=Subquery(newest.values("method")[:1]),
        )
        .order_by(NameKey("name"), "username")
    )


def staff_state(user: User) -> StaffState:
    """How far a colleague from `colleagues()` is in."""
    if not user.is_active:
        return StaffState.DISABLED
    if user.has_usable_password() or user.has_work_account:  # type: ignore[attr-defined]
        return StaffState.ACTIVE
    return StaffState.INVITED if user.invited_until else StaffState.EXPIRED  # type: ignore[attr-defined]


def factor_words(user: User) -> str:
    """What a colleague from `colleagues()` shows besides the password, such as "authenticator-app, 8 herstelcodes"."""
    words = []
    if user.has_work_account:  # type: ignore[attr-defined]
        words.append(_("werkaccount"))
    if user.has_app:  # type: ignore[attr-defined]
        left: int = user.codes_left  # type: ignore[attr-defined]
        codes = ngettext("%(left)s herstelcode", "%(left)s herstelcodes", left) % {"left": left}
        words += [_("authenticator-app"), codes]
    return ", ".join(words)


def last_login_words(user: User) -> str:
    """How a colleague from `colleagues()` last logged in; empty when that is not known."""
    method = user.last_method  # type: ignore[attr-defined]
    return str(SignInMethod(method).label) if method else ""


def rights_words(user: User) -> str:
    """How many rights the role of `user` gives, such as "9 van 26"."""
    return _("%(some)s van %(all)s") % {"some": len(RIGHTS[user.role]), "all": len(ALL_RIGHTS)}


def rights_matrix() -> Iterable[tuple[Words, list[tuple[Words, list[bool]]]]]:
    """Per subject its rights in words, each with yes or no for every role in the order of StaffRole."""
    for subject, rights in IN_WORDS:
        yield (
            subject,
            [(words, [right in RIGHTS[role] for role in StaffRole]) for right, words in rights.items()],
        )


def last_review() -> AuditEvent | None:
    """When and by whom the rights of all colleagues were last reviewed."""
    return AuditEvent.objects.filter(action=REVIEW_ACTION).first()


def review_is_due() -> bool:
    """Whether the last review is over three months old, or there was none since the first colleague. One query."""
    last = AuditEvent.objects.filter(action=REVIEW_ACTION).order_by("-at").values("at")[:1]
    reviewed = Coalesce(Subquery(last), Min("created_at"))
    since: datetime | None = User.objects.staff().aggregate(since=reviewed)["since"]
    return since is not None and since < timezone.now() - REVIEW_EVERY
