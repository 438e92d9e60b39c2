from django.apps import AppConfig
from django.db.models.signals import post_delete
from django_tenants.signals import schema_migrated, tenant_delete_callback


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Gemeenten"

    def ready(self) -> None:
        from tenants import roles  # noqa: PLC0415 - needs the settings and the apps

        # django-tenants listens to the deletion of every row of every model, for which Django then reads each row it
        # deletes, one by one. It is only about municipalities.
        post_delete.disconnect(tenant_delete_callback)
        post_delete.connect(tenant_delete_callback, sender=self.get_model("Municipality"))
        schema_migrated.connect(roles.grant_after_migration, dispatch_uid="tenants.roles")
