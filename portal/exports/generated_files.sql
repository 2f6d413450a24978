-- The worker deletes generated files of all communities.
CREATE FUNCTION portal_forget_made_files(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM portal_madefilepart p USING portal_madefile f
    WHERE p.file_id = f.id AND f.asked_at <= now() - kept;
    WITH gone AS (DELETE FROM portal_madefile WHERE asked_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_made_files(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_made_files(interval) TO liren_web;

-- Likewise files with full numbers, whether they were fetched or not.
CREATE FUNCTION portal_forget_releases(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM portal_releasepart p USING portal_release r
    WHERE p.file_id = r.id AND r.made_at <= now() - kept;
    WITH gone AS (DELETE FROM portal_release WHERE made_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_releases(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_releases(interval) TO liren_web;
