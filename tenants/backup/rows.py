"""What a municipality has in the public schema: its own row, its addresses, its house style and its statement."""

import base64
import json
from datetime import datetime
from typing import Any, Final

from django.core import serializers
from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from django.utils import timezone

from tenants.backup.file import BackupError
from tenants.models import Domain, FormerMunicipality, Municipality, MunicipalityStatus

# Where the municipality is there, these stay as they are: since when it is closed, whether it may be deleted, and when
# its newest backup was made.
STATE_FIELDS: Final = ("suspended_at", "delete_from", "backed_up_at")


def public_rows(municipality: Municipality) -> str:
    """The rows as JSON."""
    rows: list[models.Model] = list(Municipality.objects.filter(pk=municipality.pk))
    for model, name in _related():
        rows += model._default_manager.filter(**{name: municipality}).order_by("pk")
    return str(serializers.serialize("json", rows))


@transaction.atomic
def put_public_rows(text: str, *, made_at: datetime | None = None) -> Municipality:
    """Make or replace the rows, closed to everybody until it is resumed. Raises BackupError when that cannot be.

    made_at: of the backup that the rows are from. They themselves tell of the one before it, which may be gone.
    """
    own, *others = json.loads(text)
    values = _values(Municipality, own["fields"])
    municipality = Municipality.objects.filter(code=values["code"]).first()
    _check_addresses(values["code"], others)
    if municipality:
        values = {name: value for name, value in values.items() if name not in STATE_FIELDS}
    else:
        municipality = Municipality()
        values["backed_up_at"] = made_at
        values["suspended_at"] = values.get("suspended_at") or timezone.now()
    for name, value in values.items():
        setattr(municipality, name, value)
    municipality.status = MunicipalityStatus.SUSPENDED
    taken = Municipality.objects.exclude(pk=municipality.pk).filter(key_share=municipality.key_share)
    if taken.exists():
        # Its data keys name their own share; the next `master_key rewrap` puts them under a new one.
        municipality.key_share = None
    municipality.save()
    for model, name in _related():
        model._default_manager.filter(**{name: municipality}).delete()
        rows = [row["fields"] for row in others if row["model"] == model._meta.label_lower]
        model._default_manager.bulk_create(
            model(**_values(model, fields, without=name), **{name: municipality}) for fields in rows
        )
    return municipality


def deleted_since(code: str, made_at: str) -> FormerMunicipality | None:
    """What is left of this municipality when it was deleted after that moment."""
    return FormerMunicipality.objects.filter(code=code, begun_at__gte=made_at).order_by("-begun_at").first()


def close_deletion(code: str) -> None:
    """Deleting that had begun is over: what was left went with the restore, and what came back is not to go."""
    FormerMunicipality.objects.filter(code=code, deleted_at=None).update(deleted_at=timezone.now())


def _related() -> list[tuple[type[models.Model], str]]:
    """Every model of the public schema that points to a municipality, with the name of that field."""
    return sorted(
        (
            (relation.related_model, relation.field.name)
            for relation in Municipality._meta.related_objects
            if relation.related_model._meta.app_label == Municipality._meta.app_label
        ),
        key=lambda pair: pair[0]._meta.label_lower,
    )


def _values(model: type[models.Model], fields: dict[str, Any], without: str = "") -> dict[str, Any]:
    found = {}
    for name, value in fields.items():
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            raise BackupError(
                f"The backup has a field {name} that this version does not know: use a newer version."
            ) from None
        if name != without:
            if isinstance(field, models.BinaryField) and value is not None:
                found[name] = base64.b64decode(value)
            elif isinstance(field, models.Field):
                found[name] = field.to_python(value)
    return found


def _check_addresses(code: str, rows: list[dict[str, Any]]) -> None:
    names = [row["fields"]["domain"] for row in rows if row["model"] == Domain._meta.label_lower]
    taken = Domain.objects.filter(domain__in=names).exclude(tenant__code=code).first()
    if taken:
        raise BackupError(
            f"The address {taken.domain} belongs to {taken.tenant} now: give that another one first."
        )
