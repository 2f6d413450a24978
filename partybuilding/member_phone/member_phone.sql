-- What a party member reads and sends on the phone. The role has no right to the tables of members, posts and dues: the
-- functions answer for the person of the session, in the communities of the scope, as long as the membership lasts.

CREATE FUNCTION partybuilding_own_memberships() RETURNS TABLE (
    community_id bigint, member_id bigint, name varchar, branch varchar, stage varchar, state varchar,
    dues_from date, paid_until date, unpaid integer
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.community_id, m.id, p.name, b.name, m.stage, m.state, m.dues_from,
        (SELECT max(d.month) FROM partybuilding_duesmonth d WHERE d.community_id = m.community_id AND d.member_id = m.id),
        (SELECT count(*)::integer
         FROM generate_series(m.dues_from, date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai') - interval '1 month', interval '1 month') AS owed
         WHERE NOT EXISTS (
            SELECT 1 FROM partybuilding_duesmonth d
            WHERE d.community_id = m.community_id AND d.member_id = m.id AND d.month = owed::date))
    FROM partybuilding_member m
    JOIN community_person p ON p.community_id = m.community_id AND p.id = m.person_id
    JOIN community_body b ON b.community_id = m.community_id AND b.id = m.branch_id
    WHERE m.community_id = ANY (string_to_array(NULLIF(current_setting('liren.communities', true), ''), ',')::bigint[])
      AND m.person_id = NULLIF(current_setting('liren.person', true), '')::bigint
      AND m.ended_on IS NULL
    ORDER BY m.community_id
$$;
REVOKE ALL ON FUNCTION partybuilding_own_memberships FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partybuilding_own_memberships TO liren_member;

-- Posts of the person, with the day of the own last check-in.
CREATE FUNCTION partybuilding_own_duties() RETURNS TABLE (
    community_id bigint, post uuid, kind varchar, place varchar, note varchar, start date, last_check_in timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.community_id, p.uuid, p.kind, concat(coalesce(s.label, b.label), p.place)::varchar, p.note, c.start,
        (SELECT max(i.at) FROM partybuilding_dutycheckin i
         WHERE i.community_id = c.community_id AND i.post_id = c.post_id AND i.person_id = m.person_id)
    FROM partybuilding_own_memberships() own
    JOIN partybuilding_member m ON m.community_id = own.community_id AND m.id = own.member_id
    JOIN partybuilding_dutyclaim c ON c.community_id = m.community_id AND c.member_id = m.id
    JOIN partybuilding_dutypost p ON p.community_id = c.community_id AND p.id = c.post_id AND p.is_active
    LEFT JOIN community_building b ON b.community_id = p.community_id AND b.id = p.building_id
    LEFT JOIN community_stairwell s ON s.community_id = p.community_id AND s.id = p.stairwell_id
    WHERE c.start <= (now() AT TIME ZONE 'Asia/Shanghai')::date
      AND (c."end" IS NULL OR c."end" > (now() AT TIME ZONE 'Asia/Shanghai')::date)
    ORDER BY p.kind, b.sort, s.sort, p.place, p.id
$$;
REVOKE ALL ON FUNCTION partybuilding_own_duties FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partybuilding_own_duties TO liren_member;

-- Meetings and study to which the person is called and which are not over.
CREATE FUNCTION partybuilding_own_activities() RETURNS TABLE (
    community_id bigint, activity uuid, title varchar, starts_at timestamptz, place varchar, state varchar
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.community_id, a.uuid, a.title, a.starts_at, concat(v.name, a.place)::varchar, t.state
    FROM community_attendance t
    JOIN community_activity a ON a.community_id = t.community_id AND a.id = t.activity_id AND a.state = 'planned'
    LEFT JOIN community_venue v ON v.community_id = a.community_id AND v.id = a.venue_id
    WHERE t.community_id = ANY (string_to_array(NULLIF(current_setting('liren.communities', true), ''), ',')::bigint[])
      AND t.person_id = NULLIF(current_setting('liren.person', true), '')::bigint
      AND t.state IN ('expected', 'leave', 'present')
      AND a.starts_at >= date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'
    ORDER BY a.starts_at, a.id
    LIMIT 20
$$;
REVOKE ALL ON FUNCTION partybuilding_own_activities FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partybuilding_own_activities TO liren_member;

-- Whoever is on the list of a meeting of today is present, by the code at its door (which the caller checks). Null for others.
CREATE FUNCTION partybuilding_attend(activity_uuid uuid) RETURNS varchar
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who bigint := NULLIF(current_setting('liren.person', true), '')::bigint;
    account bigint := NULLIF(current_setting('liren.user_id', true), '')::bigint;
    line record;
BEGIN
    SELECT t.community_id, t.id, t.state INTO line
    FROM community_attendance t
    JOIN community_activity a ON a.community_id = t.community_id AND a.id = t.activity_id
    WHERE t.community_id = ANY (string_to_array(NULLIF(current_setting('liren.communities', true), ''), ',')::bigint[])
      AND t.person_id = who AND a.uuid = activity_uuid AND a.state = 'planned' AND t.state IN ('expected', 'leave', 'present')
      AND (a.starts_at AT TIME ZONE 'Asia/Shanghai')::date = (now() AT TIME ZONE 'Asia/Shanghai')::date
    FOR UPDATE OF t;
    IF NOT FOUND OR account IS NULL THEN
        RETURN NULL;
    END IF;
    IF line.state <> 'present' THEN
        UPDATE community_attendance t
        SET state = 'present', reason = '', recorded_by_id = account, recorded_at = now(), version = t.version + 1
        WHERE t.community_id = line.community_id AND t.id = line.id;
    END IF;
    RETURN line.state;
END $$;
REVOKE ALL ON FUNCTION partybuilding_attend FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partybuilding_attend TO liren_member;

-- A check-in at a post that the person looked after on that day. Sent twice with one token, it is one row.
CREATE FUNCTION partybuilding_check_in(post_uuid uuid, moment timestamptz, words varchar, sent uuid) RETURNS TABLE (
    id bigint, uuid uuid, community_id bigint, is_new boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    who bigint := NULLIF(current_setting('liren.person', true), '')::bigint;
    account bigint := NULLIF(current_setting('liren.user_id', true), '')::bigint;
    on_day date := (moment AT TIME ZONE 'Asia/Shanghai')::date;
    found_post record;
BEGIN
    SELECT p.id, p.community_id INTO found_post
    FROM partybuilding_own_memberships() own
    JOIN partybuilding_dutyclaim c ON c.community_id = own.community_id AND c.member_id = own.member_id
    JOIN partybuilding_dutypost p ON p.community_id = c.community_id AND p.id = c.post_id
    WHERE p.uuid = post_uuid AND c.start <= on_day AND (c."end" IS NULL OR c."end" > on_day);
    IF NOT FOUND OR account IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
        INSERT INTO partybuilding_dutycheckin AS made (
            uuid, version, community_id, post_id, person_id, at, received_at, note, sent_by_id, token
        ) VALUES (
            gen_random_uuid(), 1, found_post.community_id, found_post.id, who, moment, now(), words, account, sent
        ) ON CONFLICT (community_id, token) DO NOTHING
        RETURNING made.id, made.uuid, made.community_id, true;
    IF NOT FOUND THEN
        RETURN QUERY
            SELECT i.id, i.uuid, i.community_id, false FROM partybuilding_dutycheckin i
            WHERE i.community_id = found_post.community_id AND i.token = sent AND i.person_id = who;
    END IF;
END $$;
REVOKE ALL ON FUNCTION partybuilding_check_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partybuilding_check_in TO liren_member;

-- Photos go with the own check-in of a member.
CREATE POLICY "liren_member_select" ON portal_attachment FOR SELECT TO liren_member USING (
    community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])
    AND subject = 'partybuilding.DutyCheckIn' AND user_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
);
CREATE POLICY "liren_member_insert" ON portal_attachment FOR INSERT TO liren_member WITH CHECK (
    community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])
    AND subject = 'partybuilding.DutyCheckIn' AND user_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
    AND EXISTS (
        SELECT 1 FROM partybuilding_dutycheckin i
        WHERE i.community_id = portal_attachment.community_id AND i.id = portal_attachment.row_id
            AND i.sent_by_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
    )
);
GRANT SELECT, INSERT ON portal_attachment TO liren_member;
CREATE POLICY "liren_member_insert" ON portal_attachmentevent FOR INSERT TO liren_member WITH CHECK (
    community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])
    AND subject = 'partybuilding.DutyCheckIn' AND user_id = NULLIF(current_setting('liren.user_id', true), '')::bigint
);
GRANT INSERT ON portal_attachmentevent TO liren_member;
