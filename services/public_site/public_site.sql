-- What anybody may do with requests: send one, look one up by its code, and take the steps that its code allows.
-- The columns that whoever sends a request does not decide are set here, whatever was passed.
CREATE FUNCTION services_send_request(content jsonb, photos jsonb)
RETURNS TABLE (year smallint, number integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    request services_request;
BEGIN
    content := content || jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('services_request', 'id')),
        'state', CASE WHEN content ->> 'suspicion' = '' THEN 'new' ELSE 'suspected' END,
        'required_right', CASE WHEN (content ->> 'is_private')::boolean THEN 'requests.decide' ELSE 'requests' END,
        'channel', 'web', 'version', 1, 'year', 0, 'number', 0, 'category', '', 'unit', '', 'outcome', '', 'rating', '',
        'dissatisfied', 0, 'is_extended', false, 'source_label', '', 'source_url', '', 'owner_id', NULL,
        'taken_by_id', NULL, 'person_id', NULL, 'building_id', NULL, 'merged_into_id', NULL, 'paused_on', NULL,
        'answered_at', NULL, 'ended_at', NULL, 'clock_shift', 0
    );
    INSERT INTO services_request SELECT * FROM jsonb_populate_record(NULL::services_request, content)
    RETURNING * INTO request;
    INSERT INTO services_requeststep
        (community_id, uuid, version, case_id, number, name, before, after, at, text, to_resident, details, required_right)
    VALUES (request.community_id, gen_random_uuid(), 1, request.id, 1, 'receive', '', request.state,
        request.received_at, '', false, jsonb_build_object('来源', '网上'), request.required_right);
    INSERT INTO portal_attachment (uuid, community_id, user_id, subject, row_id, name, stored, size, digest, uploaded_at)
    SELECT photo.uuid, request.community_id, 0, 'services.Request', request.id, photo.name, photo.stored, photo.size,
        photo.digest, now()
    FROM jsonb_populate_recordset(NULL::portal_attachment, photos) AS photo LIMIT 3;
    RETURN QUERY SELECT request.year, request.number;
END $$;
REVOKE ALL ON FUNCTION services_send_request(jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_send_request(jsonb, jsonb) TO liren_public;

-- A request for whoever knows its code; of a merged one, that into which it was merged. Nothing of what residents wrote is in it,
-- of the steps only public replies. A year after the end the code finds nothing any more.
CREATE FUNCTION services_case_by_code(hash bytea)
RETURNS TABLE (is_merged boolean, sent_at timestamptz, content jsonb, steps jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE followed AS (
        SELECT r.*, 0 AS distance FROM services_request r WHERE r.code_hash = hash
        UNION ALL
        SELECT r.*, f.distance + 1 FROM followed f
        JOIN services_request r ON r.community_id = f.community_id AND r.id = f.merged_into_id
        WHERE f.state = 'merged' AND f.distance < 20
    )
    SELECT r.distance > 0, first.received_at,
        jsonb_build_object(
            'community_id', r.community_id, 'year', r.year, 'number', r.number, 'version', r.version, 'state', r.state,
            'category', r.category, 'dissatisfied', r.dissatisfied, 'rating', r.rating, 'received_at', r.received_at,
            'clock_rule', r.clock_rule, 'clock_start', r.clock_start, 'clock_days', r.clock_days, 'clock_shift', r.clock_shift, 'due', r.due,
            'is_provisional', r.is_provisional, 'paused_on', r.paused_on, 'answered_at', r.answered_at, 'ended_at', r.ended_at
        ),
        (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'name', s.name, 'at', s.at,
                'text', CASE
                    WHEN s.to_resident AND s.by_id IS NOT NULL AND s.name IN ('answer', 'ask', 'reply', 'explain') THEN s.text
                    ELSE ''
                END
            ) ORDER BY s.number), '[]')
            FROM services_requeststep s WHERE s.community_id = r.community_id AND s.case_id = r.id
        )
    FROM followed r JOIN followed first ON first.distance = 0
    WHERE r.ended_at IS NULL OR r.ended_at > now() - interval '1 year'
    ORDER BY r.distance DESC LIMIT 1
$$;
REVOKE ALL ON FUNCTION services_case_by_code(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_case_by_code(bytea) TO liren_public;

-- A step by whoever knows the code, as portal.cases.actions.take_step takes it: `clock` holds the new deadline where the step
-- moves one, `state_words` those of the new state for where the request came from. Says `changed` if the request is no longer as
-- it was seen, and `refused` if its code does not allow the step.
CREATE FUNCTION services_step_by_code(
    hash bytea, seen integer, step text, said text, step_at timestamptz, clock jsonb, state_words text
)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    request services_request;
    moved services_request;
    target text;
BEGIN
    SELECT * INTO request FROM services_request WHERE code_hash = hash FOR UPDATE;
    IF request.version IS DISTINCT FROM seen THEN
        RETURN 'changed';
    END IF;
    SELECT CASE allowed.target WHEN '' THEN request.state ELSE allowed.target END INTO target
    FROM (VALUES
        ('add', '{suspected,new,in_hand,at_unit,reopened}'::text[], ''),
        ('added', '{waiting}', 'in_hand'),
        ('satisfied', '{answered}', 'satisfied'),
        ('dissatisfied', '{answered}', 'reopened'),
        ('withdraw', '{suspected,new,in_hand,at_unit,waiting,reopened}', 'withdrawn')
    ) AS allowed (name, sources, target)
    WHERE allowed.name = step AND request.state = ANY (allowed.sources);
    IF target IS NULL THEN
        RETURN 'refused';
    END IF;
    moved := request;
    IF step IN ('added', 'dissatisfied') THEN
        moved := jsonb_populate_record(request, jsonb_build_object(
            'clock_rule', clock -> 'clock_rule', 'clock_start', clock -> 'clock_start', 'clock_days', clock -> 'clock_days',
            'clock_shift', coalesce(clock -> 'clock_shift', '0'),
            'due', clock -> 'due', 'is_provisional', clock -> 'is_provisional', 'paused_on', clock -> 'paused_on',
            'answered_at', clock -> 'answered_at'
        ));
    END IF;
    UPDATE services_request SET
        state = target,
        version = version + 1,
        rating = CASE WHEN step IN ('satisfied', 'dissatisfied') THEN step ELSE rating END,
        dissatisfied = dissatisfied + (step = 'dissatisfied')::integer,
        ended_at = CASE WHEN step IN ('satisfied', 'withdraw') THEN step_at END,
        clock_rule = moved.clock_rule, clock_start = moved.clock_start, clock_days = moved.clock_days,
        clock_shift = moved.clock_shift, due = moved.due,
        is_provisional = moved.is_provisional, paused_on = moved.paused_on, answered_at = moved.answered_at
    WHERE community_id = request.community_id AND id = request.id;
    INSERT INTO services_requeststep
        (community_id, uuid, version, case_id, number, name, before, after, at, text, to_resident, details, required_right)
    VALUES (request.community_id, gen_random_uuid(), 1, request.id, request.version + 1, step, request.state, target,
        step_at, said, step IN ('add', 'added', 'dissatisfied'), '{}', request.required_right);
    UPDATE portal_handover SET state = state_words WHERE community_id = request.community_id AND uuid = request.uuid;
    RETURN 'taken';
END $$;
REVOKE ALL ON FUNCTION services_step_by_code(bytea, integer, text, text, timestamptz, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_step_by_code(bytea, integer, text, text, timestamptz, jsonb, text) TO liren_public;
