"""The log is append-only: triggers refuse every change, and two functions are the only doors.

The functions run with the rights of the owner of the schema (SECURITY DEFINER), because the role that the product
runs with may only read and add. Their search path is that of the schema they are made in; the text that
tenants/provisioning.py copies names the new schema there.
"""

import uuid

import django.contrib.postgres.functions
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

TRIGGERS = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log only grows: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- The arguments of the trigger are the columns that may be blanked.
CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    door text := COALESCE(current_setting('zitting.audit_door', true), '');
    owner name := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID);
BEGIN
    IF current_user = owner AND door = 'forget' AND TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF current_user = owner AND door = 'blank' AND TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the log only grows: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON elections_auditevent FOR EACH ROW
    EXECUTE FUNCTION audit_guard('actor', 'origin', 'object_label', 'details', 'purpose', 'blanked_at');
CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON elections_auditsealedrow FOR EACH ROW
    EXECUTE FUNCTION audit_guard('salt');
CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON elections_auditseal FOR EACH ROW
    EXECUTE FUNCTION audit_guard();
CREATE TRIGGER audit_keep BEFORE TRUNCATE ON elections_auditevent FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_keep BEFORE TRUNCATE ON elections_auditsealedrow FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_keep BEFORE TRUNCATE ON elections_auditseal FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse();
"""

# What these two did stays in the log: their own events cannot be blanked, and the newest seal cannot be forgotten.
DOORS = """
CREATE FUNCTION audit_blank(ids bigint[], trail jsonb) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    chosen bigint[];
BEGIN
    IF EXISTS (SELECT FROM elections_auditevent e WHERE e.id = ANY (ids)
               AND NOT EXISTS (SELECT FROM elections_auditsealedrow r WHERE r.event = e.id)) THEN
        RAISE EXCEPTION 'an event is sealed before it is blanked' USING ERRCODE = 'check_violation';
    END IF;
    chosen := ARRAY(SELECT id FROM elections_auditevent WHERE id = ANY (ids) AND blanked_at IS NULL
                    AND action NOT IN ('audit.blank', 'audit.forget') ORDER BY id);
    IF cardinality(chosen) = 0 THEN
        RETURN 0;
    END IF;
    PERFORM set_config('zitting.audit_door', 'blank', true);
    UPDATE elections_auditevent SET actor = '', origin = '', object_label = '', details = '{}', purpose = '',
        blanked_at = moment WHERE id = ANY (chosen);
    UPDATE elections_auditsealedrow SET salt = NULL WHERE event = ANY (chosen);
    PERFORM set_config('zitting.audit_door', '', true);
    INSERT INTO elections_auditevent (at, action, actor, actor_id, origin, object_type, object_id, object_label,
                                      result, details, purpose, request_id)
        VALUES (moment, 'audit.blank', trail->>'actor', trail->>'actor_id', trail->>'origin', '', '', '',
                1, jsonb_build_object('events', to_jsonb(chosen)), trail->>'purpose', trail->>'request_id');
    RETURN cardinality(chosen);
END $$;

CREATE FUNCTION audit_forget(before timestamptz, trail jsonb) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    through bigint;
    head text;
    forgotten integer;
BEGIN
    IF before > now() - interval '180 days' THEN
        RAISE EXCEPTION 'the log is kept for at least 180 days' USING ERRCODE = 'check_violation';
    END IF;
    -- Up to the first seal that is not old enough or holds an event that is not: the moment of a seal is only told.
    SELECT COALESCE(
        (SELECT min(s.number) FROM elections_auditseal s WHERE s.at >= before OR EXISTS
            (SELECT FROM elections_auditsealedrow r JOIN elections_auditevent e ON e.id = r.event
             WHERE r.seal_id = s.number AND e.at >= before)),
        (SELECT max(number) FROM elections_auditseal)) - 1 INTO through;
    SELECT digest INTO head FROM elections_auditseal WHERE number = through;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    PERFORM set_config('zitting.audit_door', 'forget', true);
    DELETE FROM elections_auditevent WHERE id IN
        (SELECT event FROM elections_auditsealedrow WHERE seal_id <= through);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    DELETE FROM elections_auditsealedrow WHERE seal_id <= through;
    DELETE FROM elections_auditseal WHERE number <= through;
    PERFORM set_config('zitting.audit_door', '', true);
    INSERT INTO elections_auditevent (at, action, actor, actor_id, origin, object_type, object_id, object_label,
                                      result, details, purpose, request_id)
        VALUES (clock_timestamp(), 'audit.forget', trail->>'actor', trail->>'actor_id', trail->>'origin', '', '', '',
                1, jsonb_build_object('before', before, 'through', through, 'digest', head, 'events', forgotten),
                trail->>'purpose', trail->>'request_id');
    RETURN forgotten;
END $$;

DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION audit_blank(bigint[], jsonb) SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION audit_forget(timestamptz, jsonb) SET search_path = %I, pg_temp', current_schema());
END $$;
"""

DROP_TRIGGERS = """
DROP TRIGGER audit_guard ON elections_auditevent;
DROP TRIGGER audit_guard ON elections_auditsealedrow;
DROP TRIGGER audit_guard ON elections_auditseal;
DROP TRIGGER audit_keep ON elections_auditevent;
DROP TRIGGER audit_keep ON elections_auditsealedrow;
DROP TRIGGER audit_keep ON elections_auditseal;
DROP FUNCTION audit_guard();
DROP FUNCTION audit_refuse();
"""
DROP_DOORS = """
DROP FUNCTION audit_blank(bigint[], jsonb);
DROP FUNCTION audit_forget(timestamptz, jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("elections", "0003_accounts")]

    operations = [
        migrations.AddField(
            model_name="auditevent",
            name="uuid",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=uuid.uuid4,
                editable=False,
                unique=True,
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["action", "-id"], name="audit_by_action"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["at"], name="audit_by_moment"),
        ),
        # Nothing was sealed before these guards: the two tables are made anew, with keys that the digests cover.
        migrations.DeleteModel(name="AuditSealedRow"),
        migrations.DeleteModel(name="AuditSeal"),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("count", models.PositiveIntegerField()),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={"ordering": ("number",)},
        ),
        migrations.CreateModel(
            name="AuditSealedRow",
            fields=[
                ("event", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("salt", models.BinaryField(null=True)),
                ("personal_digest", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="elections.auditseal",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(TRIGGERS, DROP_TRIGGERS),
        migrations.RunSQL(DOORS, DROP_DOORS),
    ]
