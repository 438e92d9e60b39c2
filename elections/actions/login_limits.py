"""What slows down who guesses passwords and codes, and who fills up other people's mailboxes.

The counts are rows in PostgreSQL, so that they outlive a restart of Redis (OWASP ASVS 5.0 rows 6.1.1 and 6.6.3).

A limit must not become a weapon: against one person, whose name anybody can type, or against a town hall, where
hundreds share one address. So, after OWASP's "device cookies", a browser in which this person finished a log-in
before is counted by itself. All other browsers share two counts: of the name, and of the address they come from.
"""

import hashlib
import ipaddress
import re
from datetime import timedelta
from typing import Final, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.enums import AttemptKind, AuditResult
from elections.errors import ActionError
from elections.models import LoginAttempt, LoginChallenge, SignIn, User
from tenants.context import current_schema


class Tier(NamedTuple):
    """At most `limit` tries in any stretch of `window`."""

    limit: int
    window: timedelta


QUARTER: Final = timedelta(minutes=15)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
# Wrong passwords and wrong letter codes: for one name, or for one known browser; and for one address.
NAME_TIERS: Final = (Tier(10, QUARTER), Tier(20, HOUR))
ADDRESS_TIERS: Final = (Tier(100, QUARTER), Tier(200, HOUR))
# Codes and links that one address lets us mail.
MAIL_TIERS: Final = (Tier(30, HOUR),)
# Sign-ups: those from one network, those that may mail one mailbox, and all of a municipality together, so that many
# networks cannot use our mail server against many mailboxes.
SIGN_UP_NETWORK_TIERS: Final = (Tier(20, HOUR), Tier(60, DAY))
SIGN_UP_MAILBOX_TIERS: Final = (Tier(2, HOUR), Tier(4, DAY))
SIGN_UP_TIERS: Final = (Tier(500, HOUR),)
# Codes that nobody answered: 10 a day, with five tries each, are 50 guesses at 1,000,000 codes.
CODES_PER_HOUR: Final = 5
CODES_PER_DAY: Final = 10
# Everybody with an IPv6 line has a whole network of this size to take addresses from.
IPV6_PREFIX: Final = 64
# What a client without a readable address is counted as: all of them together, so that nobody escapes a limit.
UNKNOWN: Final = "unknown"
# An IPv4 address with a port, or an IPv6 address between brackets with or without one.
WITH_PORT: Final = re.compile(r"^(?:([0-9.]+):[0-9]+|\[([^\]]*)\](?::[0-9]+)?)$")


class TooManyTries(ActionError):
    """Too many passwords or too many codes; waiting helps."""


def count_attempt(username: str, origin: str, browser: str = "") -> LoginAttempt:
    """Count one try of a password or letter code. The caller deletes the row when the try was right.

    Counts first and looks then: of any number of simultaneous tries no more than the limit get through. So call it
    outside a transaction.

    origin: the address of the client; all without one share one count.
    browser: the digest of the browser's own cookie (SignIn.browser_digest); empty when it has none.

    Raises TooManyTries. A refused try does not count, so that trying again does not lengthen the wait.
    """
    # In capitals, as PostgreSQL compares names: "ı" and "ſ" are then the same letters as "i" and "s".
    name = digest(f"{current_schema()}:{username.strip().upper()}")
    own = browser if is_known(browser, username=username) else ""
    attempt = LoginAttempt.objects.create(
        username_digest=name, origin="" if own else network(origin), browser_digest=own
    )
    counted = LoginAttempt.objects.filter(kind=AttemptKind.PASSWORD, refused=False)
    over = _tier_over(counted.filter(username_digest=name, browser_digest=own), NAME_TIERS)
    if over is None and attempt.origin:
        over = _tier_over(counted.filter(origin=attempt.origin), ADDRESS_TIERS)
    if over is not None:
        LoginAttempt.objects.filter(pk=attempt.pk).update(refused=True)
        audit.record("login.refuse", by=None, result=AuditResult.REFUSED, reason="too many tries")
        text = _("Er is te vaak iets verkeerds ingevuld. Probeer het %(wait)s weer.")
        raise TooManyTries(text % {"wait": _wait(over)})
    return attempt


def count_mail(origin: str, browser: str = "", *, user: User | None = None) -> None:
    """Count one code or link that somebody without a session lets us mail. Call it outside a transaction.

    user: who the mail goes to, when that is known; a browser of theirs is then counted by itself. Without a user any
    browser is, in which somebody finished a log-in here before.

    Raises TooManyTries, which says nothing about anybody's account: other names are refused as well.
    """
    own = browser if is_known(browser, username=user.username if user else None) else ""
    source = "" if own else network(origin)
    asked = LoginAttempt.objects.create(kind=AttemptKind.MAIL, origin=source, browser_digest=own)
    counted = LoginAttempt.objects.filter(kind=AttemptKind.MAIL, refused=False)
    if _tier_over(counted.filter(origin=source, browser_digest=own), MAIL_TIERS):
        LoginAttempt.objects.filter(pk=asked.pk).update(refused=True)
        audit.record("login.refuse", by=None, result=AuditResult.REFUSED, reason="too many mails")
        raise TooManyTries(_("Er is te vaak om een e-mail gevraagd. Probeer het over een uur weer."))


def count_sign_up(email: str, origin: str) -> bool:
    """Count one public sign-up form that was sent. Call it outside a transaction.

    Returns whether its mail may go: False when this mailbox got enough of them. The page must not tell which.

    Raises TooManyTries when one network, or everybody together, sends too many; whose address it is does not matter.
    """
    mailbox = digest(f"{current_schema()}:sign-up:{mailbox_of(email)}")
    sent = LoginAttempt.objects.create(
        kind=AttemptKind.SIGN_UP, username_digest=mailbox, origin=network(origin)
    )
    counted = LoginAttempt.objects.filter(kind=AttemptKind.SIGN_UP, refused=False)
    of_network = counted.filter(origin=sent.origin)
    over = _tier_over(of_network, SIGN_UP_NETWORK_TIERS) or _tier_over(counted, SIGN_UP_TIERS)
    if over:
        LoginAttempt.objects.filter(pk=sent.pk).update(refused=True)
        audit.record("sign_up.refuse", by=None, result=AuditResult.REFUSED, reason="too many forms")
        raise TooManyTries(_("Er zijn te veel aanmeldingen achter elkaar. Probeer het later nog eens."))
    return _tier_over(counted.filter(username_digest=mailbox), SIGN_UP_MAILBOX_TIERS) is None


def mailbox_of(email: str) -> str:
    """One spelling for the ways to write one mailbox: without "+word", and without the dots that Gmail ignores."""
    name, _at, host = email.strip().lower().rpartition("@")
    name = name.partition("+")[0]
    if host in ("gmail.com", "googlemail.com"):
        name, host = name.replace(".", ""), "gmail.com"
    return f"{name}@{host}"


def is_known(browser: str, *, username: str | None) -> bool:
    """Whether somebody of this name finished a log-in in this browser before; anybody, when `username` is None."""
    if not browser:
        return False
    found = SignIn.objects.filter(browser_digest=browser)
    if username is not None:
        found = found.filter(user__username__iexact=username.strip())
    return found.exists()


def _tier_over(tries: QuerySet[LoginAttempt], tiers: tuple[Tier, ...]) -> Tier | None:
    """The strictest tier that `tries`, the newest one included, go over; in one statement."""
    now = timezone.now()
    longest = max(tier.window for tier in tiers)
    counts = tries.filter(at__gt=now - longest).aggregate(
        **{f"tier{n}": Count("pk", filter=Q(at__gt=now - tier.window)) for n, tier in enumerate(tiers)}
    )
    over = [tier for n, tier in enumerate(tiers) if counts[f"tier{n}"] > tier.limit]
    return max(over, key=lambda tier: tier.window, default=None)


def _wait(tier: Tier) -> str:
    return _("over een kwartier") if tier.window <= QUARTER else _("over een uur")


def check_number_of_codes(user: User, *, browser: str = "", in_session: bool = False) -> None:
    """Raises TooManyTries when `user` left too many codes unanswered. Hold the user's row while calling it.

    Who has a stolen password must not use up the codes of its owner. So each browser that the owner used before is
    counted by itself, and so is proving once more in a session; all other browsers share one count. A new password,
    or logging out everywhere, makes what was asked before worthless, and begins all counts again.

    browser, in_session: what the new code would be counted as; as LoginChallenge keeps them.
    """
    now = timezone.now()
    unanswered = LoginChallenge.objects.filter(
        user=user, used_at=None, browser_digest=browser, in_session=in_session
    )
    if user.sessions_ended_at:
        unanswered = unanswered.filter(created_at__gt=user.sessions_ended_at)
    if unanswered.filter(created_at__gt=now - HOUR).count() >= CODES_PER_HOUR:
        raise TooManyTries(_("U hebt te vaak een code gevraagd. Probeer het over een uur weer."))
    if unanswered.filter(created_at__gt=now - DAY).count() >= CODES_PER_DAY:
        raise TooManyTries(_("U hebt vandaag te vaak een code gevraagd. Probeer het morgen weer."))


def network(origin: str) -> str:
    """What `origin` is counted as: an IPv4 address by itself, an IPv6 address by its network of 64 bits.

    What cannot be read is UNKNOWN.
    """
    plain = without_port(origin)
    if plain == UNKNOWN:
        return UNKNOWN
    found = ipaddress.ip_address(plain)
    if found.version == 4:
        return str(found)
    if mapped := found.ipv4_mapped:
        return str(mapped)
    return str(ipaddress.IPv6Network((int(found), IPV6_PREFIX), strict=False))


def without_port(hop: str) -> str:
    """The address in what a proxy wrote down, such as "1.2.3.4:5678" or "[::1]:80"; UNKNOWN when there is none.

    Some proxies add the port of the client, which differs for each connection: counted with it, no limit would hold.
    """
    host = WITH_PORT.sub(r"\1\2", hop.strip())
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return UNKNOWN


def digest(text: str) -> str:
    """SHA-256 in hexadecimals; for texts that nobody can guess, or that tell nobody anything."""
    return hashlib.sha256(text.encode()).hexdigest()


def address(origin: str) -> str | None:
    """`origin` when it is an IP address."""
    try:
        validate_ipv46_address(origin)
    except ValidationError:
        return None
    return origin
