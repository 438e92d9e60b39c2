"""The public sign-up form: opening and closing it, and what happens when somebody sends it.

Whoever sends it is nobody yet. The page answers the same whatever was typed; one mail without a word of what was typed
goes to the address; and the team sees the application when somebody answered that mail (OWASP ASVS 5.0 row 6.3.8).
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.application import remove_applications
from elections.actions.login_limits import count_sign_up, digest
from elections.enums import MailKind
from elections.errors import ActionError
from elections.models import Application, SignUp, User
from elections.models.application import CONFIRM_WITHIN
from elections.notify import outbox
from elections.queries.sign_up import current_sign_up

ASKED: Final = (
    "first_name",
    "infix",
    "last_name",
    "birth_date",
    "email",
    "phone",
    "city",
    "has_experience",
    "remark",
    "may_keep",
)
LINK: Final = re.compile(r"https?:|www\.|<[a-z/!]|\[url", re.IGNORECASE)
CHUNK: Final = 500


@transaction.atomic
def update_sign_up(*, is_open: bool, text: str, closed_text: str, by: User) -> SignUp:
    """Open or close the form, and choose what it says; the texts are shown as they are typed."""
    setting, _made = SignUp.objects.update_or_create(
        pk=1,
        defaults={
            "is_open": is_open,
            "text": text,
            "closed_text": closed_text,
            "updated_at": timezone.now(),
        },
    )
    audit.record("sign_up.update", by=by, on=setting, is_on=is_open)
    return setting


def send_application(values: Mapping[str, Any], *, form_key: str, origin: str) -> None:
    """Keep what somebody sent, and mail the link that confirms it. Call it outside a transaction.

    It does not tell whether this address is known, was used before, or is mailed at all. The same form sent twice with
    the same address, as by a double click, counts once.

    values: of ASKED. form_key: the random number in the form. origin: the address of the client.

    Raises:
        ActionError: when the form is closed, or the text holds a link.
        TooManyTries: when one network, or everybody together, sends too many.
    """
    if not current_sign_up().is_open:
        raise ActionError(_("U kunt zich op dit moment niet aanmelden."))
    if LINK.search(values["remark"]):
        raise ActionError(_("Zet geen webadres in de toelichting."))
    may_mail = count_sign_up(values["email"], origin)
    with transaction.atomic():
        application, made = Application.objects.get_or_create(
            form_key=digest(form_key),
            email__iexact=values["email"],
            defaults={name: values[name] for name in ASKED},
        )
        if made:
            audit.record("application.send", by=None, on=application)
        if made and may_mail:
            outbox.enqueue(
                MailKind.APPLICATION_CONFIRM,
                user=None,
                key=f"application-confirm:{application.uuid}",
                reference=application.uuid,
                to_email=application.email,
            )


def forget_unconfirmed() -> int:
    """Delete applications whose mail nobody answered in time; returns how many. The sweep calls this."""
    before = timezone.now() - CONFIRM_WITHIN
    late = Application.objects.unconfirmed().filter(created_at__lt=before)
    return remove_applications(list(late.order_by("pk")[:CHUNK]))
