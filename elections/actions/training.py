"""Trainings that staff set up, their keys, and a member who goes to one."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.enums import StepKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import ElectionEvent, Member, Training, TrainingStart, User
from elections.queries.portal_step import require_open_step
from elections.queries.training import own_trainings
from elections.training_token import checked_site, key_text


@dataclass(frozen=True)
class TrainingFacts:
    """What staff choose about a training; the fields are those of Training."""

    name: str
    site: str
    position_kinds: tuple[str, ...]
    valid_months: int | None
    is_on: bool


@transaction.atomic
def create_training(facts: TrainingFacts, *, by: User | None) -> Training:
    """Set a training up.

    Raises:
        ActionError: when the name is in use, or the address is not one of a site (`checked_site`).
    """
    training = Training()
    _fill(training, facts)
    audit.record("training.create", by=by, on=training)
    return training


@transaction.atomic
def update_training(training: Training, facts: TrainingFacts, *, version: int, by: User | None) -> Training:
    """Change a training. Results that are there keep their last day: a certificate does not change afterwards.

    version: of the training as the page showed it.

    Raises:
        ChangedElsewhere: when a colleague changed it in the meantime.
        ActionError: as `create_training`.
    """
    training = _locked(training)
    if training.version != version:
        raise ChangedElsewhere(
            _("Een collega heeft deze training net gewijzigd. Bekijk de training opnieuw.")
        )
    training.version += 1
    _fill(training, facts)
    audit.record("training.update", by=by, on=training, is_on=training.is_on)
    return training


@transaction.atomic
def remove_training(training: Training, *, by: User | None) -> None:
    """Take a training away that nobody did.

    Raises:
        ActionError: when there are results: they prove who may be appointed.
    """
    training = _locked(training)
    if training.results.exists():
        raise ActionError(_("Van deze training zijn er uitslagen. U kunt de training wel uitzetten."))
    audit.record("training.remove", by=by, on=training)
    training.delete()


@transaction.atomic
def show_training_key(training: Training, *, by: User | None) -> str:
    """The key for the maker of the site. Each version is shown once; who lost it makes a new one.

    Raises:
        ActionError: when somebody saw this key already.
    """
    training = _locked(training)
    if training.key_seen_at:
        raise ActionError(_("Deze sleutel is al getoond. Maak een nieuwe sleutel als u hem niet meer hebt."))
    training.key_seen_at = timezone.now()
    training.save(update_fields=["key_seen_at"])
    audit.record("training.show_key", by=by, on=training, version=training.key_version)
    return key_text(training)


@transaction.atomic
def renew_training_key(training: Training, *, by: User | None) -> Training:
    """Make a new key; links with the old one stop at the site as soon as it knows the new one."""
    training = _locked(training)
    training.key_version += 1
    training.key_seen_at = None
    training.save(update_fields=["key_version", "key_seen_at"])
    audit.record("training.renew_key", by=by, on=training, version=training.key_version)
    return training


@transaction.atomic
def begin_training(
    training: Training, member: Member, event: ElectionEvent, *, by: User | None
) -> TrainingStart:
    """Note that a member goes to the training. Again gives the same reference, so that a site knows them.

    Raises:
        StepNotOpen: when the part of the portal is not open.
        ActionError: when the member does not need this training, or it is switched off.
    """
    require_open_step(event, StepKind.TRAINING, member)
    if training not in [own.training for own in own_trainings(member, event)]:
        raise ActionError(_("Deze training is nu niet voor u. Neem contact met ons op als dat niet klopt."))
    start, is_new = TrainingStart.objects.select_related("training").get_or_create(
        training=training, member=member
    )
    if not is_new:
        start.started_at = timezone.now()
        start.save(update_fields=["started_at"])
    audit.record("training.begin", by=by, on=training)
    return start


def _fill(training: Training, facts: TrainingFacts) -> None:
    name = " ".join(facts.name.split())
    if Training.objects.filter(name__iexact=name).exclude(pk=training.pk).exists():
        raise ActionError(_("Er is al een training met deze naam."))
    training.name, training.site = name, checked_site(facts.site)
    training.position_kinds, training.valid_months = list(facts.position_kinds), facts.valid_months
    training.is_on = facts.is_on
    training.save()


def _locked(training: Training) -> Training:
    return Training.objects.select_for_update().get(pk=training.pk)
