"""A member opens a letter."""

from django.db import transaction
from django.utils import timezone

from elections import audit
from elections.models import AppointmentLetter, User


@transaction.atomic
def read_letter(letter: AppointmentLetter, *, by: User) -> None:
    """Note when the member first opened the letter, and log every time that it is opened."""
    AppointmentLetter.objects.filter(pk=letter.pk, first_read_at=None).update(first_read_at=timezone.now())
    audit.record("letter.read", by=by, on=letter)
