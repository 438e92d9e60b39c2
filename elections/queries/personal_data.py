"""What the municipality still has to know about a member."""

from collections.abc import Collection

from elections.enums import SecretKind
from elections.models import Member
from tenants.context import current_municipality


def missing_personal_data(member: Member, secrets: Collection[SecretKind]) -> list[str]:
    """Names, for the screen, of the data that are asked of every member and that this one has not given.

    secrets: the kinds of secret that are known (elections.secrets.secrets_present). Public bodies have no
    postcodes and pay in dollars by local banks, without IBAN.
    """
    municipality = current_municipality()
    fields = ["birth_date", "street", "city", "phone", "email"]
    if not municipality.is_public_body:
        fields += ["house_number", "postcode"]
    missing = [_label(field) for field in fields if not getattr(member, field)]
    if SecretKind.BSN not in secrets:
        missing.append(str(municipality.words.person_number_short))
    if SecretKind.IBAN not in secrets and not municipality.is_public_body:
        missing.append(str(SecretKind.IBAN.label))
    return missing


def _label(field: str) -> str:
    return str(Member._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
