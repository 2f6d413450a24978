-- What a building head sends on behalf of a stairwell, and how it stands. The role has no right to the tables of requests.

-- Deadlines are reckoned by the numbers in force.
CREATE POLICY "liren_head_select" ON community_datedrule FOR SELECT TO liren_head USING (
    community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])
);
GRANT SELECT (id, community_id, key, value, start) ON community_datedrule TO liren_head;

-- A request of the signed-in head about one of their stairwells, with its first step.
CREATE FUNCTION services_send_head_request(
    stairwell bigint, words text, place_words varchar, resident varchar, telephone varchar, at timestamptz,
    rule varchar, days integer, due_at timestamptz, provisional boolean
) RETURNS TABLE (id bigint, uuid uuid, community_id bigint, year smallint, number integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head bigint := NULLIF(current_setting('liren.user_id', true), '')::bigint;
    at_place record;
    sent services_request;
BEGIN
    SELECT s.community_id, s.building_id INTO at_place FROM community_stairwell s
    WHERE s.id = stairwell
      AND s.community_id = ANY (string_to_array(NULLIF(current_setting('liren.communities', true), ''), ',')::bigint[])
      AND s.id = ANY (string_to_array(NULLIF(current_setting('liren.stairwells', true), ''), ',')::bigint[]);
    IF NOT FOUND OR head IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'no stairwell of this head';
    END IF;
    INSERT INTO services_request (
        uuid, version, community_id, state, year, number, channel, category, text, place, building_id, name, phone,
        is_private, taken_by_id, received_at, clock_rule, clock_start, clock_days, due, is_provisional, outcome, rating,
        dissatisfied, is_extended, unit, suspicion, source_label, source_url, required_right
    ) VALUES (
        gen_random_uuid(), 1, at_place.community_id, 'new', 0, 0, 'head', '', words, place_words, at_place.building_id,
        resident, telephone, false, head, at, rule, (at AT TIME ZONE 'Asia/Shanghai')::date, days, due_at, provisional,
        '', '', 0, false, '', '', '', '', 'requests'
    ) RETURNING * INTO sent;
    INSERT INTO services_requeststep (
        uuid, version, community_id, case_id, number, name, before, after, by_id, at, text, to_resident, details,
        required_right
    ) VALUES (
        gen_random_uuid(), 1, sent.community_id, sent.id, 1, 'receive', '', 'new', head, at, '', false,
        '{"来源": "楼道长"}', 'requests'
    );
    RETURN QUERY SELECT sent.id, sent.uuid, sent.community_id, sent.year, sent.number;
END $$;
REVOKE ALL ON FUNCTION services_send_head_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_send_head_request TO liren_head;

-- The signed-in head's own requests, newest first, with what the resident was told.
CREATE FUNCTION services_head_requests() RETURNS TABLE (
    id bigint, community_id bigint, uuid uuid, year smallint, number integer, state varchar, text text, place varchar,
    received_at timestamptz, due timestamptz, answered_at timestamptz, replies jsonb
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT r.id, r.community_id, r.uuid, r.year, r.number, r.state, r.text, r.place, r.received_at, r.due, r.answered_at,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'at', s.at, 'text', s.text) ORDER BY s.number), '[]')
         FROM services_requeststep s
         WHERE s.community_id = r.community_id AND s.case_id = r.id AND s.to_resident AND s.text <> '')
    FROM services_request r
    WHERE r.community_id = ANY (string_to_array(NULLIF(current_setting('liren.communities', true), ''), ',')::bigint[])
      AND r.channel = 'head' AND r.source_url = ''
      AND r.taken_by_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
    ORDER BY r.received_at DESC, r.id DESC
    LIMIT 100
$$;
REVOKE ALL ON FUNCTION services_head_requests FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_head_requests TO liren_head;

-- Photos go with the own request of a head, and are seen by the head who took them.
CREATE FUNCTION services_is_head_request(community bigint, request bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM services_request r
        WHERE r.community_id = community AND r.id = request AND r.channel = 'head'
            AND r.taken_by_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
    )
$$;
REVOKE ALL ON FUNCTION services_is_head_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_is_head_request TO liren_head;
CREATE POLICY "liren_head_request_select" ON portal_attachment FOR SELECT TO liren_head USING (
    community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])
    AND subject = 'services.Request' AND user_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
);
CREATE POLICY "liren_head_request_insert" ON portal_attachment FOR INSERT TO liren_head WITH CHECK (
    community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])
    AND subject = 'services.Request' AND user_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
    AND services_is_head_request(community_id, row_id)
);
CREATE POLICY "liren_head_request_insert" ON portal_attachmentevent FOR INSERT TO liren_head WITH CHECK (
    community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])
    AND subject = 'services.Request' AND user_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
);
