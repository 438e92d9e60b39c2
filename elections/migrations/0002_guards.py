"""Rules that hold whatever code writes: an assignment's period is its shift's, and no shift is overbooked.

The functions name their tables through TG_TABLE_SCHEMA, so that they work in every municipality's
schema and during a restore, whatever the search path is.
"""

from django.db import migrations

PERIOD = """
CREATE FUNCTION assignment_take_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT period FROM %I.elections_shift WHERE id = $1', TG_TABLE_SCHEMA)
        INTO STRICT NEW.period USING NEW.shift_id;
    RETURN NEW;
END $$;
CREATE TRIGGER assignment_take_period BEFORE INSERT OR UPDATE OF shift_id, period ON elections_assignment
    FOR EACH ROW EXECUTE FUNCTION assignment_take_period();

CREATE FUNCTION shift_give_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('UPDATE %I.elections_assignment SET period = $1 WHERE shift_id = $2', TG_TABLE_SCHEMA)
        USING NEW.period, NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER shift_give_period AFTER UPDATE OF period ON elections_shift
    FOR EACH ROW WHEN (OLD.period IS DISTINCT FROM NEW.period) EXECUTE FUNCTION shift_give_period();
"""

# The row lock makes the check hold against a transaction that commits at the same moment.
CAPACITY = """
CREATE FUNCTION shift_check_places() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shift bigint := CASE TG_TABLE_NAME WHEN 'elections_shift' THEN NEW.id ELSE (to_jsonb(NEW)->>'shift_id')::bigint END;
    places integer;
    taken integer;
BEGIN
    EXECUTE format('SELECT places FROM %I.elections_shift WHERE id = $1 FOR UPDATE', TG_TABLE_SCHEMA)
        INTO places USING shift;
    EXECUTE format('SELECT count(*) FROM %I.elections_assignment WHERE shift_id = $1 AND state IN '
                   '(''proposed'', ''reserved'', ''confirmed'', ''published'')', TG_TABLE_SCHEMA)
        INTO taken USING shift;
    IF taken > places THEN
        RAISE EXCEPTION 'shift % has % places and % assignments', shift, places, taken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shift_not_overbooked';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER assignment_check_places AFTER INSERT OR UPDATE OF shift_id, state ON elections_assignment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shift_check_places();
CREATE CONSTRAINT TRIGGER shift_check_places AFTER UPDATE OF places ON elections_shift
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shift_check_places();
"""

DROP_PERIOD = """
DROP TRIGGER assignment_take_period ON elections_assignment;
DROP FUNCTION assignment_take_period();
DROP TRIGGER shift_give_period ON elections_shift;
DROP FUNCTION shift_give_period();
"""
DROP_CAPACITY = """
DROP TRIGGER assignment_check_places ON elections_assignment;
DROP TRIGGER shift_check_places ON elections_shift;
DROP FUNCTION shift_check_places();
"""


class Migration(migrations.Migration):
    dependencies = [("elections", "0001_initial")]

    operations = [
        migrations.RunSQL(PERIOD, DROP_PERIOD),
        migrations.RunSQL(CAPACITY, DROP_CAPACITY),
    ]
