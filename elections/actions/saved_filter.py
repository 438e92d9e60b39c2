"""Keeping filters of the member list, for oneself or for the team."""

from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from elections import audit
from elections.errors import ActionError
from elections.models import SavedFilter, User
from elections.models.saved_filter import QUERY_LENGTH

MOST_FILTERS: Final = 50


@transaction.atomic
def create_saved_filter(name: str, query: str, *, is_shared: bool, by: User) -> SavedFilter:
    """Keep a filter under a name.

    query: filters, columns and order as a query string, without what was searched for: a name of a person does not
        belong in a filter that stays (AVG art. 5(1)(c)). The caller leaves it out.

    Raises:
        ActionError: for a filter that asks nothing or too much, a name that this colleague used before, or one
            filter too many.
    """
    if not query:
        raise ActionError(
            _("Kies eerst een filter, een kolom of een volgorde. Dan is er iets om te bewaren.")
        )
    if len(query) > QUERY_LENGTH:
        raise ActionError(_("Dit filter is te lang om te bewaren. Kies minder."))
    # Two presses of one button wait for each other here.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if by.saved_filters.count() >= MOST_FILTERS:
        raise ActionError(
            _("U bewaarde al %(most)s filters. Verwijder er eerst één.") % {"most": MOST_FILTERS}
        )
    saved = SavedFilter(name=name, query=query, owner=by, is_shared=is_shared)
    _save(saved)
    audit.record("saved_filter.create", by=by, on=saved, shared=is_shared)
    return saved


@transaction.atomic
def update_saved_filter(saved: SavedFilter, *, name: str, is_shared: bool, by: User) -> None:
    """Give an own filter another name, share it or stop sharing it.

    Raises:
        ActionError: when it is a colleague's, or the name is in use.
    """
    _check_own(saved, by)
    saved.name, saved.is_shared = name, is_shared
    _save(saved)
    audit.record("saved_filter.update", by=by, on=saved, shared=is_shared)


@transaction.atomic
def delete_saved_filter(saved: SavedFilter, *, by: User) -> None:
    """Throw an own filter away; the members in it stay as they are.

    Raises:
        ActionError: when it is a colleague's.
    """
    _check_own(saved, by)
    audit.record("saved_filter.delete", by=by, on=saved)
    saved.delete()


def _check_own(saved: SavedFilter, by: User) -> None:
    if saved.owner_id != by.pk:
        raise ActionError(_("Dit filter is van een collega. Alleen die kan het wijzigen."))


def _save(saved: SavedFilter) -> None:
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as error:
        raise ActionError(_("U hebt al een filter met deze naam. Kies een andere naam.")) from error
