"""The last release: what runs at municipalities, and what an upgrade to this code begins from.

A clone may lack tags, so the commit is here. docs/operations.md, “Making a release”, says when these lines change.
"""

from typing import Final

TAG: Final = "v0.1.0"
COMMIT: Final = "bc92e006c124140aaa5acdfbcbeafa990905fe0e"
MIGRATIONS: Final = {"elections": "0027_saved_filter", "tenants": "0003_house_style"}
"""The newest migration of each app then."""
DIGEST: Final = "fe9f8125a56304246774f00381fc621744583459d5f224a5530f73f5aba0d0a9"
"""Of those migrations and all before them, as in tests/tenants/test_migration_rules.py."""
