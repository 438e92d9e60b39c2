"""The memory of reading in 5,000 new members against django-import-export, measured as import_vs_import_export."""

from bench import import_peers
from bench.row import Row


def measure() -> Row:
    """The most memory that the process of each held."""
    found = import_peers.measured()
    return Row(
        "import_memory_vs_import_export",
        found["product"]["mebibytes"],
        "MiB",
        "django-import-export in bulk",
        found["peer"]["mebibytes"],
        lower_is_better=True,
    )
