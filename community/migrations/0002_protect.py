from django.db import migrations

from portal.grants import WEB
from portal.migrating import AtOnce
from portal.rls import ProtectTable
from portal.scope import HEAD, PUBLIC, STREET

STAIRWELLS_BELOW = """
CREATE FUNCTION community_stairwells_below(area_ids bigint[])
RETURNS TABLE (area_id bigint, stairwell_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE below (top, id) AS (
        SELECT a.id, a.id FROM community_area a WHERE a.id = ANY (area_ids)
        UNION
        SELECT below.top, a.id FROM community_area a JOIN below ON a.parent_id = below.id
    )
    SELECT below.top, s.id FROM below JOIN community_stairwell s ON s.area_id = below.id
$$;
REVOKE ALL ON FUNCTION community_stairwells_below(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION community_stairwells_below(bigint[]) TO liren_web;
"""
"""Which stairwells a head of an area or group has: asked before the scope is known, answers ids only."""

STREET_CREATES = """
CREATE POLICY "liren_street_insert" ON community_community FOR INSERT TO liren_street
    WITH CHECK (street_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.streets', true), ''), ','))::bigint[]));
CREATE POLICY "liren_street_insert" ON community_communityevent FOR INSERT TO liren_street
    WITH CHECK (street_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.streets', true), ''), ','))::bigint[]));
GRANT INSERT ON community_community, community_communityevent TO liren_street;
"""
"""A street official opens communities under the own street (C19)."""


class Migration(AtOnce):
    dependencies = [
        ("community", "0001_territory_people_bulletins"),
        ("portal", "0003_history_context"),
    ]

    operations = [
        ProtectTable("Community", scope_column="id", open_to=(PUBLIC, WEB, HEAD, STREET)),
        ProtectTable("CommunityEvent", scope_column="id", append_only=True),
        ProtectTable("ServiceHours", open_to=(PUBLIC,)),
        ProtectTable("ServiceHoursEvent", append_only=True),
        ProtectTable("Honour", open_to=(PUBLIC,)),
        ProtectTable("HonourEvent", append_only=True),
        ProtectTable("Venue", open_to=(PUBLIC,)),
        ProtectTable("VenueEvent", append_only=True),
        ProtectTable("Area"),
        ProtectTable("AreaEvent", append_only=True),
        ProtectTable("Building"),
        ProtectTable("BuildingEvent", append_only=True),
        ProtectTable("Stairwell", head="id"),
        ProtectTable("StairwellEvent", append_only=True),
        ProtectTable("Person"),
        ProtectTable("PersonEvent", append_only=True),
        ProtectTable("HeadAppointment"),
        ProtectTable("HeadAppointmentEvent", append_only=True),
        ProtectTable("Unit"),
        ProtectTable("UnitEvent", append_only=True),
        ProtectTable("Bulletin"),
        ProtectTable("BulletinEvent", append_only=True),
        ProtectTable("BulletinBoard"),
        ProtectTable("BulletinBoardEvent", append_only=True),
        ProtectTable("AidRecipient"),
        ProtectTable("AidRecipientEvent", append_only=True),
        ProtectTable("BulletinEditor", append_only=True),
        ProtectTable("BulletinVersion", append_only=True, open_to=(PUBLIC,), street=True),
        migrations.RunSQL(STAIRWELLS_BELOW, "DROP FUNCTION community_stairwells_below(bigint[])"),
        migrations.RunSQL(STREET_CREATES, migrations.RunSQL.noop),
    ]
