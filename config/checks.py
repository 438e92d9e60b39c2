"""System checks: settings that would be unsafe, or would fail only later, stop the start.

Checks marked `deploy` run with `manage.py check --deploy`, which the release does before it serves a page.
"""

import ctypes
import importlib.util
import os
import re
import shlex
import shutil
import stat
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.http.request import validate_host

from config.system import LIBRARIES

TRANSACTION_POOLER_PORTS = {6432: "PgBouncer", 6543: "Supavisor"}
SHARED_AND_TENANT_APPS: frozenset[str] = frozenset()
"""Apps that may have tables in both kinds of schema: none, or a forgotten municipality would read public rows."""
PLACEHOLDER_KEYS = ("changeme", "secret", "only-for-", "django-insecure-")
MINIMUM_KEY_LENGTH = 50
SHORTEST_TOKEN = 32
CONTACT = re.compile(r"(mailto:|tel:|https://)\S+")
POLICY = re.compile(r"https://\S+")


@register(Tags.security, deploy=True)
def secret_key_is_secret(**_options: Any) -> list[CheckMessage]:
    """E001: sessions, links and codes are only as safe as this key."""
    key = settings.SECRET_KEY
    if len(key) >= MINIMUM_KEY_LENGTH and not key.startswith(PLACEHOLDER_KEYS):
        return []
    return [
        Error(
            f"SECRET_KEY is shorter than {MINIMUM_KEY_LENGTH} characters, or an example.",
            hint='Make one with: python -c "import secrets; print(secrets.token_urlsafe(50))"',
            id="zitting.E001",
        )
    ]


@register(Tags.security, deploy=True)
def master_key_is_private(**_options: Any) -> list[CheckMessage]:
    """E002, E003: the key above all BSNs must be there, and only for this user."""
    path = Path(settings.MASTER_KEY_FILE)
    if not os.access(path, os.R_OK):
        return [
            Error(
                f"MASTER_KEY_FILE {path} cannot be read, so no BSN or IBAN can be stored.",
                hint="docs/operations.md tells how to make it.",
                id="zitting.E002",
            )
        ]
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return [
            Error(
                f"MASTER_KEY_FILE {path} is open to other users of this machine.",
                hint=f"chmod 600 {path}",
                id="zitting.E003",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def backups_are_sealed_in_one_place(**_options: Any) -> list[CheckMessage]:
    """W005, W006: who can seal a backup can have SQL run as the owner, so the key is where the owner's password is."""
    knows_owner = bool(settings.RUNTIME_ROLE)
    if settings.BACKUP_SIGNING_KEY and not knows_owner:
        return [
            Warning(
                "BACKUP_SIGNING_KEY is known here, where DATABASE_OWNER_URL is not.",
                hint="Give it only to the place where backups are made, and not to web servers and workers.",
                id="zitting.W005",
            )
        ]
    if knows_owner and not settings.BACKUP_SIGNING_KEY:
        return [
            Warning(
                "BACKUP_SIGNING_KEY is empty, so no backup of a municipality can be made.",
                hint="docs/operations.md, “Backup”: manage.py backup signing-key makes one.",
                id="zitting.W006",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def hosts_are_named(**_options: Any) -> list[CheckMessage]:
    """E004: the host names of the demo are not those of anybody. `*` is fine: the database says which ones exist
    (tenants.middleware), and a proxy serves no other (/health/host)."""
    open_hosts = {".", ".localhost", "localhost"} & set(settings.ALLOWED_HOSTS)
    if settings.ALLOWED_HOSTS and not open_hosts:
        return []
    return [
        Error(
            "ALLOWED_HOSTS is empty, or still that of the demo.",
            hint="* lets the database say which host names exist; or name domains, such as .zitting.example.nl",
            id="zitting.E004",
        )
    ]


@register(Tags.security, deploy=True)
def cookies_are_bound_to_one_host(**_options: Any) -> list[CheckMessage]:
    """E005: municipalities share a parent domain, and may not set or read each other's cookies."""
    names = ("SESSION", "CSRF", "LANGUAGE", "BROWSER")
    messages: list[CheckMessage] = []
    for name in names:
        cookie = f"{name}_COOKIE"
        bound = (
            getattr(settings, f"{cookie}_NAME").startswith("__Host-")
            and getattr(settings, f"{cookie}_SECURE")
            and getattr(settings, f"{cookie}_DOMAIN", None) is None
            and getattr(settings, f"{cookie}_PATH", "/") == "/"
        )
        if not bound:
            messages.append(
                Error(
                    f"The {name.lower()} cookie is not a __Host- cookie: Secure, for one host, path /.",
                    hint="Serve over HTTPS (HTTPS=true) and leave the cookie's domain unset.",
                    id="zitting.E005",
                )
            )
    return messages


@register(Tags.database)
def no_transaction_pooler(**_options: Any) -> list[CheckMessage]:
    """E006: a pooler that changes connections between transactions loses the search path.

    A member would then be shown another municipality's rows without any error.
    """
    port = int(settings.DATABASES["default"].get("PORT") or 5432)
    if port not in TRANSACTION_POOLER_PORTS or os.environ.get("POOLER_KEEPS_SESSIONS") == "yes":
        return []
    return [
        Error(
            f"Port {port} of the database is that of {TRANSACTION_POOLER_PORTS[port]}, often in transaction mode.",
            hint="Connect to PostgreSQL itself, or set POOLER_KEEPS_SESSIONS=yes when the pooler is in session mode.",
            id="zitting.E006",
        )
    ]


@register(Tags.database)
def schemas_share_no_tables(**_options: Any) -> list[CheckMessage]:
    """E007: an app in both lists would read public rows when its tenant table is missing."""
    both = set(settings.SHARED_APPS) & set(settings.TENANT_APPS) - SHARED_AND_TENANT_APPS
    if not both:
        return []
    return [
        Error(
            f"Apps in SHARED_APPS and in TENANT_APPS: {', '.join(sorted(both))}.",
            hint="Keep each app in one of the two lists.",
            id="zitting.E007",
        )
    ]


@register(Tags.caches)
def caches_know_the_municipality(**_options: Any) -> list[CheckMessage]:
    """E008: without the schema in the key, municipalities would read each other's entries."""
    return [
        Error(
            f"The cache “{alias}” has no key function that holds the schema.",
            hint='Set KEY_FUNCTION to "django_tenants.cache.make_key".',
            id="zitting.E008",
        )
        for alias, cache in settings.CACHES.items()
        if cache.get("KEY_FUNCTION") != "django_tenants.cache.make_key"
    ]


@register(deploy=True)
def broker_is_configured(**_options: Any) -> list[CheckMessage]:
    """E009, W007: without a broker, mails wait for the sweeper; who else reaches it can throw messages away."""
    url = settings.CELERY_BROKER_URL
    if not url.startswith(("redis://", "rediss://", "unix://")):
        return [Error("REDIS_URL is not the address of a Redis or Valkey server.", id="zitting.E009")]
    if url.startswith("unix://") or urlsplit(url).password:
        return []
    return [
        Warning(
            "REDIS_URL has no password, so that whoever reaches the server can use it.",
            hint="redis://:password@host:6379/0, and `requirepass` at the server.",
            id="zitting.W007",
        )
    ]


@register(Tags.security, deploy=True)
def security_contact_is_named(**_options: Any) -> list[CheckMessage]:
    """W002, E010: whoever finds a weakness must know whom to tell (RFC 9116)."""
    if not settings.SECURITY_CONTACT:
        return [
            Warning(
                "SECURITY_CONTACT is empty, so /.well-known/security.txt does not exist.",
                hint="Name where weaknesses can be reported, such as mailto:security@zitting.example.nl",
                id="zitting.W002",
            )
        ]
    wrong = [contact for contact in settings.SECURITY_CONTACT if not CONTACT.fullmatch(contact)]
    wrong += [policy for policy in [settings.SECURITY_POLICY] if policy and not POLICY.fullmatch(policy)]
    return [
        Error(
            f"Not an address that security.txt may hold: {address}",
            hint="SECURITY_CONTACT begins with mailto:, tel: or https://, SECURITY_POLICY with https://.",
            id="zitting.E010",
        )
        for address in wrong
    ]


@register(Tags.security, deploy=True)
def demo_is_off(**_options: Any) -> list[CheckMessage]:
    """E011: the demo shows the codes of its invented colleagues to everybody."""
    if not (settings.DEMO and settings.HTTPS):
        return []
    return [Error("DEMO may not be on where real people log in.", id="zitting.E011")]


@register(Tags.security, deploy=True)
def nothing_is_on_for_developers(**_options: Any) -> list[CheckMessage]:
    """E012: both show or allow what real visitors may not see or do."""
    return [
        Error(f"{name} may not be on where real people log in.", id="zitting.E012")
        for name in ("DEBUG", "TESTING")
        if getattr(settings, name)
    ]


@register(Tags.security, deploy=True)
def visitors_are_told_apart(**_options: Any) -> list[CheckMessage]:
    """E013: behind a proxy that is not counted, all the world is one address, and shares its limits."""
    if not settings.SECURE_PROXY_SSL_HEADER or settings.TRUSTED_PROXY_COUNT >= 1:
        return []
    return [
        Error(
            "BEHIND_PROXY is on, but TRUSTED_PROXY_COUNT is 0: every visitor then has the address of the proxy.",
            hint="Set TRUSTED_PROXY_COUNT to the number of proxies that add to X-Forwarded-For.",
            id="zitting.E013",
        )
    ]


@register(Tags.security, deploy=True)
def figures_are_not_public(**_options: Any) -> list[CheckMessage]:
    """E020: whoever reads the figures sees how busy each municipality is (ASVS 13.4.5)."""
    if not settings.METRICS_TOKEN or len(settings.METRICS_TOKEN) >= SHORTEST_TOKEN:
        return []
    return [
        Error(
            f"METRICS_TOKEN has fewer than {SHORTEST_TOKEN} characters and can be guessed.",
            hint='python -c "import secrets; print(secrets.token_urlsafe(32))"',
            id="zitting.E020",
        )
    ]


@register(Tags.security, deploy=True)
def uploads_are_scanned(**_options: Any) -> list[CheckMessage]:
    """W003, E014: what members and the team upload is downloaded by others (ASVS 5.4.3)."""
    if not settings.ANTIVIRUS_COMMAND:
        return [
            Warning(
                "ANTIVIRUS_COMMAND is empty: uploaded files are not scanned for viruses.",
                hint="For ClamAV: clamdscan --fdpass --no-summary",
                id="zitting.W003",
            )
        ]
    program = shlex.split(settings.ANTIVIRUS_COMMAND)[0]
    if shutil.which(program):
        return []
    return [
        Error(
            f"ANTIVIRUS_COMMAND names {program}, which is not there: every upload would be refused.",
            hint="Install the scanner, or give the whole path.",
            id="zitting.E014",
        )
    ]


@register(Tags.security, deploy=True)
def mail_service_can_answer(**_options: Any) -> list[CheckMessage]:
    """E015, E016, W004: a mail service that is unknown sends nothing; one without an address for its events leaves
    every mail at "sent", whatever became of it."""
    if not settings.MAIL_PROVIDER:
        return []
    if importlib.util.find_spec(f"anymail.backends.{settings.MAIL_PROVIDER}") is None:
        return [
            Error(
                f"MAIL_PROVIDER names {settings.MAIL_PROVIDER}, which django-anymail does not know.",
                hint="Its name as in the documentation of django-anymail, such as mailgun.",
                id="zitting.E015",
            )
        ]
    if not settings.PLATFORM_HOST:
        return [
            Warning(
                "MAIL_PROVIDER is set and PLATFORM_HOST is not: nobody hears of mails that come back.",
                hint="docs/operations.md tells how to let the mail service say what became of mails.",
                id="zitting.W004",
            )
        ]
    if validate_host(settings.PLATFORM_HOST, settings.ALLOWED_HOSTS):
        return []
    return [
        Error(
            "PLATFORM_HOST is not in ALLOWED_HOSTS, so that the mail service is refused there.",
            hint=f"Add {settings.PLATFORM_HOST} to ALLOWED_HOSTS.",
            id="zitting.E016",
        )
    ]


@register()
def letter_libraries_are_present(**_options: Any) -> list[CheckMessage]:
    """W001: WeasyPrint needs libraries that pip cannot bring."""
    missing = sorted(package for library, package in LIBRARIES.items() if not _loads(library))
    if not missing or sys.platform != "linux":
        return []
    return [
        Warning(
            f"Appointment letters cannot be made, or slowly: missing {', '.join(missing)}.",
            hint=f"Debian: apt-get install {' '.join(missing)}",
            id="zitting.W001",
        )
    ]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
