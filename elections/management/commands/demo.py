"""`manage.py demo`: three invented municipalities to try everything on."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import tenant_context

from elections.demo.authenticators import CODES_PATH, give_authenticators
from elections.demo.brp import connect_register, introduce_members
from elections.demo.house_style import dress
from elections.demo.logo import invented_logo
from elections.demo.story import PASSWORD, Chapter, Size, fill, username_of
from elections.enums import PositionKind
from elections.master_keys import make_master_key_file
from elections.models import Member
from tenants.house_style import set_logo
from tenants.links import absolute_url
from tenants.models import Municipality, MunicipalityKind
from tenants.provisioning import create_municipality, drop_schema


@dataclass(frozen=True)
class Cast:
    """One invented municipality. Its code is one that the CBS never gave out."""

    code: str
    name: str
    kind: str
    time_zone: str
    accent: str
    logo: str
    phone: str
    size: Size
    chapter: Chapter
    centre: tuple[float, float]
    tells: str


CAST = (
    Cast(
        "GM9042", "Juinen", MunicipalityKind.MUNICIPALITY, "Europe/Amsterdam", "#1f4e9c", "house", "+31 88 000 0042",
        Size(stations=26, chairs=34, members=136, counters=78, reserves=19), "assigned", (52.53, 5.47),
        "de indeling is bijna klaar",
    ),
    Cast(
        "GM9160", "Demodam", MunicipalityKind.MUNICIPALITY, "Europe/Amsterdam", "#00664f", "ballot", "+31 88 000 0160",
        Size(stations=160, chairs=157, members=645, counters=236, reserves=92), "answered", (52.61, 5.62),
        "leden geven hun beschikbaarheid door",
    ),
    Cast(
        "GM9009", "Zonneiland", MunicipalityKind.PUBLIC_BODY, "America/Kralendijk", "#9a3412", "sun", "+599 7 000 009",
        Size(stations=6, chairs=8, members=24, counters=14, reserves=6), "finished", (12.17, -68.27),
        "iedereen heeft een plaats en een brief",
    ),
)  # fmt: skip


class Command(BaseCommand):
    help = "Make the demo's municipalities that are not there yet, and print how to log in."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--empty", action="store_true", help="make no municipality, only what every one needs"
        )
        parser.add_argument("--register-url", default="", help="where the stand-in of the BRP listens")
        parser.add_argument("--only", choices=[cast.name for cast in CAST], help="make this one")

    def handle(self, *args: Any, empty: bool, only: str | None, register_url: str, **options: Any) -> None:
        if settings.HTTPS:
            raise CommandError(
                "The demo has known passwords and may not stand on a public address (HTTPS is on)."
            )
        make_master_key_file(settings.MASTER_KEY_FILE)
        for cast in () if empty else [cast for cast in CAST if only in (None, cast.name)]:
            municipality = Municipality.objects.filter(code=cast.code).first()
            if municipality is None:
                self.stdout.write(f"  {cast.name}: {sum(cast.size.people().values())} people ...")
                self.stdout.flush()
                municipality = self._make(cast)
            with tenant_context(municipality):
                give_authenticators()
                if cast is CAST[0]:
                    connect_register(register_url)
            self._tell(cast, municipality)

    def _make(self, cast: Cast) -> Municipality:
        host = cast.name.lower()
        municipality = create_municipality(
            code=cast.code, name=cast.name, domain=f"{host}.localhost", kind=cast.kind, time_zone=cast.time_zone,
            accent=cast.accent, email=f"verkiezingen@{host}.example", phone=cast.phone,
        )  # fmt: skip
        try:
            set_logo(municipality, invented_logo(cast.accent, cast.logo))
            dress(municipality)
            fill(municipality, cast.size, chapter=cast.chapter, centre=cast.centre)
            if cast is CAST[0]:
                with tenant_context(municipality):
                    introduce_members()
        except BaseException:
            # Half a municipality would count as there at the next start.
            drop_schema(municipality.schema_name)
            municipality.delete()
            raise
        return municipality

    def _tell(self, cast: Cast, municipality: Municipality) -> None:
        with tenant_context(municipality):
            chair = (
                Member.objects.filter(qualified_for__contains=[PositionKind.CHAIR]).order_by("number").first()
            )
            member = username_of(chair) if chair else ""
        self.stdout.write(
            f"\n  {absolute_url(municipality, '/')}   {municipality.display_name}: {cast.tells}\n"
            f"    team    beheer@{cast.name.lower()}.example   {PASSWORD}\n"
            f"    code    {absolute_url(municipality, CODES_PATH)}   van de authenticator-app van het team\n"
            f"    lid     {member:<{len(cast.name) + 15}}   {PASSWORD}"
        )
