-- A street official opens communities under the own street (C19).
CREATE POLICY "liren_street_insert" ON community_community FOR INSERT TO liren_street
    WITH CHECK (street_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.streets', true), ''), ','))::bigint[]));
CREATE POLICY "liren_street_insert" ON community_communityevent FOR INSERT TO liren_street
    WITH CHECK (street_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.streets', true), ''), ','))::bigint[]));
GRANT INSERT ON community_community, community_communityevent TO liren_street;
