import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from portal.migrating import AtOnce

DOOR_PEOPLE = """
DROP FUNCTION residents_door_people();
CREATE FUNCTION residents_door_people()
RETURNS TABLE (
    dwelling_id bigint, person_id bigint, person_uuid uuid, name varchar, sex varchar, birth_year integer,
    relation_word varchar, is_head boolean{column}
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT d.id, p.id, p.uuid, p.name, p.sex, extract(year FROM p.birth_date)::integer, r.relation_word, r.is_head{value}
    FROM residents_dwelling d
    JOIN residents_household h ON h.community_id = d.community_id AND h.dwelling_id = d.id AND h.kind = 'living'
    JOIN residents_residence r ON r.community_id = h.community_id AND r.household_id = h.id AND r."end" IS NULL
        AND NOT r.annulled
    JOIN community_person p ON p.community_id = r.community_id AND p.id = r.person_id
    WHERE d.community_id = ANY (string_to_array(NULLIF(current_setting('liren.communities', true), ''), ',')::bigint[])
      AND d.stairwell_id = ANY (string_to_array(NULLIF(current_setting('liren.stairwells', true), ''), ',')::bigint[])
    ORDER BY d.sort, r.is_head DESC, r.id
$$;
REVOKE ALL ON FUNCTION residents_door_people() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION residents_door_people() TO liren_head;
"""
"""As before, and which people are one household: who splits off, joins another or heads it."""

CONDITIONS = {
    ":photo": ":community AND subject = 'residents.ChangeReport' AND user_id = :me",
    ":community": (
        "community_id = ANY ((SELECT string_to_array("
        "NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])"
    ),
    ":stairwell": (
        "stairwell_id = ANY ((SELECT string_to_array("
        "NULLIF(current_setting('liren.stairwells', true), ''), ','))::bigint[])"
    ),
    ":me": "NULLIF(current_setting('liren.user_id', true), '')::bigint",
}
"""What policies ask: the photo of a report of one's own, the head's communities and stairwells, and who it is."""

HEADS = """
CREATE POLICY "liren_head_delete" ON residents_verification FOR DELETE TO liren_head
    USING (:community AND :stairwell AND by_id = :me AND at > now() - interval '2 minutes');
GRANT DELETE ON residents_verification TO liren_head;

CREATE POLICY "liren_head_update" ON residents_changereport FOR UPDATE TO liren_head
    USING (:community AND :stairwell AND proposer_id = :me)
    WITH CHECK (:community AND :stairwell AND proposer_id = :me);
GRANT UPDATE (seen_at) ON residents_changereport TO liren_head;

CREATE POLICY "liren_head_select" ON portal_attachment FOR SELECT TO liren_head USING (:photo);
CREATE POLICY "liren_head_insert" ON portal_attachment FOR INSERT TO liren_head
    WITH CHECK (:photo AND EXISTS (
        SELECT 1 FROM residents_changereport r
        WHERE r.community_id = portal_attachment.community_id AND r.id = portal_attachment.row_id AND r.proposer_id = :me
    ));
GRANT SELECT, INSERT ON portal_attachment TO liren_head;
CREATE POLICY "liren_head_insert" ON portal_attachmentevent FOR INSERT TO liren_head WITH CHECK (:photo);
GRANT INSERT ON portal_attachmentevent TO liren_head;
"""
"""What a building head may do besides: take the own tap back while it is fresh, note that a result was seen, and
add photos to the own reports and see them. The look into the reports is made for the few rows that are added only;
it sees what the head sees, reports of the own stairwells."""

for name, condition in CONDITIONS.items():
    HEADS = HEADS.replace(name, condition)

HEADS_BACK = """
REVOKE INSERT ON portal_attachmentevent FROM liren_head;
DROP POLICY "liren_head_insert" ON portal_attachmentevent;
REVOKE SELECT, INSERT ON portal_attachment FROM liren_head;
DROP POLICY "liren_head_insert" ON portal_attachment;
DROP POLICY "liren_head_select" ON portal_attachment;
REVOKE UPDATE (seen_at) ON residents_changereport FROM liren_head;
DROP POLICY "liren_head_update" ON residents_changereport;
REVOKE DELETE ON residents_verification FROM liren_head;
DROP POLICY "liren_head_delete" ON residents_verification;
"""


class Migration(AtOnce):
    dependencies = [
        ("community", "0007_heads_in_jobs"),
        ("residents", "0006_freshness"),
        ("portal", "0010_bulk_and_attachments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="changereport",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="changereport",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="changereport",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="changereport",
            name="on_precision",
            field=models.CharField(
                choices=[("y", "年"), ("m", "月"), ("d", "日")],
                db_default="d",
                default="d",
                max_length=1,
                verbose_name="日期（精度）",
            ),
        ),
        migrations.AddField(
            model_name="changereport",
            name="people",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="涉及的人"),
        ),
        migrations.AddField(
            model_name="changereport",
            name="seen_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="结果看过的时间"),
        ),
        migrations.AddField(
            model_name="changereportevent",
            name="on_precision",
            field=models.CharField(
                choices=[("y", "年"), ("m", "月"), ("d", "日")],
                db_default="d",
                default="d",
                max_length=1,
                verbose_name="日期（精度）",
            ),
        ),
        migrations.AddField(
            model_name="changereportevent",
            name="people",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="涉及的人"),
        ),
        migrations.AlterField(
            model_name="changereport",
            name="what",
            field=models.CharField(
                choices=[
                    ("move_in", "有人搬入"),
                    ("move_out", "有人搬走"),
                    ("death", "有人去世"),
                    ("birth", "有孩子出生"),
                    ("marriage", "有人结婚"),
                    ("transfer", "换了房子（本社区内）"),
                    ("split", "分户"),
                    ("merge", "并户"),
                    ("head", "换户主"),
                    ("correction", "信息有误"),
                ],
                max_length=10,
                verbose_name="变动",
            ),
        ),
        migrations.AlterField(
            model_name="changereportevent",
            name="what",
            field=models.CharField(
                choices=[
                    ("move_in", "有人搬入"),
                    ("move_out", "有人搬走"),
                    ("death", "有人去世"),
                    ("birth", "有孩子出生"),
                    ("marriage", "有人结婚"),
                    ("transfer", "换了房子（本社区内）"),
                    ("split", "分户"),
                    ("merge", "并户"),
                    ("head", "换户主"),
                    ("correction", "信息有误"),
                ],
                max_length=10,
                verbose_name="变动",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="changereport",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "residents_changereportevent" ("before", "birth_year", "community_id", "dwelling_id", "id", "id_mask", "name", "note", "on", "on_precision", "other_address", "people", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "proposer_id", "reason", "relation_word", "replaces_id", "reported_at", "reviewed_at", "reviewer_id", "sex", "stairwell_id", "state", "token", "uuid", "version", "what") SELECT new_values."before", new_values."birth_year", new_values."community_id", new_values."dwelling_id", new_values."id", new_values."id_mask", new_values."name", new_values."note", new_values."on", new_values."on_precision", new_values."other_address", new_values."people", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."phone", new_values."proposer_id", new_values."reason", new_values."relation_word", new_values."replaces_id", new_values."reported_at", new_values."reviewed_at", new_values."reviewer_id", new_values."sex", new_values."stairwell_id", new_values."state", new_values."token", new_values."uuid", new_values."version", new_values."what" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3c4c73abd4be85bad5f03a8334e6c231d1a6811e",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_dde0e",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="residents_changereport",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="changereport",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "residents_changereportevent" ("before", "birth_year", "community_id", "dwelling_id", "id", "id_mask", "name", "note", "on", "on_precision", "other_address", "people", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "proposer_id", "reason", "relation_word", "replaces_id", "reported_at", "reviewed_at", "reviewer_id", "sex", "stairwell_id", "state", "token", "uuid", "version", "what") SELECT new_values."before", new_values."birth_year", new_values."community_id", new_values."dwelling_id", new_values."id", new_values."id_mask", new_values."name", new_values."note", new_values."on", new_values."on_precision", new_values."other_address", new_values."people", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."phone", new_values."proposer_id", new_values."reason", new_values."relation_word", new_values."replaces_id", new_values."reported_at", new_values."reviewed_at", new_values."reviewer_id", new_values."sex", new_values."stairwell_id", new_values."state", new_values."token", new_values."uuid", new_values."version", new_values."what" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."before" IS DISTINCT FROM (new_values."before") OR old_values."birth_year" IS DISTINCT FROM (new_values."birth_year") OR old_values."community_id" IS DISTINCT FROM (new_values."community_id") OR old_values."dwelling_id" IS DISTINCT FROM (new_values."dwelling_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."id_mask" IS DISTINCT FROM (new_values."id_mask") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."note" IS DISTINCT FROM (new_values."note") OR old_values."on" IS DISTINCT FROM (new_values."on") OR old_values."on_precision" IS DISTINCT FROM (new_values."on_precision") OR old_values."other_address" IS DISTINCT FROM (new_values."other_address") OR old_values."people" IS DISTINCT FROM (new_values."people") OR old_values."person_id" IS DISTINCT FROM (new_values."person_id") OR old_values."phone" IS DISTINCT FROM (new_values."phone") OR old_values."proposer_id" IS DISTINCT FROM (new_values."proposer_id") OR old_values."reason" IS DISTINCT FROM (new_values."reason") OR old_values."relation_word" IS DISTINCT FROM (new_values."relation_word") OR old_values."replaces_id" IS DISTINCT FROM (new_values."replaces_id") OR old_values."reported_at" IS DISTINCT FROM (new_values."reported_at") OR old_values."reviewed_at" IS DISTINCT FROM (new_values."reviewed_at") OR old_values."reviewer_id" IS DISTINCT FROM (new_values."reviewer_id") OR old_values."sex" IS DISTINCT FROM (new_values."sex") OR old_values."stairwell_id" IS DISTINCT FROM (new_values."stairwell_id") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."token" IS DISTINCT FROM (new_values."token") OR old_values."uuid" IS DISTINCT FROM (new_values."uuid") OR old_values."version" IS DISTINCT FROM (new_values."version") OR old_values."what" IS DISTINCT FROM (new_values."what")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="26902b39a887cfc282e76b0b2638fd3d9fb435e6",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d5265",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="residents_changereport",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="changereport",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "residents_changereportevent" ("before", "birth_year", "community_id", "dwelling_id", "id", "id_mask", "name", "note", "on", "on_precision", "other_address", "people", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "proposer_id", "reason", "relation_word", "replaces_id", "reported_at", "reviewed_at", "reviewer_id", "sex", "stairwell_id", "state", "token", "uuid", "version", "what") SELECT old_values."before", old_values."birth_year", old_values."community_id", old_values."dwelling_id", old_values."id", old_values."id_mask", old_values."name", old_values."note", old_values."on", old_values."on_precision", old_values."other_address", old_values."people", old_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."phone", old_values."proposer_id", old_values."reason", old_values."relation_word", old_values."replaces_id", old_values."reported_at", old_values."reviewed_at", old_values."reviewer_id", old_values."sex", old_values."stairwell_id", old_values."state", old_values."token", old_values."uuid", old_values."version", old_values."what" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="a9f04f010d369651e54f6bf004897aafb73e5789",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2526a",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="residents_changereport",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="changereport",
            constraint=models.CheckConstraint(
                condition=models.Q(("on_precision__in", ["d", "m"])),
                name="changereport_day_or_month",
                violation_error_message="日期请写到月或日",
            ),
        ),
        migrations.RunSQL(
            DOOR_PEOPLE.replace("{column}", ", household_id bigint").replace("{value}", ", h.id"),
            DOOR_PEOPLE.replace("{column}", "").replace("{value}", ""),
        ),
        migrations.RunSQL(HEADS, HEADS_BACK),
    ]
