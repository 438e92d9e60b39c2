"""Reading in a list of 5,000 new members against django-import-export, on the same file."""

from bench import import_peers
from bench.row import Row


def measure() -> Row:
    """Seconds to look and to read in; the product also logs each member, finds doubles and can undo it."""
    found = import_peers.measured()
    return Row(
        "import_vs_import_export",
        found["product"]["seconds"],
        "s",
        "django-import-export in bulk",
        found["peer"]["seconds"],
        lower_is_better=True,
    )
