from django.db import migrations, models

from portal.migrating import AtOnce

HEAD_STANDS = """
CREATE FUNCTION community_head_stands(assignment bigint, on_day date, has_begun boolean) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT (p.died_on IS NULL OR p.died_on > on_day) AND coalesce(
        (
            SELECT bool_or((a.start <= on_day OR NOT has_begun) AND (a."end" IS NULL OR a."end" > on_day))
            FROM community_headappointment a
            WHERE a.community_id = r.community_id AND a.person_id = u.person_id
                AND a.stairwell_id IS NOT DISTINCT FROM r.stairwell_id AND a.area_id IS NOT DISTINCT FROM r.area_id
                AND (a."end" IS NULL OR a."end" >= r.start)
        ),
        NOT r.by_appointment
    )
    FROM community_roleassignment r
    JOIN community_user u ON u.id = r.user_id
    LEFT JOIN community_person p ON p.id = u.person_id
    WHERE r.id = assignment
$$;
REVOKE ALL ON FUNCTION community_head_stands(bigint, date, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION community_head_stands(bigint, date, boolean)
    TO liren_web, liren_app, liren_head, liren_street;
"""
"""Whether the appointment that a head's role follows is in force: asked before the scope is known, answers yes or no.

An appointment of before the role began does not count: a director may have granted it afterwards by hand.
"""

APPOINTMENT_LEFT = """
CREATE FUNCTION community_appointment_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE community_roleassignment r SET by_appointment = true FROM community_user u
    WHERE u.id = r.user_id AND u.person_id = OLD.person_id AND r.community_id = OLD.community_id
        AND r.stairwell_id IS NOT DISTINCT FROM OLD.stairwell_id AND r.area_id IS NOT DISTINCT FROM OLD.area_id
        AND (OLD."end" IS NULL OR OLD."end" >= r.start) AND NOT r.by_appointment;
    RETURN NULL;
END
$$;
CREATE TRIGGER community_appointment_left AFTER UPDATE OR DELETE ON community_headappointment
    FOR EACH ROW EXECUTE FUNCTION community_appointment_left();
"""
"""A role that followed an appointment must not outlive it as if it had been granted by hand: where the appointment is
deleted, given to somebody else or elsewhere, or its end put before the role, only this still tells. Whoever writes.
"""


class Migration(AtOnce):
    dependencies = [("community", "0014_roles_of_deleted_places")]

    operations = [
        migrations.AddField(
            model_name="roleassignment",
            name="ended_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="结束办理时间"),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="by_appointment",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="随任免"),
        ),
        migrations.RunSQL(HEAD_STANDS, "DROP FUNCTION community_head_stands(bigint, date, boolean)"),
        migrations.RunSQL(
            APPOINTMENT_LEFT,
            "DROP TRIGGER community_appointment_left ON community_headappointment;"
            " DROP FUNCTION community_appointment_left()",
        ),
    ]
