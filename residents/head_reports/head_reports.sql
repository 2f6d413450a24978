-- Who lives behind the doors of a head's stairwells.
CREATE FUNCTION residents_door_people()
RETURNS TABLE (
    dwelling_id bigint, person_id bigint, person_uuid uuid, name varchar, sex varchar, birth_year integer,
    relation_word varchar, is_head boolean, household_id bigint
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT d.id, p.id, p.uuid, p.name, p.sex, extract(year FROM p.birth_date)::integer, r.relation_word, r.is_head, h.id
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

-- A head notes that a decision on an own report was read.
CREATE POLICY "liren_head_update" ON residents_changereport FOR UPDATE TO liren_head USING (
    community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])
    AND stairwell_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.stairwells', true), ''), ','))::bigint[])
    AND proposer_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
) WITH CHECK (
    community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])
    AND stairwell_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.stairwells', true), ''), ','))::bigint[])
    AND proposer_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
);
GRANT UPDATE (seen_at) ON residents_changereport TO liren_head;

-- A head adds photos to own reports and sees those.
CREATE POLICY "liren_head_select" ON portal_attachment FOR SELECT TO liren_head USING (
    community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])
    AND subject = 'residents.ChangeReport' AND user_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
);
CREATE POLICY "liren_head_insert" ON portal_attachment FOR INSERT TO liren_head WITH CHECK (
    community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])
    AND subject = 'residents.ChangeReport' AND user_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
    AND EXISTS (
        SELECT 1 FROM residents_changereport r
        WHERE r.community_id = portal_attachment.community_id AND r.id = portal_attachment.row_id
            AND r.proposer_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
    )
);
GRANT SELECT, INSERT ON portal_attachment TO liren_head;
CREATE POLICY "liren_head_insert" ON portal_attachmentevent FOR INSERT TO liren_head WITH CHECK (
    community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])
    AND subject = 'residents.ChangeReport' AND user_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
);
GRANT INSERT ON portal_attachmentevent TO liren_head;
