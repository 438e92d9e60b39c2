"""What tenant schemas need from the database as a whole; it runs before the first of them is made."""

from django.db import migrations

CREATE = """
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;

-- unaccent() is only STABLE, because its dictionary could change; naming the dictionary makes it fit for an index.
CREATE OR REPLACE FUNCTION public.sort_key(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $function$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, value)) $function$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION public.sort_key(text)")]
