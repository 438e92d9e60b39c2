"""What a page tells about somebody's authenticator app and recovery codes."""

from dataclasses import dataclass
from datetime import datetime

from elections.models import Authenticator, RecoveryCode, User


@dataclass(frozen=True)
class FactorState:
    """How somebody logs in after the password. `since` is None for who has no app."""

    since: datetime | None
    codes_left: int

    @property
    def has_app(self) -> bool:
        return self.since is not None


def factor_state(user: User) -> FactorState:
    """The app and the recovery codes of `user`, in two queries."""
    app = Authenticator.objects.in_use_by(user)
    return FactorState(app.created_at if app else None, unused_recovery_codes(user))


def unused_recovery_codes(user: User) -> int:
    """How many recovery codes `user` has left."""
    return RecoveryCode.objects.unused().filter(user=user).count()
