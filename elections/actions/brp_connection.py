"""The municipality's connection to the BRP: its address and key, what it may be asked, and whether it is on."""

from collections.abc import Iterable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from elections import audit
from elections.brp import url_fault
from elections.enums import BrpSubject
from elections.errors import ActionError
from elections.models import BrpConnection, BrpKey, User
from elections.secrets import seal
from tenants.context import current_municipality

LONGEST_KEY = 2000


@sensitive_variables("key")
@transaction.atomic
def set_connection(
    *, url: str, key: str = "", oin: str = "", ca_file: str = "", certificate_file: str = ""
) -> BrpConnection:
    """Set where the BRP is asked, and with which key; for the system administrator. It stays off when it was off.

    key: the API key; empty keeps the one that is known, as long as the address stays the same: a key never goes to a
        host that it was not given for.
    ca_file, certificate_file: PEM files on the server, or empty.
    Raises ActionError, in English as the command that calls this.
    """
    if current_municipality().is_public_body:
        raise ActionError("A public body has a register of its own, which this API does not hold.")
    if fault := url_fault(url):
        raise ActionError(fault)
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable() or key != key.strip():
        raise ActionError("The key holds signs that no header can hold.")
    for path in filter(None, (ca_file, certificate_file)):
        if not Path(path).is_file():
            raise ActionError(f"There is no file {path}.")
    connection = BrpConnection.objects.select_for_update().first() or BrpConnection()
    known = connection.pk and BrpKey.objects.filter(connection=connection).first()
    if not key and not (known and connection.url == url):
        raise ActionError("A key is needed.")
    connection.url, connection.oin = url, oin
    connection.ca_file, connection.certificate_file = ca_file, certificate_file
    connection.failures, connection.paused_until = 0, None
    # A URLField knows no host without a dot, which a gateway may have; `url_fault` looked already.
    connection.full_clean(validate_unique=False, exclude=["url"])
    connection.save()
    if key:
        seal(known or BrpKey(connection=connection), key)
    audit.record("brp_connection.set", by=None, on=connection, new_secret=bool(key))
    return connection


@transaction.atomic
def authorise(
    *, purpose: str, processing: str, subjects: Iterable[str], is_active: bool, by: User | None
) -> BrpConnection:
    """Write down what the municipality may ask and for which purpose, and switch the check on or off.

    subjects: values of BrpSubject. Raises ActionError when there is no connection, or too little to switch it on.
    """
    connection = BrpConnection.objects.select_for_update().first()
    if connection is None:
        raise ActionError(_("Er is nog geen aansluiting. Vraag de systeembeheerder om die in te stellen."))
    connection.purpose, connection.processing = purpose.strip(), processing.strip()
    connection.subjects = [subject for subject in BrpSubject.values if subject in set(subjects)]
    connection.is_active = is_active
    if is_active and not connection.purpose:
        raise ActionError(_("Vul de doelbinding in. Zonder doelbinding mag u niets opvragen."))
    if is_active and not connection.subjects:
        raise ActionError(_("Kies wat u mag opvragen."))
    try:
        connection.full_clean(validate_unique=False, exclude=["url"])
    except ValidationError as problem:
        raise ActionError(" ".join(problem.messages)) from problem
    connection.save()
    audit.record(
        "brp_connection.authorise",
        by=by,
        on=connection,
        purpose=connection.purpose,
        subjects=connection.subjects,
        active=is_active,
    )
    return connection


@transaction.atomic
def switch_off(*, by: User | None = None) -> BrpConnection:
    """Stop asking. Findings that wait stay. Raises ActionError when there is no connection."""
    connection = BrpConnection.objects.select_for_update().first()
    if connection is None:
        raise ActionError("This municipality has no connection to the BRP.")
    connection.is_active = False
    connection.save(update_fields=["is_active"])
    audit.record("brp_connection.switch_off", by=by, on=connection)
    return connection
