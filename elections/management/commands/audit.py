"""`manage.py audit`: check the log against its seals, show the newest seal, export a period."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.audit import export_events, seal_events
from elections.management.chosen import municipalities_with, municipality_with
from elections.models import AuditEvent
from elections.queries.audit_chain import newest_seal, verify
from tenants.models import Municipality
from tenants.numbers import counted


class Command(BaseCommand):
    help = "Check and export the logs of municipalities."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        check = commands.add_parser(
            "verify", help="check logs against their seals; ends with an error on damage"
        )
        check.add_argument(
            "codes", nargs="*", type=str.upper, metavar="CODE", help="default: all municipalities"
        )
        check.add_argument("--head", default="", help="digest from a mail: prove that it is in the chain")
        head = commands.add_parser("head", help="number and digest of the newest seal")
        head.add_argument(
            "codes", nargs="*", type=str.upper, metavar="CODE", help="default: all municipalities"
        )
        export = commands.add_parser("export", help="the events of a period, one JSON object a line")
        export.add_argument("code", type=str.upper, metavar="CODE")
        export.add_argument("--from", dest="first", type=date.fromisoformat, required=True, help="YYYY-MM-DD")
        export.add_argument(
            "--to", dest="last", type=date.fromisoformat, required=True, help="that day included"
        )

    def handle(self, *args: Any, command: str, **options: Any) -> None:
        getattr(self, f"_{command}")(**options)

    def _verify(self, *, codes: list[str], head: str, **_options: Any) -> None:
        if head and len(codes) != 1:
            raise CommandError("Give --head with the code of one municipality.")
        faults = [
            fault for municipality in municipalities_with(codes) for fault in self._check(municipality, head)
        ]
        if faults:
            raise CommandError("\n".join(faults))

    def _check(self, municipality: Municipality, head: str) -> Iterator[str]:
        with tenant_context(municipality):
            seal_events()
            report = verify(head)
        if report.damaged:
            yield f"{municipality.code}  {counted(report.damaged, 'fault')}; the first:"
            yield from (f"{municipality.code}  {damage}" for damage in report.damages)
        else:
            self.stdout.write(
                f"{municipality.code}  whole: {counted(report.events, 'event')} under {counted(report.seals, 'seal')}"
            )
        if head and report.head_found:
            self.stdout.write(f"{municipality.code}  {head} is in the chain")
        elif head:
            yield f"{municipality.code}  {head} is not in the chain"

    def _head(self, *, codes: list[str], **_options: Any) -> None:
        for municipality in municipalities_with(codes):
            with tenant_context(municipality):
                seal = newest_seal()
            text = f"{seal.number}  {seal.at:%Y-%m-%dT%H:%M:%SZ}  {seal.digest}" if seal else "no seal yet"
            self.stdout.write(f"{municipality.code}  {text}")

    def _export(self, *, code: str, first: date, last: date, **_options: Any) -> None:
        municipality = municipality_with(code)
        with tenant_context(municipality), timezone.override(municipality.tz):
            begin, end = _midnight(first), _midnight(last + timedelta(days=1))
            events = AuditEvent.objects.filter(at__gte=begin, at__lt=end)
            for event in export_events(events, by=None, filters={"from": first, "to": last}).iterator():
                self.stdout.write(json.dumps(_facts(event), ensure_ascii=False))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _facts(event: AuditEvent) -> dict[str, object]:
    return {
        "id": event.pk,
        "at": event.at.isoformat(),
        "action": event.action,
        "actor": event.actor,
        "actor_id": event.actor_id,
        "origin": event.origin,
        "object_type": event.object_type,
        "object_id": event.object_id,
        "label": event.object_label,
        "result": event.get_result_display(),
        "details": event.details,
        "purpose": event.purpose,
        "request_id": event.request_id,
        "blanked_at": event.blanked_at.isoformat() if event.blanked_at else None,
    }
