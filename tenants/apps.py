from django.apps import AppConfig
from django_tenants.signals import schema_migrated


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Gemeenten"

    def ready(self) -> None:
        from tenants import roles  # noqa: PLC0415 - needs the settings and the apps

        schema_migrated.connect(roles.grant_after_migration, dispatch_uid="tenants.roles")
