"""Which municipalities a command is about: those whose codes were given."""

from collections.abc import Collection

from django.core.management.base import CommandError

from tenants.models import Municipality


def municipality_with(code: str) -> Municipality:
    """The municipality with a CBS code. Raises CommandError when there is none."""
    (found,) = municipalities_with([code])
    return found


def municipalities_with(codes: Collection[str]) -> list[Municipality]:
    """Those with these codes, in the order of their codes; all when no code is given.

    Raises:
        CommandError: when there is none with one of the codes.
    """
    found = list(Municipality.objects.order_by("code").filter(**{"code__in": codes} if codes else {}))
    unknown = sorted(set(codes) - {municipality.code for municipality in found})
    if unknown:
        raise CommandError(
            f"There is no municipality with the code {', '.join(unknown)}. See `manage.py municipality list`."
        )
    return found
