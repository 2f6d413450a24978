-- How many requests of the last day have this text, blanks aside: a number for whoever sends it again, and nothing else.
CREATE FUNCTION services_same_requests(of_community bigint, of_text text) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*)::integer FROM (
        SELECT FROM services_request
        WHERE community_id = of_community AND received_at > now() - interval '1 day'
            AND regexp_replace(text, '\s', '', 'g') = regexp_replace(of_text, '\s', '', 'g')
        LIMIT 10
    ) AS same
$$;
REVOKE ALL ON FUNCTION services_same_requests(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_same_requests(bigint, text) TO liren_public;

-- Bytes of the attachments of requests that nobody with an account uploaded; with `only_spam` of the suspected and
-- rejected ones. Whoever asks holds the community's photos until the end of the transaction, so that two who ask at
-- once do not both find the last space.
CREATE FUNCTION services_public_photo_bytes(of_community bigint, only_spam boolean) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    bytes bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('services_public_photo'), of_community::integer);
    SELECT coalesce(sum(a.size), 0) INTO bytes
    FROM portal_attachment a
    WHERE a.community_id = of_community AND a.subject = 'services.Request' AND a.user_id = 0
        AND (NOT only_spam OR EXISTS (
            SELECT FROM services_request r
            WHERE r.community_id = of_community AND r.id = a.row_id AND r.state IN ('suspected', 'rejected')));
    RETURN bytes;
END $$;
REVOKE ALL ON FUNCTION services_public_photo_bytes(bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_public_photo_bytes(bigint, boolean) TO liren_public;
