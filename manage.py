#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line
from django.db import DatabaseError, InterfaceError

from tenants.database_problems import sentence_of

# These change tables, or what the runtime role may only read: they connect as the owner (DATABASE_OWNER_URL).
AS_OWNER = {"backup", "demo", "master_key", "migrate_schemas", "municipality", "upgrade"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if AS_OWNER & set(sys.argv[1:2]):
        os.environ["DATABASE_AS_OWNER"] = "1"
    try:
        execute_from_command_line(sys.argv)
    except (DatabaseError, InterfaceError) as problem:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"{sentence_of(problem)}\nWith --traceback you see where.")
