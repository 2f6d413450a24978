-- The worker deletes generated files of all communities.
CREATE FUNCTION portal_forget_generated_files(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM portal_generatedfilepart p USING portal_generatedfile f
    WHERE p.file_id = f.id AND f.asked_at <= now() - kept;
    WITH gone AS (DELETE FROM portal_generatedfile WHERE asked_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_generated_files(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_generated_files(interval) TO liren_web;

-- Likewise files with full numbers, whether they were fetched or not.
CREATE FUNCTION portal_forget_sensitive_exports(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM portal_sensitiveexportpart p USING portal_sensitiveexport r
    WHERE p.file_id = r.id AND r.made_at <= now() - kept;
    WITH gone AS (DELETE FROM portal_sensitiveexport WHERE made_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_sensitive_exports(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_sensitive_exports(interval) TO liren_web;
