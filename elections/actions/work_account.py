"""Logging in, accepting an invitation and confirming with the municipality's work account, and linking one.

Whoever comes in is the colleague to whom this issuer and subject were linked before. Logging in makes no account and
links nothing: an e-mail address in a token proves nothing about who owns a mailbox here (OWASP ASVS 5.0 row 6.8.1).
"""

import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, NamedTuple

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit, work_account
from elections.actions.invitation import withdraw_open
from elections.actions.login import SessionData, end_sessions
from elections.actions.login_limits import QUARTER, Tier, digest, is_known, network
from elections.enums import AuditResult, FactorChange, InvitationKind, MailKind, WorkAccountPurpose
from elections.errors import ActionError
from elections.models import Invitation, User, WorkAccount, WorkAccountAttempt, WorkAccountProvider
from elections.notify import account_mails, outbox
from elections.work_account import ProviderUnavailable, TokenRefused
from tenants.context import current_municipality, current_schema
from tenants.links import absolute_url

logger = logging.getLogger(__name__)

BROWSER_KEY: Final = "work_account_browser"
ATTEMPT_LIFETIME: Final = timedelta(minutes=10)
# A whole town hall may share one address with its guests; more than this from one address is a machine.
STRANGERS: Final = Tier(200, QUARTER)
# Of one colleague who is logged in, or of one browser in which somebody logged in here before.
BY_ONE: Final = Tier(30, QUARTER)
# Purposes for which the provider must ask again who this is, also when it still knows the browser.
# A link made by mistake, on a computer where a neighbour is still logged in, would let the neighbour in from then on.
ASKS_AGAIN: Final = (WorkAccountPurpose.INVITATION, WorkAccountPurpose.LINK, WorkAccountPurpose.CONFIRM)
NEEDS_USER: Final = (WorkAccountPurpose.LINK, WorkAccountPurpose.CONFIRM)


class WorkAccountRefused(ActionError):
    """The work account opens nothing now.

    `reason` is "off", "often", "unavailable", "expired", "cancelled", "token", "stale", "mfa", "unknown", "disabled",
    "taken", "second", "none", "only" or "invitation".
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Proof(NamedTuple):
    """Whom the provider vouches for, and the trip on which it did."""

    attempt: WorkAccountAttempt
    issuer: str
    subject: str


def active_provider() -> WorkAccountProvider | None:
    """The provider of this municipality, when colleagues can log in with it."""
    return WorkAccountProvider.objects.filter(is_active=True).first()


def begin(
    session: SessionData,
    purpose: WorkAccountPurpose,
    *,
    by: User | None = None,
    invitation: Invitation | None = None,
    wanted: str = "",
    browser: str = "",
) -> str:
    """Start a trip to the provider from this browser; returns the address to send it to.

    by: who is logged in, for linking and confirming. wanted: a path of this municipality to go to afterwards.
    browser: the digest of the browser's own cookie, as in login_limits.count_attempt.
    Raises WorkAccountRefused.
    """
    provider = _provider()
    own = browser if by is None and is_known(browser, username=None) else ""
    origin = "" if by or own else network(audit.origin.get())
    _check_number_of_attempts(by, own, origin)
    attempt = WorkAccountAttempt(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(64),
        purpose=purpose,
        session_digest=_browser_digest(session.setdefault(BROWSER_KEY, secrets.token_urlsafe(32))),
        user=by,
        invitation=invitation,
        wanted=wanted,
        browser_digest=own,
        origin=origin,
        expires_at=timezone.now() + ATTEMPT_LIFETIME,
    )
    try:
        address = work_account.authorization_url(
            provider,
            redirect_uri=callback_address(),
            state=attempt.state,
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            again=purpose in ASKS_AGAIN,
        )
    except ProviderUnavailable as problem:
        raise _unavailable(problem) from problem
    attempt.save()
    return address


def finish(session: SessionData, answer: Mapping[str, str], *, by: User | None = None) -> Proof:
    """Use up the trip that `answer`, the query of the returning browser, belongs to, and ask who this is.

    by: who is logged in in this browser now. Raises WorkAccountRefused, and logs it.
    """
    with _refusals_logged(by):
        provider = _provider()
        attempt = _claim(session, answer.get("state", ""))
        if attempt is None or (attempt.purpose in NEEDS_USER and attempt.user != by):
            raise _refused("expired")
        if error := answer.get("error"):
            raise _refused("cancelled" if error == "access_denied" else "token")
        return Proof(attempt, provider.issuer, _subject(provider, attempt, answer))


def known_account(proof: Proof) -> WorkAccount:
    """The linked work account of who logs in.

    Raises WorkAccountRefused for a stranger, and for a colleague without access.
    """
    accounts = WorkAccount.objects.select_related("user").filter(confirmed=True)
    account = accounts.filter(issuer=proof.issuer, subject=proof.subject).first()
    with _refusals_logged(account.user if account else None):
        if account is None:
            raise _refused("unknown")
        if not account.user.is_active or not account.user.is_staff_member:
            raise _refused("disabled")
    return account


def accept_invitation(proof: Proof) -> WorkAccount:
    """Link the work account to the colleague whose invitation was opened in this browser, and use the link up.

    Raises WorkAccountRefused when the invitation does not work any more, or the work account is somebody else's.
    """
    found = proof.attempt.invitation
    with _refusals_logged(found.user if found else None), transaction.atomic():
        if found is None:
            raise _refused("invitation")
        # One conditional UPDATE: of two simultaneous requests one finds the link unused.
        open_ones = Invitation.objects.open().filter(pk=found.pk, kind=InvitationKind.STAFF)
        if not open_ones.update(used_at=timezone.now()):
            raise _refused("invitation")
        user = User.objects.select_for_update().get(pk=found.user_id)
        account = _link(user, proof)
        withdraw_open(user)
        audit.record("invitation.accept", by=user, on=user, method="work_account")
        return account


def link(user: User, proof: Proof, *, session_key: str) -> WorkAccount:
    """Link the work account to a colleague who is logged in, and tell them by mail. Their other sessions end.

    session_key: of the session that goes on; its caller calls elections.sessions.keep_session.
    Raises WorkAccountRefused when it is linked to somebody else, or `user` has another one.
    """
    with _refusals_logged(user), transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        account = _link(user, proof)
        _tell(user, FactorChange.WORK_ACCOUNT_LINKED)
        end_sessions(user, but=session_key)
        return account


def unlink(user: User) -> None:
    """Take the work account away, and tell the colleague by mail; every session of theirs ends.

    Raises WorkAccountRefused when there is none, or no password is left to log in with.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        account = WorkAccount.objects.filter(user=user).first()
        if account is None:
            raise _refused("none")
        if not user.has_usable_password():
            raise _refused("only")
        account.delete()
        _tell(user, FactorChange.WORK_ACCOUNT_UNLINKED)
        end_sessions(user)
        audit.record("work_account.unlink", by=user, on=user)


def check_own(user: User, proof: Proof) -> WorkAccount:
    """The work account of `user`, who proved again who they are. Raises WorkAccountRefused when it is another one."""
    mine = WorkAccount.objects.filter(user=user, confirmed=True)
    account = mine.filter(issuer=proof.issuer, subject=proof.subject).first()
    with _refusals_logged(user):
        if account is None:
            raise _refused("unknown")
    audit.record("login.confirm", by=user, on=user, method="work_account")
    return account


def explanation(reason: str) -> str:
    """What a refusal means, in the language of now, for the person who tried."""
    return {
        "off": _("Inloggen met een werkaccount staat bij deze gemeente niet aan."),
        "often": _("Er is te vaak geprobeerd in te loggen. Probeer het over een kwartier weer."),
        "unavailable": _("Het inloggen van uw gemeente geeft geen antwoord. Probeer het straks weer."),
        "expired": _("Dit inloggen is verlopen, of al gebruikt. Begin opnieuw."),
        "cancelled": _("U bent gestopt met inloggen. Er is niets veranderd."),
        "token": _("We konden niet zeker weten wie u bent. Begin opnieuw."),
        "stale": _("U hebt niet opnieuw bewezen wie u bent. Begin opnieuw en vul uw gegevens in."),
        "mfa": _(
            "Uw werkaccount vroeg niet om een tweede stap, zoals een code of uw telefoon. Die is hier wel nodig."
        ),
        "unknown": _("Dit werkaccount hoort hier bij niemand."),
        "disabled": _("U hebt op dit moment geen toegang. Neem contact op met het team verkiezingen."),
        "taken": _("Dit werkaccount hoort al bij een andere collega."),
        "second": _("U hebt al een ander werkaccount gekoppeld. Ontkoppel dat eerst."),
        "none": _("Er is geen werkaccount gekoppeld."),
        "only": _("U logt alleen met uw werkaccount in. Zonder werkaccount kunt u niet meer inloggen."),
        "invitation": _("De uitnodiging werkt niet meer. Vraag een beheerder om een nieuwe."),
    }[reason]


def forget_old_attempts() -> None:
    """Delete the trips that ended over a day ago. The sweep calls this."""
    WorkAccountAttempt.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()


def callback_address() -> str:
    """Where the provider sends browsers back to; the one address to register there."""
    return absolute_url(current_municipality(), reverse("portal:work-account-callback"))


def _provider() -> WorkAccountProvider:
    provider = active_provider()
    if provider is None:
        raise _refused("off")
    return provider


def _check_number_of_attempts(user: User | None, browser: str, origin: str) -> None:
    """Refuse too many trips of one colleague, of one known browser, or of all others from one address.

    Guests on the network of a town hall must not keep those who work there out.
    """
    tier = STRANGERS if origin else BY_ONE
    recent = WorkAccountAttempt.objects.filter(created_at__gt=timezone.now() - tier.window)
    mine = {"user": user} if user is not None else {"origin": origin, "browser_digest": browser}
    if recent.filter(**mine).count() >= tier.limit:
        raise _refused("often")


def _claim(session: SessionData, state: str) -> WorkAccountAttempt | None:
    """The attempt of this browser, for whoever comes first: one conditional UPDATE finds it unused."""
    browser = session.get(BROWSER_KEY)
    if not state or not browser:
        return None
    waiting = WorkAccountAttempt.objects.filter(
        state=state, session_digest=_browser_digest(browser), used_at=None, expires_at__gt=timezone.now()
    )
    if not waiting.update(used_at=timezone.now()):
        return None
    return WorkAccountAttempt.objects.select_related("user", "invitation").get(state=state)


def _tell(user: User, change: FactorChange) -> None:
    outbox.enqueue(MailKind.FACTOR_CHANGED, user=user, key=account_mails.factor_change_key(change))


def _browser_digest(browser: str) -> str:
    # With the schema: a row and a session that were copied to another municipality fit nothing there.
    return digest(f"{current_schema()}:{browser}")


def _link(user: User, proof: Proof) -> WorkAccount:
    """Make the link. The caller holds the row of `user`."""
    owner = WorkAccount.objects.filter(issuer=proof.issuer, subject=proof.subject).first()
    if owner is not None and owner.user_id != user.pk:
        raise _refused("taken")
    if not user.is_active or not user.is_staff_member:
        raise _refused("disabled")
    if owner is not None:
        return owner
    try:
        with transaction.atomic():
            account = WorkAccount.objects.create(
                user=user, name="work account", issuer=proof.issuer, subject=proof.subject
            )
    except IntegrityError:
        # Either this colleague has a work account, or somebody else took this one a moment ago.
        mine = WorkAccount.objects.filter(user=user).exists()
        raise _refused("second" if mine else "taken") from None
    audit.record("work_account.link", by=user, on=user)
    return account


def _subject(provider: WorkAccountProvider, attempt: WorkAccountAttempt, answer: Mapping[str, str]) -> str:
    try:
        if not work_account.is_of_issuer(provider, answer):
            raise TokenRefused("token", "the answer is of another issuer")
        return work_account.identify(
            provider,
            answer.get("code", ""),
            redirect_uri=callback_address(),
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            proved_after=attempt.created_at if attempt.purpose in ASKS_AGAIN else None,
        )
    except ProviderUnavailable as problem:
        raise _unavailable(problem) from problem
    except TokenRefused as problem:
        logger.warning("a token of the work account provider was refused: %s", problem)
        raise _refused(problem.reason) from problem


@contextmanager
def _refusals_logged(user: User | None) -> Iterator[None]:
    """Log a refusal. Stands around the transaction, so that the log stays when the rest is undone."""
    try:
        yield
    except WorkAccountRefused as refused:
        reason = f"work account: {refused.reason}"
        audit.record("login.refuse", by=None, on=user, result=AuditResult.REFUSED, reason=reason)
        raise


def _refused(reason: str) -> WorkAccountRefused:
    return WorkAccountRefused(reason, explanation(reason))


def _unavailable(problem: ProviderUnavailable) -> WorkAccountRefused:
    logger.error("the work account provider cannot be used: %s", problem)
    return _refused("unavailable")
