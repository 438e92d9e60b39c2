"""Bringing the tables of all municipalities to the newest migration, while the old and the new code both run.

`migrate_schemas` of django-tenants goes through every schema, also when there is nothing to do: two minutes and more
with 342 municipalities. Here one query tells who is behind (`schemas`), and only those are migrated (`run`): in
processes of their own that take the next schema from a list (`workers`), with the models worked out once for all that
are equally far (`migrating`).
"""
