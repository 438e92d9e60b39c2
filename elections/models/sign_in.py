"""Each time somebody logged in: what the account page shows, and how a session is found and ended."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from elections.enums import SignInMethod
from elections.models.fields import PublicIdModel
from elections.models.user import User


class SignInQuerySet(models.QuerySet["SignIn"]):
    def going_on(self) -> "SignInQuerySet":
        """Log-ins whose session may still be in use."""
        return self.exclude(session_key="")


class SignIn(PublicIdModel):
    """One log-in. `session_key` is emptied when the session ends; `browser_digest` tells known browsers from new."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField(default=timezone.now)
    method = models.CharField(max_length=20, choices=SignInMethod)
    origin = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)
    browser_digest = models.CharField(max_length=64, blank=True)
    session_key = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[SignInQuerySet] = SignInQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("user", "-at"), name="sign_in_newest"),
            models.Index(
                fields=("session_key",), condition=~models.Q(session_key=""), name="sign_in_by_session"
            ),
            models.Index(
                fields=("browser_digest",), condition=~models.Q(browser_digest=""), name="sign_in_by_browser"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d %H:%M}"
