-- Bodies below those at which roles are held: asked before the scope is known, answers ids only. A body that ended has none.
CREATE FUNCTION community_bodies_below(body_ids bigint[], on_day date)
RETURNS TABLE (body_id bigint, below_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE below (top, id) AS (
        SELECT b.id, b.id FROM community_body b
        WHERE b.id = ANY (body_ids) AND (b.ended_on IS NULL OR b.ended_on > on_day)
        UNION
        SELECT below.top, b.id FROM community_body b JOIN below ON b.parent_id = below.id
    )
    SELECT below.top, below.id FROM below
$$;
REVOKE ALL ON FUNCTION community_bodies_below(bigint[], date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION community_bodies_below(bigint[], date) TO liren_web, liren_app;

-- Never more holders of a post at a time than it has seats, also where an undo brings one back.
CREATE FUNCTION community_check_seats() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM community_post p
        JOIN community_postholder d ON d.community_id = p.community_id AND d.post_id = p.id
        WHERE p.community_id = NEW.community_id AND p.id = NEW.post_id
            AND d.start >= NEW.start AND (NEW."end" IS NULL OR d.start < NEW."end")
            AND p.seats < (
                SELECT count(*) FROM community_postholder h
                WHERE h.community_id = p.community_id AND h.post_id = p.id
                    AND h.start <= d.start AND (h."end" IS NULL OR h."end" > d.start)
            )
    ) THEN
        RAISE EXCEPTION 'post % has fewer seats than holders', NEW.post_id
            USING ERRCODE = 'check_violation', TABLE = 'community_postholder', CONSTRAINT = 'postholder_seats';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER community_check_seats AFTER INSERT OR UPDATE OF start, "end", post_id ON community_postholder
    FOR EACH ROW EXECUTE FUNCTION community_check_seats();
