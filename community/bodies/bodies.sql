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
