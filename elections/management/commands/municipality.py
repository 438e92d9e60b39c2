"""`manage.py municipality`: make, list, change, suspend, resume and delete municipalities."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction
from django.utils import translation
from django_tenants.utils import tenant_context

from elections.actions.municipality import (
    invite_administrator,
    open_municipality,
    resume_municipality,
    suspend_municipality,
)
from elections.actions.municipality_removal import (
    DAYS,
    deletable_at,
    delete_municipality,
    mark_municipality,
    require_deletable,
    traces_of,
)
from elections.enums import MailState
from elections.errors import ActionError
from elections.management.chosen import municipality_with
from elections.master_keys import MasterKeyUnusable
from elections.models import Member, OutboxMail, User
from elections.queries.erase_again import members_to_erase_again
from elections.queries.municipality import (
    NO_TABLES,
    MunicipalityFacts,
    administrator_invitations,
    file_bytes,
    municipality_facts,
    remedy_of,
    troubles,
)
from tenants import provisioning
from tenants.house_style import remove_logo, set_logo
from tenants.links import absolute_url
from tenants.models import DEFAULT_ACCENT, FormerMunicipality, Municipality, MunicipalityKind
from tenants.municipality_list import Line, check_list, read_list
from tenants.numbers import counted
from tenants.pictures import PictureError
from tenants.provisioning import ProvisioningError, configure, set_primary_domain
from tenants.upgrade.schemas import overview

CODE = "CBS code, such as GM0363"
CONFIGURABLE = {
    "name": "without “Gemeente” in front",
    "kind": "municipality or public_body",
    "time_zone": "IANA name; default Europe/Amsterdam",
    "email": "address of the election team, for members",
    "phone": "telephone number of the election team",
    "from_name": "sender of e-mails; default the full name",
    "accent": f"colour of the house style; default {DEFAULT_ACCENT}",
}
"""What can be changed later, with what it is."""
MEGABYTE = 1024 * 1024
INVITED: dict[str, str] = {
    MailState.WAITING: "waits for a worker since",
    MailState.SENDING: "is being sent since",
    MailState.SENT: "was sent",
    MailState.DELIVERED: "was delivered",
    MailState.BOUNCED: "came back",
    MailState.FAILED: "could not be sent, from",
    MailState.UNCERTAIN: "may have been sent, from",
}


class Command(BaseCommand):
    help = "Make, list, change, suspend, resume and delete municipalities."
    # They take longer than most of these; `check --deploy` is for them.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

        create = commands.add_parser("create", help="make a municipality and invite its first administrator")
        create.add_argument("--code", type=str.upper, required=True, help=f"{CODE}; never changes")
        create.add_argument("--name", required=True, help=CONFIGURABLE["name"])
        create.add_argument("--domain", required=True, help="host name, such as zitting.juinen.nl")
        create.add_argument("--admin-email", required=True, help="gets an invitation, and is the user name")
        create.add_argument("--admin-name", default="", help="name of this administrator")
        create.add_argument("--kind", choices=MunicipalityKind.values, default=MunicipalityKind.MUNICIPALITY)
        create.add_argument("--time-zone", default="Europe/Amsterdam", help=CONFIGURABLE["time_zone"])
        create.add_argument("--accent", default=DEFAULT_ACCENT, help=CONFIGURABLE["accent"])
        for field in ("email", "phone", "from_name"):
            create.add_argument(_option(field), default="", help=CONFIGURABLE[field])

        several = commands.add_parser("create-all", help="make all in a CSV file that are not there yet")
        several.add_argument("file", type=Path, help="with the columns code and naam; UTF-8")
        several.add_argument(
            "--domain", default="", help="address where the file has none: {name}.zitting.nl"
        )
        several.add_argument("--check", action="store_true", help="only say what is wrong; make nothing")

        overview = commands.add_parser("list", help="one line for each municipality")
        overview.add_argument(
            "--json", dest="as_json", action="store_true", help="for other programs; sizes in bytes"
        )
        overview.add_argument("--deleted", action="store_true", help="those that are not here any more")
        for name, text in (
            ("show", "everything about one municipality"),
            ("suspend", "close its pages, stop its tasks and keep its mail; nothing is lost"),
            ("resume", "open a suspended or marked municipality again"),
            ("delete", "delete a marked municipality with everything it has; asks for its code"),
            ("traces", "what is left of a deleted municipality; exit code 1 when anything is"),
        ):
            commands.add_parser(name, help=text).add_argument("code", type=str.upper, help=CODE)
        mark = commands.add_parser("mark", help="suspend a municipality that leaves; `resume` takes it back")
        mark.add_argument("code", type=str.upper, help=CODE)
        mark.add_argument(
            "--days", type=int, default=DAYS, help="until it may be deleted; default %(default)s"
        )

        self._add_changes(commands)

    def _add_changes(self, commands: Any) -> None:
        invite = commands.add_parser("invite", help="invite another administrator, or one once more")
        invite.add_argument("code", type=str.upper, help=CODE)
        invite.add_argument("--admin-email", required=True, help="gets an invitation, and is the user name")
        invite.add_argument("--admin-name", default="", help="name of this administrator")

        change = commands.add_parser("set", help="change what is given, keep the rest")
        change.add_argument("code", type=str.upper, help=CODE)
        for field, text in CONFIGURABLE.items():
            change.add_argument(_option(field), help=text)
        change.add_argument("--domain", help="new address; the old one redirects to it")
        change.add_argument("--drop-domain", help="old address, which redirects no longer")
        logos = change.add_mutually_exclusive_group()
        logos.add_argument("--logo", type=Path, help="PNG, WebP or JPEG file")
        logos.add_argument("--no-logo", action="store_true", help="go back to the name in letters")

    def handle(self, *args: Any, command: str, **options: Any) -> None:
        try:
            getattr(self, f"_{command.replace('-', '_')}")(**options)
        except ValidationError as error:
            raise CommandError(_readable(error)) from error
        except (ActionError, MasterKeyUnusable, OSError, PictureError, ProvisioningError) as error:
            raise CommandError(str(error)) from error

    def _create(self, *, admin_email: str, admin_name: str, **options: Any) -> None:
        values = {field: options[field] for field in ("code", "domain", *CONFIGURABLE)}
        self._tell_first()
        municipality = open_municipality(admin_email=admin_email, admin_name=admin_name, **values)
        self.stdout.write(f"{municipality.display_name} is ready at {absolute_url(municipality, '/')}")
        self._tell_invited(municipality, admin_email)

    def _tell_invited(self, municipality: Municipality, email: str) -> None:
        self.stdout.write(
            f"The invitation of {email} waits: a worker sends it, within a minute where one runs.\n"
            f"`manage.py municipality show {municipality.code}` tells whether it left."
        )

    def _create_all(self, *, file: Path, domain: str, check: bool, **_options: Any) -> None:
        lines = read_list(file, domain=domain)
        new = check_list(lines)
        wrong = [line for line in lines if line.problems]
        for line in wrong:
            for problem in line.problems:
                self.stderr.write(f"line {line.number}: {problem}")
        if wrong:
            raise CommandError(f"Wrong: {len(wrong)} of {counted(len(lines), 'line')}. Nothing is made.")
        self.stdout.write(f"{counted(len(lines) - len(new), 'is', 'are')} there already, {len(new)} to make.")
        if check:
            return
        begin = time.monotonic()
        self._tell_first()
        failed = [line for number, line in enumerate(new, 1) if not self._make_one(line, number, len(new))]
        seconds = time.monotonic() - begin
        self.stdout.write(f"{len(new) - len(failed)} made in {seconds:.0f} s.")
        if any(line.values.get("admin_email") for line in new if line not in failed):
            self.stdout.write("The invitations wait: a worker sends them.")
        if failed:
            codes = ", ".join(line.code for line in failed)
            raise CommandError(f"{len(failed)} not made: {codes}. Run the same command again.")

    def _tell_first(self) -> None:
        if not provisioning.has_schema_sql():
            self.stdout.write("Making the empty schema that each is a copy of: once after an upgrade.")
            self.stdout.flush()

    def _make_one(self, line: Line, number: int, total: int) -> bool:
        begin = time.monotonic()
        try:
            municipality = open_municipality(**line.values)
        except (ActionError, DatabaseError, ProvisioningError, ValidationError) as error:
            text = _readable(error) if isinstance(error, ValidationError) else str(error).splitlines()[0]
            self.stderr.write(f"{number}/{total}  line {line.number}  {line.code}  not made: {text}")
            return False
        seconds = time.monotonic() - begin
        url = absolute_url(municipality, "/")
        self.stdout.write(
            f"{number}/{total}  {line.code}  {municipality.display_name}  {url}  {seconds:.1f} s"
        )
        self.stdout.flush()
        return True

    def _invite(self, *, code: str, admin_email: str, admin_name: str, **_options: Any) -> None:
        municipality = municipality_with(code)
        if invite_administrator(municipality, email=admin_email.strip(), name=admin_name):
            self.stdout.write("The link of the invitation before does not work any more.")
        self._tell_invited(municipality, admin_email)

    def _list(self, *, as_json: bool, deleted: bool, **_options: Any) -> None:
        if deleted:
            self._list_deleted()
            return
        found = municipality_facts()
        if as_json:
            self.stdout.write(json.dumps([facts.as_json() for facts in found], indent=1, ensure_ascii=False))
            return
        for facts in found:
            self.stdout.write(_line(facts))
        for facts in found:
            if facts.trouble:
                self.stdout.write(f"{facts.code} {facts.trouble}: {facts.remedy}")
        behind = sum(facts.is_behind for facts in found)
        if behind:
            self.stdout.write(f"{behind} behind: run `manage.py upgrade`.")

    def _list_deleted(self) -> None:
        for former in FormerMunicipality.objects.all():
            end = f"{former.deleted_at:%Y-%m-%d %H:%M} UTC" if former.deleted_at else "NOT FINISHED"
            self.stdout.write(f"{former.code}  {former.name:<40}  {end}  by {former.begun_by}")

    def _show(self, *, code: str, with_files: bool = True, **_options: Any) -> None:
        municipality = municipality_with(code)
        trouble = troubles(overview()).get(municipality.code, "")
        counts = _counts_of(municipality, with_files=with_files) if trouble != NO_TABLES else {}
        facts = {
            "code": municipality.code,
            "name": municipality.display_name,
            "status": municipality.status,
            "trouble": f"{trouble}: {remedy_of(trouble, municipality.code)}" if trouble else "",
            "address": absolute_url(municipality, "/"),
            "redirects": ", ".join(
                municipality.domains.filter(is_primary=False).values_list("domain", flat=True)
            ),
            "time zone": municipality.time_zone,
            "e-mail": municipality.email,
            "telephone": municipality.phone,
            "sender": municipality.sender_name,
            "accent": municipality.accent,
            "logo": "yes" if municipality.logo_version else "no",
            "schema": municipality.schema_name,
            "since": f"{municipality.created_at:%Y-%m-%d}",
            "suspended": f"{municipality.suspended_at:%Y-%m-%d %H:%M} UTC"
            if municipality.suspended_at
            else "",
            "delete from": str(municipality.delete_from or ""),
            "backup": f"{municipality.backed_up_at:%Y-%m-%d %H:%M} UTC" if municipality.backed_up_at else "",
            "key share": municipality.key_share,
            **counts,
        }
        for label, value in facts.items():
            self.stdout.write(f"{label:<13}{'-' if value in ('', None) else value}")

    def _suspend(self, *, code: str, **_options: Any) -> None:
        municipality = municipality_with(code)
        suspend_municipality(municipality)
        self.stdout.write(
            f"{municipality.display_name} is suspended. Web servers follow within half a minute."
        )

    def _resume(self, *, code: str, **_options: Any) -> None:
        municipality = municipality_with(code)
        resume_municipality(municipality)
        self.stdout.write(f"{municipality.display_name} is active. Web servers follow within half a minute.")

    def _mark(self, *, code: str, days: int, **_options: Any) -> None:
        row = mark_municipality(municipality_with(code), days=days)
        moment = deletable_at(row).astimezone(row.tz)
        self.stdout.write(
            f"{row.display_name} is suspended, and may be deleted from {moment:%Y-%m-%d %H:%M} ({row.time_zone}).\n"
            f"`manage.py municipality resume {code}` takes it back."
        )

    def _delete(self, *, code: str, **_options: Any) -> None:
        municipality = municipality_with(code)
        require_deletable(municipality)
        self.stdout.write(
            f"This deletes everything of {municipality.display_name}, and nothing brings it back."
        )
        self.stdout.write("Type its code to go on: ", ending="")
        self.stdout.flush()
        delete_municipality(municipality, typed=_typed_line(), tell=self.stdout.write)
        self.stdout.write(
            f"{code} is deleted; nothing is left. Back up the master key file, destroy the older copies of it, and "
            "restart what reads it: until then the backups of this municipality can be read with such a copy."
        )

    def _traces(self, *, code: str, **_options: Any) -> None:
        left = traces_of(code)
        for line in left:
            self.stdout.write(line)
        if left:
            raise CommandError(f"{counted(len(left), f'thing of {code} is', f'things of {code} are')} here.")
        self.stdout.write(f"Nothing of {code} is here.")

    def _set(
        self,
        *,
        code: str,
        domain: str | None,
        drop_domain: str | None,
        logo: Path | None,
        no_logo: bool,
        **options: Any,
    ) -> None:
        municipality = municipality_with(code)
        values = {field: options[field] for field in CONFIGURABLE if options[field] is not None}
        with transaction.atomic():
            if values:
                configure(municipality, **values)
            if domain:
                set_primary_domain(municipality, domain)
            if drop_domain:
                provisioning.drop_domain(municipality, drop_domain)
            if logo:
                with logo.open("rb") as upload:
                    set_logo(municipality, upload)
            if no_logo:
                remove_logo(municipality)
        self._show(code=code, with_files=False)


def _option(field: str) -> str:
    return f"--{field.replace('_', '-')}"


def _line(facts: MunicipalityFacts) -> str:
    """One municipality for the eye: sizes in MB, moments in UTC."""
    state = facts.trouble or (f"delete {facts.delete_from}" if facts.delete_from else facts.status)
    seen = f"{facts.last_login:%Y-%m-%d %H:%M}" if facts.last_login else "never"
    tables = f"{facts.tables[:4]}{' BEHIND' if facts.is_behind else ''}"
    return (
        f"{facts.code}  {state:<17}  {facts.name:<40}  {facts.address:<45}  {counted(facts.members, 'member'):>14}"
        f"  log-in {seen:<16}  {facts.schema_bytes / MEGABYTE:>7.1f} MB  {tables}"
    )


def _counts_of(municipality: Municipality, *, with_files: bool) -> dict[str, Any]:
    with tenant_context(municipality):
        return {
            "members": Member.objects.active().count(),
            "colleagues": User.objects.staff().count(),
            "invitations": "; ".join(_invitation(mail) for mail in administrator_invitations()),
            "erase again": _to_erase_again(municipality.code),
            **({"files": _files()} if with_files else {}),
        }


def _files() -> str:
    try:
        return f"{file_bytes() / MEGABYTE:.1f} MB"
    except (OSError, SuspiciousFileOperation) as problem:
        return f"cannot be read: {problem}"


def _to_erase_again(code: str) -> str:
    """Who came back with a backup after they were erased."""
    uuids = ", ".join(map(str, members_to_erase_again().values_list("uuid", flat=True)))
    return f"{uuids}: run `manage.py backup erase {code}`" if uuids else ""


def _invitation(mail: OutboxMail) -> str:
    """What became of the invitation of an administrator who did not accept it yet."""
    moment = mail.outcome_at or mail.sent_at or mail.created_at
    return f"{INVITED.get(mail.state, mail.state)} {moment:%Y-%m-%d %H:%M} UTC"


def _typed_line() -> str:
    """What is typed, or comes from standard input; empty at its end."""
    return sys.stdin.readline()


def _readable(error: ValidationError) -> str:
    with translation.override("en"):
        if hasattr(error, "error_dict"):
            return "\n".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
        return " ".join(error.messages)
