"""How long a connection with PostgreSQL or Redis waits for the other side before it gives up.

A host that loses its power says no goodbye: without these limits PostgreSQL would keep its locks for hours, and a web
server would wait as long for an answer that cannot come.
"""

from typing import Any, Final

REDIS_PATIENCE: Final = {"socket_connect_timeout": 2, "socket_timeout": 5}
"""Seconds. Redis is only the bell: nobody at a page waits for one that hangs, the sweep rings again."""

# Both sides look whether the other is still there: seconds of silence, seconds between questions, and how many.
_KEEPALIVES: Final = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
_UNANSWERED: Final = 25_000  # milliseconds


def postgres_options(given: dict[str, Any]) -> dict[str, Any]:
    """The options of a connection with PostgreSQL, for libpq; what the address of the database gives wins.

    Besides the limits: PostgreSQL estimates the one large statement of the dashboard so high that it would compile it
    first (JIT), which takes longer than to run it.
    """
    server = {
        "jit": "off",
        **{f"tcp_{name}": value for name, value in _KEEPALIVES.items()},
        "tcp_user_timeout": _UNANSWERED,
    }
    return {
        "options": " ".join(f"-c {name}={value}" for name, value in server.items()),
        "connect_timeout": 10,
        **_KEEPALIVES,
        "tcp_user_timeout": _UNANSWERED,
        **given,
    }
