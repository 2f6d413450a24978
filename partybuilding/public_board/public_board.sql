-- What anybody may read of party bodies: nothing before the board is published, and nothing of people but the names of those in office.
-- The party bodies that exist today with their posts, a row for each holder; a post without one has no name.
CREATE FUNCTION partybuilding_public_posts(of_community bigint)
RETURNS TABLE (body_id bigint, parent_id bigint, kind varchar, body varchar, post varchar, holder varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH today AS (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date AS day)
    SELECT b.id, b.parent_id, b.kind, b.name, p.title, person.name
    FROM today, community_body b
    LEFT JOIN community_post p ON p.community_id = b.community_id AND p.body_id = b.id
    LEFT JOIN LATERAL (
        SELECT q.name, h.start, h.id
        FROM community_postholder h JOIN community_person q ON q.community_id = h.community_id AND q.id = h.person_id
        WHERE h.community_id = p.community_id AND h.post_id = p.id AND h.start <= (SELECT day FROM today)
            AND (h."end" IS NULL OR h."end" > (SELECT day FROM today))
    ) person ON true
    WHERE b.community_id = of_community
        AND b.kind IN ('party_committee', 'general_branch', 'branch', 'party_group') AND b.unit_id IS NULL
        AND (b.ended_on IS NULL OR b.ended_on > today.day)
        AND EXISTS (SELECT FROM partybuilding_partyboard s WHERE s.community_id = of_community AND s.is_published)
    ORDER BY array_position(ARRAY['party_committee', 'general_branch', 'branch', 'party_group']::varchar[], b.kind),
        b.id, p."order", p.id, person.start, person.id
$$;
REVOKE ALL ON FUNCTION partybuilding_public_posts(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partybuilding_public_posts(bigint) TO liren_public;

-- Duty posts in use by building and kind: how many there are, and of how many somebody takes care today. No names, no places.
CREATE FUNCTION partybuilding_public_duties(of_community bigint)
RETURNS TABLE (building varchar, kind varchar, posts bigint, covered bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH today AS (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date AS day)
    SELECT coalesce(b.label, ''), d.kind, count(*), count(*) FILTER (WHERE EXISTS (
        SELECT FROM partybuilding_dutyclaim c
        WHERE c.community_id = d.community_id AND c.post_id = d.id AND c.start <= today.day
            AND (c."end" IS NULL OR c."end" > today.day)
    ))
    FROM today, partybuilding_dutypost d
    LEFT JOIN community_building b ON b.community_id = d.community_id AND b.id = d.building_id
    WHERE d.community_id = of_community AND d.is_active
        AND EXISTS (SELECT FROM partybuilding_partyboard s WHERE s.community_id = of_community AND s.is_published)
    GROUP BY b.sort, b.label, d.kind
    ORDER BY b.sort NULLS LAST, d.kind
$$;
REVOKE ALL ON FUNCTION partybuilding_public_duties(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partybuilding_public_duties(bigint) TO liren_public;
