"""What the DNS says of the domain that our mails come from, against what it should say: SPF, DKIM and DMARC.

Receivers look at these three records to tell our mail from that of somebody who borrows the name of the municipality
(internet.nl asks them of every government domain).
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import parseaddr
from typing import Final

import dns.asyncresolver
import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Seconds for all questions together: they go out at once, and a page may not wait a second.
PATIENCE: Final = 0.8
DNS_PORT: Final = 53
DMARC_POLICY: Final = re.compile(r"(?:^|;)\s*p\s*=\s*(none|quarantine|reject)\b", re.IGNORECASE)
DKIM_KEY: Final = re.compile(r"(?:^|;)\s*p\s*=\s*([A-Za-z0-9+/=\s]*)")


class Published(TextChoices):
    """How a record stands. UNKNOWN: nobody answered in time, which says nothing about the record."""

    OK = "ok", gettext_lazy("in orde")
    WEAK = "weak", gettext_lazy("kan beter")
    WRONG = "wrong", gettext_lazy("klopt niet")
    MISSING = "missing", gettext_lazy("ontbreekt")
    UNKNOWN = "unknown", gettext_lazy("geen antwoord")

    @property
    def tone(self) -> str:
        return {"ok": "ok", "weak": "warning", "unknown": "neutral"}.get(self.value, "error")


@dataclass(frozen=True)
class Record:
    """One TXT record: where it belongs, what is there, what should be there, and what to do about it."""

    title: str
    purpose: str
    name: str
    wanted: str
    found: tuple[str, ...] = ()
    state: Published = Published.UNKNOWN
    advice: str = ""


@dataclass(frozen=True)
class SenderReport:
    """The address that mails come from, and its three records."""

    address: str
    domain: str
    records: tuple[Record, ...]

    @property
    def is_fine(self) -> bool:
        return all(record.state == Published.OK for record in self.records)


def sender_report() -> SenderReport:
    """Ask the DNS about the sender of our mails; takes at most PATIENCE seconds, whatever the DNS does."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    domain = address.rpartition("@")[2].lower()
    spf, dkim, dmarc = _spf(domain), _dkim(domain), _dmarc(domain)
    answers = asyncio.run(_ask([spf.name, dkim.name, dmarc.name]))
    return SenderReport(
        address,
        domain,
        (
            _judged(spf, answers[0], _judge_spf),
            _judged(dkim, answers[1], _judge_dkim),
            _judged(dmarc, answers[2], _judge_dmarc),
        ),
    )


def _spf(domain: str) -> Record:
    purpose = _("SPF: welke mailservers namens dit domein mogen versturen.")
    mechanisms = settings.MAIL_SPF or "mx"
    return Record("SPF", purpose, domain, f"v=spf1 {mechanisms} -all")


def _dkim(domain: str) -> Record:
    purpose = _("DKIM: de sleutel waarmee ontvangers onze handtekening controleren.")
    selector = settings.MAIL_DKIM_SELECTOR
    name = f"{selector}._domainkey.{domain}" if selector else ""
    return Record("DKIM", purpose, name, settings.MAIL_DKIM_RECORD)


def _dmarc(domain: str) -> Record:
    purpose = _("DMARC: wat ontvangers doen met e-mail die zich als ons voordoet.")
    return Record("DMARC", purpose, f"_dmarc.{domain}", "v=DMARC1; p=reject")


async def _ask(names: list[str]) -> list[tuple[str, ...] | None]:
    """The TXT records at each name, all asked at once; None where no answer came in time."""
    try:
        resolver = _resolver()
    except dns.resolver.NoResolverConfiguration:
        return [None] * len(names)
    return list(await asyncio.gather(*(_texts(resolver, name) for name in names)))


def _resolver() -> dns.asyncresolver.Resolver:
    """The system's resolver, or the servers of DNS_SERVERS ("127.0.0.1:5353" or "192.0.2.1")."""
    if not settings.DNS_SERVERS:
        resolver = dns.asyncresolver.Resolver()
    else:
        resolver = dns.asyncresolver.Resolver(configure=False)
        parts = [server.partition(":") for server in settings.DNS_SERVERS]
        resolver.nameservers = [
            dns.nameserver.Do53Nameserver(host, int(port or DNS_PORT)) for host, _colon, port in parts
        ]
    resolver.lifetime = PATIENCE
    resolver.cache = None
    return resolver


async def _texts(resolver: dns.asyncresolver.Resolver, name: str) -> tuple[str, ...] | None:
    if not name:
        return ()
    try:
        answer = await resolver.resolve(f"{name}.", "TXT", raise_on_no_answer=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError):
        return None
    return tuple(b"".join(row.strings).decode("utf-8", "replace") for row in answer.rrset or ())


def _judged(
    record: Record, answer: tuple[str, ...] | None, judge: Callable[[Record, tuple[str, ...]], Record]
) -> Record:
    if answer is None:
        words = _("De DNS gaf geen antwoord. Probeer het straks opnieuw.")
        return replace(record, state=Published.UNKNOWN, advice=words)
    return judge(record, answer)


def _judge_spf(record: Record, answer: tuple[str, ...]) -> Record:
    found = tuple(text for text in answer if text.lower().split(" ")[0] == "v=spf1")
    record = replace(record, found=found)
    if not found:
        return replace(record, state=Published.MISSING, advice=_("Publiceer het record hieronder."))
    if len(found) > 1:
        advice = _("Er zijn twee SPF-records. Ontvangers lezen dan geen van beide. Houd er één over.")
        return replace(record, state=Published.WRONG, advice=advice)
    terms = found[0].lower().split()
    absent = [term for term in settings.MAIL_SPF.lower().split() if term not in terms]
    if absent:
        advice = _("Onze mailserver staat er niet in. Voeg toe: %(terms)s") % {"terms": " ".join(absent)}
        return replace(record, state=Published.WRONG, advice=advice, wanted=_with_terms(found[0], absent))
    if terms[-1] not in ("-all", "~all") and not terms[-1].startswith("redirect="):
        advice = _("Het record houdt niemand tegen. Eindig met -all.")
        kept = [term for term in found[0].split() if not term.lower().endswith("all")]
        return replace(record, state=Published.WEAK, advice=advice, wanted=" ".join([*kept, "-all"]))
    return replace(record, state=Published.OK)


def _with_terms(text: str, absent: list[str]) -> str:
    """The record as it is, with what is absent before its last word."""
    *kept, last = text.split()
    return " ".join([*kept, *absent, last] if last.lower().endswith("all") else [*kept, last, *absent])


def _judge_dkim(record: Record, answer: tuple[str, ...]) -> Record:
    if not record.name:
        advice = _("De beheerder van het platform stelde nog geen DKIM-selector in (MAIL_DKIM_SELECTOR).")
        return replace(record, state=Published.MISSING, advice=advice)
    keys = [key[1] for text in answer if (key := DKIM_KEY.search(text))]
    record = replace(record, found=answer)
    if not keys:
        return replace(record, state=Published.MISSING, advice=_("Publiceer de sleutel van onze mailserver."))
    if not any("".join(key.split()) for key in keys):
        return replace(record, state=Published.WRONG, advice=_("De sleutel is ingetrokken: p= is leeg."))
    wanted = DKIM_KEY.search(record.wanted)
    if wanted and "".join(wanted[1].split()) not in {"".join(key.split()) for key in keys}:
        advice = _("Er staat een andere sleutel dan die van onze mailserver.")
        return replace(record, state=Published.WRONG, advice=advice)
    return replace(record, state=Published.OK)


def _judge_dmarc(record: Record, answer: tuple[str, ...]) -> Record:
    found = tuple(text for text in answer if text.lower().replace(" ", "").startswith("v=dmarc1"))
    record = replace(record, found=found)
    if not found:
        return replace(record, state=Published.MISSING, advice=_("Publiceer het record hieronder."))
    policy = DMARC_POLICY.search(found[0])
    if len(found) > 1 or policy is None:
        advice = _("Ontvangers kunnen dit niet lezen. Houd één record over, met een p=.")
        return replace(record, state=Published.WRONG, advice=advice)
    if policy[1].lower() == "none":
        advice = _("Met p=none laten ontvangers valse e-mail door. Kies quarantine of reject.")
        better = DMARC_POLICY.sub(lambda match: match[0].replace(match[1], "reject"), found[0])
        return replace(record, state=Published.WEAK, advice=advice, wanted=better)
    return replace(record, state=Published.OK)
