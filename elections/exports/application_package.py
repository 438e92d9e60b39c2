"""An application as a sealed file for another municipality (tenants.package says what protects it)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from elections.models import Application
from tenants import package

PURPOSE: Final = "application"


def write_package(application: Application, *, number: UUID, expires_at: datetime) -> bytes:
    """The file for the municipality that the person agreed to: what they sent us, and the words they agreed to."""
    agreed_at = application.transfer_agreed_at
    content: dict[str, Any] = {
        "first_name": application.first_name,
        "infix": application.infix,
        "last_name": application.last_name,
        "birth_date": application.birth_date.isoformat(),
        "email": application.email,
        "phone": application.phone,
        "city": application.city,
        "has_experience": application.has_experience,
        "remark": application.remark,
        "transfer_words": application.transfer_words,
        "transfer_agreed_at": agreed_at.isoformat() if agreed_at else "",
    }
    return package.seal(
        content, purpose=PURPOSE, target=application.target_code, number=number, expires_at=expires_at
    )
