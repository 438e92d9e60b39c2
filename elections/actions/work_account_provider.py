"""Which provider the colleagues of a municipality log in with; set by the system administrator."""

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from elections import audit
from elections.errors import ActionError
from elections.models import ProviderSecret, WorkAccount, WorkAccountProvider
from elections.secrets import seal
from elections.work_account import issuer_fault


@sensitive_variables("secret")
@transaction.atomic
def set_provider(
    *,
    issuer: str,
    client_id: str,
    secret: str = "",
    name: str = "",
    requires_mfa: bool = True,
    authentication_context: str = "",
    forget_links: bool = False,
) -> WorkAccountProvider:
    """Set the provider of this municipality and switch it on.

    secret: the client secret; empty keeps the one that is known, as long as issuer and client stay the same.
    forget_links: everybody links again, because the subjects of a new issuer or client are others.
    Raises ActionError for an issuer that is not one organisation's own, or when there is no secret.
    """
    if fault := issuer_fault(issuer):
        raise ActionError(fault)
    provider = WorkAccountProvider.objects.select_for_update().first() or WorkAccountProvider()
    same = (provider.issuer, provider.client_id) == (issuer, client_id)
    known = provider.pk and ProviderSecret.objects.filter(provider=provider).first()
    if not secret and not (known and same):
        raise ActionError("A client secret is needed.")
    provider.issuer, provider.client_id = issuer, client_id
    provider.name = name or provider.name
    provider.requires_mfa, provider.authentication_context = requires_mfa, authentication_context
    provider.is_active = True
    provider.full_clean(validate_unique=False, exclude=["issuer"])
    provider.save()
    if secret:
        seal(known or ProviderSecret(provider=provider), secret)
    forgotten = WorkAccount.objects.all().delete()[0] if forget_links else 0
    audit.record(
        "work_account_provider.set",
        by=None,
        on=provider,
        issuer=issuer,
        client_id=client_id,
        requires_mfa=requires_mfa,
        authentication_context=authentication_context,
        new_secret=bool(secret),
        forgotten_links=forgotten,
    )
    return provider


@transaction.atomic
def switch_off_provider() -> WorkAccountProvider:
    """Stop logging in with the work account; links stay, so that switching on again is enough.

    Raises ActionError when there is no provider.
    """
    provider = WorkAccountProvider.objects.select_for_update().first()
    if provider is None:
        raise ActionError("This municipality has no work account provider.")
    provider.is_active = False
    provider.save(update_fields=["is_active"])
    audit.record("work_account_provider.switch_off", by=None, on=provider)
    return provider


def number_linked(provider: WorkAccountProvider) -> int:
    """How many colleagues can log in with this provider. Links of a former issuer do not count."""
    return WorkAccount.objects.filter(issuer=provider.issuer, confirmed=True).count()
