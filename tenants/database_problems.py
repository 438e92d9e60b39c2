"""What the database said, in a sentence for whoever gives a command."""

from django.db import DatabaseError, InterfaceError, OperationalError
from psycopg import errors


def sentence_of(problem: DatabaseError | InterfaceError) -> str:
    """One line that says what to do; what PostgreSQL itself said when there is nothing to add."""
    said = (str(problem).strip().splitlines() or ["no reason given"])[0]
    if isinstance(problem.__cause__, errors.UndefinedTable | errors.UndefinedColumn):
        return f"The tables are not those of this code ({said}). Run `manage.py upgrade` first."
    if isinstance(problem.__cause__, errors.InsufficientPrivilege):
        return (
            f"The role of the database may not do this ({said}). Commands that change tables need DATABASE_OWNER_URL: "
            "with the compose file run them in `manage`. After a restore of the database run `manage.py upgrade`."
        )
    if isinstance(problem, InterfaceError | OperationalError) and not _state(problem):
        return f"The database does not answer: {said}"
    return said


def _state(problem: Exception) -> str | None:
    """The code of PostgreSQL; none when it was not reached."""
    return getattr(problem.__cause__, "sqlstate", None)
