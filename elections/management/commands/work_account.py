"""`manage.py work_account`: with which provider the colleagues of a municipality log in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.views.decorators.debug import sensitive_variables

from elections import work_account
from elections.actions.work_account import callback_address
from elections.actions.work_account_provider import number_linked, set_provider, switch_off_provider
from elections.management.connection import ConnectionCommand, read_secret
from elections.models import WorkAccountProvider
from elections.work_account import ProviderUnavailable
from tenants.numbers import counted


class Command(ConnectionCommand):
    help = "Let the colleagues of a municipality log in with their work account (OpenID Connect)."
    unavailable = ProviderUnavailable

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        change = commands.add_parser("set", help="set the provider and switch it on")
        change.add_argument("code", type=str.upper)
        change.add_argument("--issuer", required=True, help="as in the provider's openid-configuration")
        change.add_argument("--client-id", required=True, help="the application (client) id at the provider")
        change.add_argument(
            "--secret-file", type=Path, help="file with the client secret; “-” or nothing: standard input"
        )
        change.add_argument("--keep-secret", action="store_true", help="keep the secret that is known")
        change.add_argument(
            "--forget-links", action="store_true", help="have everybody link again: other subjects"
        )
        change.add_argument("--name", default="", help="what colleagues call it; default Microsoft")
        proof = change.add_mutually_exclusive_group()
        proof.add_argument("--no-mfa", action="store_true", help="do not ask for proof of a second factor")
        proof.add_argument(
            "--context", default="", help="Entra ID: the authentication context that asks for it, such as c1"
        )
        for name, text in (
            ("show", "the provider, and the address to register there"),
            ("off", "stop logging in with the work account; links stay"),
            ("check", "fetch the provider's description and keys, and report"),
        ):
            commands.add_parser(name, help=text).add_argument("code", type=str.upper)

    @sensitive_variables("secret")
    def _set(
        self, *, secret_file: Path | None, keep_secret: bool, no_mfa: bool, context: str, **options: Any
    ) -> None:
        secret = "" if keep_secret else read_secret(secret_file)
        fields = {name: options[name] for name in ("issuer", "client_id", "name", "forget_links")}
        set_provider(**fields, secret=secret, requires_mfa=not no_mfa, authentication_context=context)
        self._show()

    def _show(self, **_options: Any) -> None:
        provider = _find()
        proof = "not asked"
        if provider.requires_mfa:
            context = provider.authentication_context
            proof = f"acrs holds {context}" if context else "amr holds mfa"
        facts = {
            "name": provider.name,
            "issuer": provider.issuer,
            "client id": provider.client_id,
            "secret": "set" if hasattr(provider, "secret") else "missing",
            "second factor": proof,
            "active": "yes" if provider.is_active else "no",
            "colleagues": number_linked(provider),
            "redirect URI": callback_address(),
        }
        for label, value in facts.items():
            self.stdout.write(f"{label:<15}{value}")

    def _off(self, **_options: Any) -> None:
        switch_off_provider()
        self._show()

    def _check(self, **_options: Any) -> None:
        provider = _find()
        work_account.forget_provider(provider)
        described = work_account.metadata(provider)
        keys = work_account.signing_keys(provider).get("keys", [])
        if "S256" not in described.get("code_challenge_methods_supported", ["S256"]):
            self.stdout.write("The provider does not name PKCE with S256; log-in may fail.")
        self.stdout.write(
            f"{provider.issuer} answers, with {counted(len(keys), 'key')}. Secret and redirect URI are not tested."
        )


def _find() -> WorkAccountProvider:
    provider = WorkAccountProvider.objects.select_related("secret").first()
    if provider is None:
        raise CommandError("This municipality has no work account provider.")
    return provider
