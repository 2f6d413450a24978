-- Complaints about staff. Rows are added here only: who may read one is worked out from the roles held today.

-- Who can be named in a complaint: posts and names, nothing else.
CREATE FUNCTION services_posted_staff(of_community bigint) RETURNS TABLE (role varchar, name varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT a.role, u.name
    FROM community_roleassignment a JOIN community_user u ON u.id = a.user_id
    WHERE a.community_id = of_community AND u.is_active
        AND a.role IN ('director', 'staff', 'civil', 'finance', 'party', 'security', 'supervisor')
        AND a.start <= (now() AT TIME ZONE 'Asia/Shanghai')::date
        AND (a."end" IS NULL OR a."end" >= (now() AT TIME ZONE 'Asia/Shanghai')::date)
        AND (a.ended_at IS NULL OR (a.ended_at AT TIME ZONE 'Asia/Shanghai')::date > (now() AT TIME ZONE 'Asia/Shanghai')::date)
    ORDER BY a.role, u.name
$$;
REVOKE ALL ON FUNCTION services_posted_staff(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_posted_staff(bigint) TO liren_public, liren_app;

-- A community's own value of a dated rule of complaints, which the public role cannot read; the default if it has none.
CREATE FUNCTION services_complaint_rule(of_community bigint, of_key varchar, on_day date, otherwise integer) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((
        SELECT value FROM community_datedrule
        WHERE community_id = of_community AND key = of_key AND key ^@ 'complaint_' AND start <= on_day
        ORDER BY start DESC, id DESC LIMIT 1
    ), otherwise)
$$;
REVOKE ALL ON FUNCTION services_complaint_rule(bigint, varchar, date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_complaint_rule(bigint, varchar, date, integer) TO liren_public, liren_app;

-- Add a complaint with its first step, and the copy for the street where nobody of the community may read it.
-- posts: those named, as role and name. typed: another name. A name that is posted counts as chosen.
CREATE FUNCTION services_add_complaint(
    of_community bigint, row_uuid uuid, row_sealed bytea, hash bytea, at timestamptz,
    posts text[], typed text, days integer, due_at timestamptz, provisional boolean, rule varchar,
    step_uuid uuid, step_sealed bytea, copy_uuid uuid, copy_sealed bytea, copy_title varchar, by_user bigint
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_today date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
    v_year integer := extract(year FROM at AT TIME ZONE 'Asia/Shanghai');
    v_accused bigint[];
    v_supervisors boolean;
    v_others boolean;
    v_about varchar := 'staff';
    v_right varchar := 'complaints.staff';
    v_state varchar := 'received';
    v_number integer;
    v_id bigint;
BEGIN
    SELECT array_agg(DISTINCT u.id) INTO v_accused
    FROM community_roleassignment a JOIN community_user u ON u.id = a.user_id
    WHERE a.community_id = of_community
        AND (a.role || ':' || u.name = ANY (posts) OR (typed <> '' AND strpos(typed, u.name) > 0));
    v_accused := coalesce(v_accused, '{}');
    -- Other accounts of the same persons.
    SELECT coalesce(array_agg(DISTINCT other.id), '{}') INTO v_accused
    FROM community_user other
    WHERE other.id = ANY (v_accused) OR other.person_id IN (
        SELECT person_id FROM community_user WHERE id = ANY (v_accused) AND person_id IS NOT NULL
    );
    SELECT coalesce(bool_or(is_supervisor), false), coalesce(bool_or(NOT is_supervisor), false)
    INTO v_supervisors, v_others
    FROM (
        SELECT bool_or(a.role = 'supervisor') AS is_supervisor
        FROM community_roleassignment a JOIN community_user u ON u.id = a.user_id
        WHERE a.community_id = of_community AND u.id = ANY (v_accused)
            AND (a."end" IS NULL OR a."end" >= v_today) AND a.ended_at IS NULL
        GROUP BY coalesce(-u.person_id, u.id)
    ) AS each;
    v_others := v_others OR (typed <> '' AND NOT EXISTS (
        SELECT FROM community_user WHERE id = ANY (v_accused) AND strpos(typed, name) > 0
    ));
    IF v_supervisors THEN
        v_about := CASE WHEN v_others THEN 'both' ELSE 'supervisor' END;
        v_right := CASE WHEN v_others THEN 'street.forwarded' ELSE 'complaints.supervisors' END;
    END IF;
    -- Nobody is left who might read it: the street's.
    IF NOT EXISTS (
        SELECT FROM community_roleassignment a JOIN community_user u ON u.id = a.user_id
        WHERE a.community_id = of_community AND u.is_active AND u.id <> ALL (v_accused)
            AND NOT u.password_by_community
            AND a.role = CASE v_right WHEN 'complaints.staff' THEN 'supervisor' ELSE 'director' END
            AND a.start <= v_today AND (a."end" IS NULL OR a."end" >= v_today) AND a.ended_at IS NULL
    ) THEN
        v_right := 'street.forwarded';
    END IF;
    IF v_right = 'street.forwarded' THEN
        v_state := 'at_street';
        INSERT INTO community_forwarded (community_id, uuid, version, street_id, kind, title, source_uuid, sealed, due,
            forwarded_at, required_right)
        SELECT id, copy_uuid, 1, street_id, 'complaint', copy_title, row_uuid, copy_sealed, due_at, at, v_right
        FROM community_community WHERE id = of_community;
    END IF;
    -- Counted among those of one reader: a gap would tell of one that is about oneself.
    PERFORM pg_advisory_xact_lock(hashtext('services_staffcomplaint'), (of_community * 100 + v_year % 100)::integer);
    SELECT coalesce(max(number), 0) + 1 INTO v_number
    FROM services_staffcomplaint WHERE community_id = of_community AND year = v_year AND required_right = v_right;
    INSERT INTO services_staffcomplaint (community_id, uuid, version, sealed, code_hash, state, year, number, about, accused,
        required_right, received_at, clock_rule, clock_start, clock_days, due, is_provisional)
    VALUES (of_community, row_uuid, 1, row_sealed, hash, v_state, v_year, v_number, v_about, v_accused, v_right, at, rule,
        (at AT TIME ZONE 'Asia/Shanghai')::date, days, due_at, provisional)
    RETURNING id INTO v_id;
    INSERT INTO services_staffcomplaintstep (community_id, uuid, version, case_id, number, name, before, after, by_id, at,
        to_resident, sealed, required_right, accused)
    VALUES (of_community, step_uuid, 1, v_id, 1, 'receive', '', v_state, by_user, at, false, step_sealed, v_right, v_accused);
    RETURN v_id;
END $$;
REVOKE ALL ON FUNCTION services_add_complaint FROM PUBLIC;

-- By anybody, without an account. Nothing is returned: who reads it is not the complainant's to know.
CREATE FUNCTION services_complain(
    of_community bigint, row_uuid uuid, row_sealed bytea, hash bytea, posts text[], typed text, days integer,
    due_at timestamptz, provisional boolean, rule varchar, step_uuid uuid, step_sealed bytea, copy_uuid uuid,
    copy_sealed bytea, copy_title varchar
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT services_add_complaint(of_community, row_uuid, row_sealed, hash, now(), posts, typed, days, due_at, provisional,
        rule, step_uuid, step_sealed, copy_uuid, copy_sealed, copy_title, NULL)
$$;
REVOKE ALL ON FUNCTION services_complain FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_complain TO liren_public;

-- By staff who met one among requests: the words move over with code and files, and nothing of them stays with the request
-- or its history. The step `to_committee` was taken before.
CREATE FUNCTION services_hand_over_complaint(
    request_id bigint, row_uuid uuid, row_sealed bytea, posts text[], typed text, days integer,
    due_at timestamptz, provisional boolean, rule varchar, step_uuid uuid, step_sealed bytea, copy_uuid uuid,
    copy_sealed bytea, copy_title varchar, by_user bigint, left_behind text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_request services_request;
    v_id bigint;
BEGIN
    SELECT * INTO v_request FROM services_request WHERE id = request_id FOR UPDATE;
    IF NOT coalesce(v_request.community_id = ANY (
            string_to_array(nullif(current_setting('liren.write_communities', true), ''), ',')::bigint[])
        AND v_request.required_right = ANY (string_to_array(nullif(current_setting('liren.rights', true), ''), ','))
        AND v_request.state = 'handed', false) THEN
        RAISE insufficient_privilege USING MESSAGE = 'this request is not in the scope, or was not handed over';
    END IF;
    UPDATE services_request SET text = left_behind, name = '', phone = '', place = '', building_id = NULL, person_id = NULL,
        code_hash = NULL, suspicion = '', source_label = '', source_url = ''
    WHERE id = request_id;
    UPDATE services_requestevent SET text = left_behind, place = '', building_id = NULL, person_id = NULL, suspicion = '',
        source_label = '', source_url = ''
    WHERE community_id = v_request.community_id AND pgh_obj_id = request_id;
    UPDATE services_requeststep SET text = '', details = '{}'
    WHERE community_id = v_request.community_id AND case_id = request_id;
    v_id := services_add_complaint(v_request.community_id, row_uuid, row_sealed, v_request.code_hash, v_request.received_at,
        posts, typed, days, due_at, provisional, rule, step_uuid, step_sealed, copy_uuid, copy_sealed, copy_title, by_user);
    UPDATE portal_attachment AS file SET subject = 'services.StaffComplaint', row_id = v_id,
        name = '附件' || file.id || '.' || reverse(split_part(reverse(file.name), '.', 1))
    WHERE community_id = v_request.community_id AND subject = 'services.Request' AND row_id = request_id;
    UPDATE portal_attachmentevent AS past SET subject = 'services.StaffComplaint', row_id = v_id,
        name = '附件' || past.pgh_obj_id || '.' || reverse(split_part(reverse(past.name), '.', 1))
    WHERE community_id = v_request.community_id AND subject = 'services.Request' AND row_id = request_id;
END $$;
REVOKE ALL ON FUNCTION services_hand_over_complaint FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_hand_over_complaint TO liren_app;

-- What the holder of the code sees: one line a public step; the words are still sealed. A year after the end it is not found.
CREATE FUNCTION services_complaint_by_code(hash bytea)
RETURNS TABLE (community_id bigint, state varchar, received_at timestamptz, due timestamptz, answered_at timestamptz,
    step_uuid uuid, step_name varchar, step_at timestamptz, step_sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.community_id, c.state, c.received_at, c.due, c.answered_at, s.uuid, s.name, s.at,
        CASE WHEN s.to_resident THEN s.sealed END
    FROM services_staffcomplaint c JOIN services_staffcomplaintstep s ON s.community_id = c.community_id AND s.case_id = c.id
    WHERE c.code_hash = hash AND (c.ended_at IS NULL OR c.ended_at > now() - interval '1 year')
        AND (s.to_resident OR s.name IN ('receive', 'take', 'silent'))
    ORDER BY s.number
$$;
REVOKE ALL ON FUNCTION services_complaint_by_code(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_complaint_by_code(bytea) TO liren_public;

-- What the holder of the code does: add, withdraw, satisfied, dissatisfied. Whether the state allowed it.
CREATE FUNCTION services_complaint_act(
    hash bytea, act varchar, step_uuid uuid, step_sealed bytea, days integer, due_at timestamptz, provisional boolean,
    copy_uuid uuid, copy_sealed bytea, copy_title varchar
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_case services_staffcomplaint;
    v_state varchar;
BEGIN
    SELECT * INTO v_case FROM services_staffcomplaint WHERE code_hash = hash FOR UPDATE;
    v_state := CASE
        WHEN act = 'add' AND v_case.state IN ('received', 'in_hand', 'reopened', 'at_street') THEN v_case.state
        WHEN act = 'withdraw' AND v_case.state IN ('received', 'in_hand', 'reopened', 'at_street') THEN 'withdrawn'
        WHEN act = 'satisfied' AND v_case.state = 'answered' THEN 'satisfied'
        WHEN act = 'dissatisfied' AND v_case.state = 'answered'
            THEN CASE v_case.required_right WHEN 'street.forwarded' THEN 'at_street' ELSE 'reopened' END
    END;
    IF v_state IS NULL THEN
        RETURN false;
    END IF;
    UPDATE services_staffcomplaint SET state = v_state, version = version + 1,
        ended_at = CASE WHEN act IN ('withdraw', 'satisfied') THEN now() END,
        answered_at = CASE WHEN act <> 'dissatisfied' THEN answered_at END,
        clock_start = CASE act WHEN 'dissatisfied' THEN (now() AT TIME ZONE 'Asia/Shanghai')::date ELSE clock_start END,
        clock_days = CASE act WHEN 'dissatisfied' THEN days ELSE clock_days END,
        clock_shift = CASE act WHEN 'dissatisfied' THEN 0 ELSE clock_shift END,
        due = CASE act WHEN 'dissatisfied' THEN due_at ELSE due END,
        is_provisional = CASE act WHEN 'dissatisfied' THEN provisional ELSE is_provisional END
    WHERE id = v_case.id;
    INSERT INTO services_staffcomplaintstep (community_id, uuid, version, case_id, number, name, before, after, at,
        to_resident, sealed, required_right, accused)
    VALUES (v_case.community_id, step_uuid, 1, v_case.id, v_case.version + 1, act, v_case.state, v_state, now(), true,
        step_sealed, v_case.required_right, v_case.accused);
    -- The street reads copies only.
    IF v_case.required_right = 'street.forwarded' AND act IN ('add', 'dissatisfied') THEN
        INSERT INTO community_forwarded (community_id, uuid, version, street_id, kind, title, source_uuid, sealed, due,
            forwarded_at, required_right)
        SELECT id, copy_uuid, 1, street_id, 'complaint', copy_title, v_case.uuid, copy_sealed,
            CASE act WHEN 'dissatisfied' THEN due_at ELSE v_case.due END, now(), v_case.required_right
        FROM community_community WHERE id = v_case.community_id;
    END IF;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION services_complaint_act FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_complaint_act TO liren_public;

-- How many came in, for figures of whoever sees the community; the rows themselves they do not see.
CREATE FUNCTION services_complaints_count(of_community bigint, first_day date, last_day date) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*) FROM services_staffcomplaint
    WHERE community_id = of_community AND state <> 'withdrawn'
        AND (received_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN first_day AND last_day
        AND community_id = ANY (string_to_array(nullif(current_setting('liren.communities', true), ''), ',')::bigint[])
$$;
REVOKE ALL ON FUNCTION services_complaints_count(bigint, date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_complaints_count(bigint, date, date) TO liren_app, liren_street;
