from django.db import migrations

from portal.rls import ProtectTable

SAME_KIND = """
ALTER TABLE residents_household ADD CONSTRAINT residents_household_kind UNIQUE (community_id, id, kind);
ALTER TABLE residents_residence ADD CONSTRAINT residents_residence_kind
    FOREIGN KEY (community_id, household_id, kind) REFERENCES residents_household (community_id, id, kind)
    DEFERRABLE INITIALLY IMMEDIATE;
"""
"""A residence is of the same kind as its household."""

SAME_KIND_BACK = """
ALTER TABLE residents_residence DROP CONSTRAINT residents_residence_kind;
ALTER TABLE residents_household DROP CONSTRAINT residents_household_kind;
"""

DOOR_PEOPLE = """
CREATE FUNCTION residents_door_people()
RETURNS TABLE (
    dwelling_id bigint, person_id bigint, person_uuid uuid, name varchar, sex varchar, birth_year integer,
    relation_word varchar, is_head boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT d.id, p.id, p.uuid, p.name, p.sex, extract(year FROM p.birth_date)::integer, r.relation_word, r.is_head
    FROM residents_dwelling d
    JOIN residents_household h ON h.community_id = d.community_id AND h.dwelling_id = d.id AND h.kind = 'living'
    JOIN residents_residence r ON r.community_id = h.community_id AND r.household_id = h.id AND r."end" IS NULL
    JOIN community_person p ON p.community_id = r.community_id AND p.id = r.person_id
    WHERE d.community_id = ANY (string_to_array(NULLIF(current_setting('liren.communities', true), ''), ',')::bigint[])
      AND d.stairwell_id = ANY (string_to_array(NULLIF(current_setting('liren.stairwells', true), ''), ',')::bigint[])
    ORDER BY d.sort, r.is_head DESC, r.id
$$;
REVOKE ALL ON FUNCTION residents_door_people() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION residents_door_people() TO liren_head;
"""
"""Who lives behind the doors of a head's stairwells: names and relations, no contact and no certificate."""


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0001_dwellings_households"),
        ("community", "0002_protect"),
    ]

    operations = [
        ProtectTable("Dwelling", head="stairwell_id"),
        ProtectTable("DwellingEvent", append_only=True),
        ProtectTable("Household"),
        ProtectTable("HouseholdEvent", append_only=True),
        ProtectTable("Residence"),
        ProtectTable("ResidenceEvent", append_only=True),
        ProtectTable("PopulationEvent"),
        ProtectTable("PopulationEventEvent", append_only=True),
        ProtectTable("Verification", head="stairwell_id", head_inserts=True),
        ProtectTable("VerificationEvent", append_only=True, head="stairwell_id", head_inserts=True),
        ProtectTable("ChangeReport", head="stairwell_id", head_inserts=True),
        ProtectTable("ChangeReportEvent", append_only=True, head="stairwell_id", head_inserts=True),
        migrations.RunSQL(SAME_KIND, SAME_KIND_BACK),
        migrations.RunSQL(DOOR_PEOPLE, "DROP FUNCTION residents_door_people()"),
    ]
