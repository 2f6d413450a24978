-- What anybody may do with venues: ask for a time, look the request up by its code, and withdraw it.
-- Whether the venue is open then is checked before; here, that it may be asked for at all and is not taken.
CREATE FUNCTION community_request_venue(
    of_community bigint, of_venue uuid, first_moment timestamptz, last_moment timestamptz, said text, who text, number text,
    hash bytea, at timestamptz
)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place community_venue;
BEGIN
    SELECT * INTO place FROM community_venue
    WHERE community_id = of_community AND uuid = of_venue AND is_public AND is_bookable FOR SHARE;
    IF place.id IS NULL THEN
        RETURN 'refused';
    END IF;
    IF EXISTS (
        SELECT FROM community_venuebooking b
        WHERE b.community_id = of_community AND b.venue_id = place.id AND b.state = 'confirmed'
            AND b.starts_at < last_moment AND b.ends_at > first_moment
    ) THEN
        RETURN 'taken';
    END IF;
    INSERT INTO community_venuebooking (
        community_id, uuid, version, venue_id, starts_at, ends_at, title, used_by, name, phone, state, answer,
        cancelled_because, asked_at, code_hash
    ) VALUES (
        of_community, gen_random_uuid(), 1, place.id, first_moment, last_moment, said, 'resident', who, number, 'requested',
        '', '', at, hash
    );
    RETURN 'asked';
END $$;
REVOKE ALL ON FUNCTION community_request_venue(bigint, uuid, timestamptz, timestamptz, text, text, text, bytea, timestamptz)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION community_request_venue(bigint, uuid, timestamptz, timestamptz, text, text, text, bytea, timestamptz)
    TO liren_public;

-- A request for whoever knows its code, without what was typed; until a year after the time that it is about.
CREATE FUNCTION community_venue_request_by_code(hash bytea)
RETURNS TABLE (
    venue varchar, starts_at timestamptz, ends_at timestamptz, state varchar, asked_at timestamptz, decided_at timestamptz,
    answer varchar, cancelled_because varchar
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT v.name, b.starts_at, b.ends_at, b.state, b.asked_at, b.decided_at, b.answer, b.cancelled_because
    FROM community_venuebooking b
    JOIN community_venue v ON v.community_id = b.community_id AND v.id = b.venue_id
    WHERE b.code_hash = hash AND b.ends_at > now() - interval '1 year'
$$;
REVOKE ALL ON FUNCTION community_venue_request_by_code(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION community_venue_request_by_code(bytea) TO liren_public;

-- Withdraw a request that nobody has decided yet; says whether there was one.
CREATE FUNCTION community_withdraw_venue_request(hash bytea)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE community_venuebooking SET state = 'withdrawn', version = version + 1
    WHERE code_hash = hash AND state = 'requested';
    RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION community_withdraw_venue_request(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION community_withdraw_venue_request(bytea) TO liren_public;
