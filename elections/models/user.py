"""Who can log in: a member of a polling station, somebody of the election team, or both."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from elections.enums import MailRhythm, StaffRole
from elections.models.fields import PublicIdModel

NAME_LENGTH = 150


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)

    def staff(self) -> models.QuerySet["User"]:
        return self.exclude(role="")


class User(AbstractBaseUser, PublicIdModel):
    """A log-in. Rights follow from `role` (permissions.py); a member's rights from `member`."""

    username = models.CharField(_("gebruikersnaam"), max_length=150)
    email = models.EmailField(_("e-mailadres"), blank=True)
    name = models.CharField(_("naam"), max_length=NAME_LENGTH, blank=True)
    role = models.CharField(_("rol"), max_length=20, choices=StaffRole, blank=True)
    language = models.CharField(_("taal"), max_length=5, default="nl")
    # Codes, invitations and changes of a place always go at once.
    mail_rhythm = models.CharField(
        _("meldingen"), max_length=10, choices=MailRhythm, default=MailRhythm.AT_ONCE
    )
    is_active = models.BooleanField(_("actief"), default=True)
    # Nothing is mailed to this person any more: they died (actions/brp_finding.py).
    mail_stopped_at = models.DateTimeField(_("geen e-mail meer sinds"), null=True, blank=True)
    # Sessions that began before this moment are no longer accepted (config.middleware.SessionGuardMiddleware).
    sessions_ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        # What "iexact" compares: without an index an unknown name would take as long as reading all rows.
        indexes = (models.Index(Upper("username"), name="user_by_username"),)
        constraints = (
            models.UniqueConstraint(Lower("username"), name="user_username_unique"),
            models.CheckConstraint(
                condition=Q(role="") | Q(role__in=StaffRole.values), name="user_role_known"
            ),
        )

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or self.username

    @property
    def is_staff_member(self) -> bool:
        return bool(self.role)

    @property
    def member_or_none(self):
        """The member file's row of this user, or None for a colleague who is not a member."""
        return getattr(self, "member", None)
