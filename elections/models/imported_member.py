"""What an import did with one member, kept for as long as the import can be undone."""

from django.db import models

from elections.models.import_file import ImportFile
from elections.models.member import Member


class ImportedMember(models.Model):
    """One member whom an import added or changed.

    `before` holds the values that the import replaced, by the name of the field of Member, with dates as text; it is
    empty for a member whom the import added. `labels` and `secrets` tell what the import added, never what a number
    was. `version` is that of the member right after the import: another version means that somebody changed the
    member since.
    """

    import_file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="members")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="imports")
    row = models.PositiveIntegerField()
    is_new = models.BooleanField()
    version = models.PositiveIntegerField()
    before = models.JSONField(default=dict, blank=True)
    labels = models.JSONField(default=list, blank=True)
    secrets = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("row",)
        constraints = (
            models.UniqueConstraint(fields=("import_file", "member"), name="imported_member_once_a_file"),
        )

    def __str__(self) -> str:
        return f"{self.import_file} · {self.member}"
