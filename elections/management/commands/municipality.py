"""`manage.py municipality`: make, list, change, suspend and activate municipalities."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django_tenants.utils import tenant_context

from elections import audit
from elections.actions.invitation import invite_staff
from elections.enums import StaffRole
from elections.errors import ActionError
from elections.models import Member, User
from tenants.house_style import remove_logo, set_logo
from tenants.links import absolute_url
from tenants.models import DEFAULT_ACCENT, Municipality, MunicipalityKind, MunicipalityStatus
from tenants.pictures import PictureError
from tenants.provisioning import ProvisioningError, configure, create_municipality, set_primary_domain

CONFIGURABLE = ("name", "kind", "time_zone", "email", "phone", "from_name", "accent")


class Command(BaseCommand):
    help = "Make, list and change municipalities."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

        create = commands.add_parser("create", help="make a municipality and invite its first administrator")
        create.add_argument("--code", required=True, help="CBS code, such as GM0363; never changes")
        create.add_argument("--name", required=True, help="without “Gemeente” in front")
        create.add_argument("--domain", required=True, help="host name, such as zitting.juinen.nl")
        create.add_argument("--admin-email", required=True, help="gets an invitation, and is the user name")
        create.add_argument("--admin-name", default="")
        create.add_argument("--kind", choices=MunicipalityKind.values, default=MunicipalityKind.MUNICIPALITY)
        create.add_argument("--time-zone", default="Europe/Amsterdam", help="IANA name; default %(default)s")
        create.add_argument(
            "--accent", default=DEFAULT_ACCENT, help="colour of the house style; default %(default)s"
        )
        create.add_argument("--email", default="", help="address of the election team, for members")
        create.add_argument("--phone", default="", help="telephone number of the election team")
        create.add_argument("--from-name", default="", help="sender of e-mails; default the full name")

        commands.add_parser("list", help="one line for each municipality")
        for name, text in (
            ("show", "everything about one municipality"),
            ("suspend", "close its pages and stop its tasks; nothing is lost"),
            ("activate", "open a suspended municipality again"),
        ):
            commands.add_parser(name, help=text).add_argument("code", type=str.upper)

        invite = commands.add_parser("invite", help="invite another administrator")
        invite.add_argument("code", type=str.upper)
        invite.add_argument("--admin-email", required=True)
        invite.add_argument("--admin-name", default="")

        change = commands.add_parser("set", help="change what is given, keep the rest")
        change.add_argument("code", type=str.upper)
        for field in CONFIGURABLE:
            change.add_argument(f"--{field.replace('_', '-')}")
        change.add_argument("--domain", help="new address; the old one redirects to it")
        logos = change.add_mutually_exclusive_group()
        logos.add_argument("--logo", type=Path, help="PNG, WebP or JPEG file")
        logos.add_argument("--no-logo", action="store_true", help="go back to the name in letters")

    def handle(self, *args: Any, command: str, **options: Any) -> None:
        try:
            getattr(self, f"_{command}")(**options)
        except ValidationError as error:
            raise CommandError(_readable(error)) from error
        except (ActionError, PictureError, ProvisioningError) as error:
            raise CommandError(str(error)) from error

    def _create(self, *, admin_email: str, admin_name: str, **options: Any) -> None:
        validate_email(admin_email)  # before anything is made
        fields = ("code", "domain", *CONFIGURABLE)
        municipality = create_municipality(**{field: options[field] for field in fields})
        self.stdout.write(f"{municipality.display_name} is ready at {absolute_url(municipality, '/')}")
        self._invite_administrator(municipality, admin_email, admin_name)

    def _invite(self, *, code: str, admin_email: str, admin_name: str, **_options: Any) -> None:
        self._invite_administrator(_find(code), admin_email, admin_name)

    def _invite_administrator(self, municipality: Municipality, email: str, name: str) -> None:
        with tenant_context(municipality):
            invite_staff(email=email, name=name, role=StaffRole.ADMINISTRATOR, by=None)
        self.stdout.write(f"Invitation sent to {email}.")

    def _list(self, **_options: Any) -> None:
        for municipality in Municipality.objects.order_by("code"):
            self.stdout.write(
                f"{municipality.code}  {municipality.status:<9}  {municipality.display_name:<40}"
                f"  {absolute_url(municipality, '/')}"
            )

    def _show(self, *, code: str, **_options: Any) -> None:
        municipality = _find(code)
        with tenant_context(municipality):
            counts = {"members": Member.objects.count(), "colleagues": User.objects.staff().count()}
        facts = {
            "code": municipality.code,
            "name": municipality.display_name,
            "status": municipality.status,
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
            **counts,
        }
        for label, value in facts.items():
            self.stdout.write(f"{label:<11}{value or '-'}")

    def _suspend(self, *, code: str, **_options: Any) -> None:
        self._change_status(_find(code), MunicipalityStatus.SUSPENDED)

    def _activate(self, *, code: str, **_options: Any) -> None:
        self._change_status(_find(code), MunicipalityStatus.ACTIVE)

    def _change_status(self, municipality: Municipality, status: MunicipalityStatus) -> None:
        with tenant_context(municipality):
            audit.record("municipality.status", by=None, label=municipality.display_name, status=status.value)
            configure(municipality, status=status)
        self.stdout.write(
            f"{municipality.display_name} is {status.value}. Web servers follow within half a minute."
        )

    def _set(
        self, *, code: str, domain: str | None, logo: Path | None, no_logo: bool, **options: Any
    ) -> None:
        municipality = _find(code)
        values = {field: options[field] for field in CONFIGURABLE if options[field] is not None}
        if values:
            configure(municipality, **values)
        if domain:
            set_primary_domain(municipality, domain)
        if logo:
            with logo.open("rb") as upload:
                set_logo(municipality, upload)
        if no_logo:
            remove_logo(municipality)
        self._show(code=code)


def _find(code: str) -> Municipality:
    municipality = Municipality.objects.filter(code=code).first()
    if municipality is None:
        raise CommandError(
            f"There is no municipality with the code {code}. See `manage.py municipality list`."
        )
    return municipality


def _readable(error: ValidationError) -> str:
    if hasattr(error, "error_dict"):
        return "\n".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
    return " ".join(error.messages)
