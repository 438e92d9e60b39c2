"""Which environment variables the product reads."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings

# Read by libraries, or by commands through os.environ.
BY_OTHERS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "REDIS_ADDRESS", "REDIS_PASSWORD"}


@cache
def names_read() -> set[str]:
    """Those of config/settings.py, and of libraries."""
    text = (Path(settings.BASE_DIR) / "config" / "settings.py").read_text()
    return set(re.findall(r"env(?:\.\w+)?\(\s*\"(\w+)\"", text)) | BY_OTHERS
