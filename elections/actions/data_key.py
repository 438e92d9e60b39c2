"""Replacing the data key of a municipality: every encrypted value gets the new key, while people go on working."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.db.models import Manager, QuerySet

from elections import audit, data_keys, secrets
from elections.enums import AuditResult
from elections.models import DataKey, SealedValue

logger = logging.getLogger(__name__)

BATCH: Final = 500


class RotationRuns(Exception):
    """Another process is replacing the data key of this municipality."""


@dataclass
class Rotation:
    """What a rotation did. `damaged`: what could not be opened, such as "bsn|<uuid of the member>"."""

    key_id: int
    resumed: bool
    resealed: int = 0
    damaged: list[str] = field(default_factory=list)
    destroyed: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class KeyUse:
    """One data key, and how many values are under it."""

    key: DataKey
    values: int


def rotate_data_key(
    *, start_anew: bool = False, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> Rotation:
    """Encrypt everything of the municipality at work with a new data key and destroy the former one.

    A run that was killed is finished by the next one, which makes no new key then. Both keys can be read with until
    the end. A value that cannot be opened stays as it is, under its former key, which is kept for it.

    Parameters:
        start_anew: make a new key also when a former rotation is not finished.
        progress: called after every batch with how many values were done, and of how many.

    Raises:
        RotationRuns: when another process does the same.
        MasterKeyUnusable: when the master key file has not what is needed.
    """
    with data_keys.only_rotation() as mine:
        if not mine:
            raise RotationRuns("Another process is replacing this data key.")
        rotation = _begin(start_anew=start_anew)
        while not _finished(rotation):
            _reseal_everything(rotation, progress)
    _record("finished", rotation)
    return rotation


def key_uses() -> list[KeyUse]:
    """Every data key with the number of values under it, oldest first."""
    return [
        KeyUse(
            key, sum(model._default_manager.filter(key_id=key.key_id).count() for model in sealed_models())
        )
        for key in DataKey.objects.order_by("key_id")
    ]


def damaged_values() -> list[str]:
    """What cannot be opened, of everything that is stored encrypted; nobody gets to see a value."""
    ciphers = data_keys.ciphers_by_number()
    return [
        row.bound_to
        for model in sealed_models()
        for row in _rows(model).order_by("pk").iterator(chunk_size=BATCH)
        if not secrets.can_be_opened(row, ciphers)
    ]


def sealed_models() -> list[type[SealedValue]]:
    """Every model with encrypted values; one that is added later is in here by itself."""
    return sorted(_concrete(SealedValue), key=lambda model: model.__name__)  # type: ignore[type-abstract]


def _concrete(model: type[SealedValue]) -> Iterator[type[SealedValue]]:
    for child in model.__subclasses__():
        if not child._meta.abstract:
            yield child
        yield from _concrete(child)


def _begin(*, start_anew: bool) -> Rotation:
    current = DataKey.objects.filter(is_current=True).first()
    if current and not start_anew and DataKey.objects.filter(is_current=False).exists():
        return Rotation(current.key_id, resumed=True)
    with transaction.atomic():
        rotation = Rotation(data_keys.begin_rotation().key_id, resumed=False)
        _record("begun", rotation)
    return rotation


def _reseal_everything(rotation: Rotation, progress: Callable[[int, int], None]) -> None:
    """One walk over every value that is not under the current key yet, in batches that commit."""
    key = DataKey.objects.get(key_id=rotation.key_id)
    ciphers = data_keys.ciphers_by_number() | {key.key_id: data_keys.cipher_of(key)}
    waiting = sum(_waiting(model, rotation).count() for model in sealed_models())
    rotation.damaged, before = [], rotation.resealed
    for model in sealed_models():
        last: int | None = 0
        while last is not None:
            last = _reseal_batch(model, key, ciphers, rotation, after=last)
            progress(rotation.resealed - before + len(rotation.damaged), waiting)


@transaction.atomic
def _reseal_batch(
    model: type[SealedValue], key: DataKey, ciphers: dict[int, AESGCM], rotation: Rotation, *, after: int
) -> int | None:
    """Returns the primary key to go on after; None at the end."""
    waiting = _waiting(model, rotation).select_for_update(of=("self",)).filter(pk__gt=after)
    rows = list(waiting.order_by("pk")[:BATCH])
    resealed = []
    for row in rows:
        try:
            secrets.reseal(row, key, ciphers)
        except secrets.SecretDamaged:
            logger.error("secret %s cannot be opened and keeps its former key", row.bound_to)
            rotation.damaged.append(row.bound_to)
        else:
            resealed.append(row)
    # The rows are there and locked, so this only updates; bulk_update would need seconds for 10,000 values.
    manager: Manager[Any] = model._default_manager
    manager.bulk_create(
        resealed, update_conflicts=True, unique_fields=["pk"], update_fields=["ciphertext", "key_id"]
    )
    rotation.resealed += len(resealed)
    return rows[-1].pk if rows else None


@transaction.atomic
def _finished(rotation: Rotation) -> bool:
    """Destroy the former keys that nothing needs any more, when all that could be done is done.

    Somebody may have written with a former key while we walked; then there is another walk to make.
    """
    data_keys.wait_for_writers()
    left = sum(_waiting(model, rotation).count() for model in sealed_models())
    if left != len(rotation.damaged):
        return False
    for use in key_uses():
        if not use.values and not use.key.is_current:
            rotation.destroyed.append(use.key.key_id)
            use.key.delete()
    return True


def _waiting(model: type[SealedValue], rotation: Rotation) -> QuerySet[SealedValue]:
    return _rows(model).exclude(key_id=rotation.key_id)


def _rows(model: type[SealedValue]) -> QuerySet[SealedValue]:
    """With what `bound_to` needs."""
    owners = [each.name for each in model._meta.fields if each.is_relation]
    return model._default_manager.select_related(*owners)


def _record(stage: str, rotation: Rotation) -> None:
    audit.record(
        "secret.rotate",
        by=None,
        label=str(rotation.key_id),
        result=AuditResult.REFUSED if rotation.damaged else AuditResult.OK,
        stage=stage,
        resumed=rotation.resumed,
        resealed=rotation.resealed,
        damaged=len(rotation.damaged),
        destroyed=[str(key_id) for key_id in rotation.destroyed],
    )
