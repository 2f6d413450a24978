-- The worker deletes the bulk changes of all communities that were prepared and never applied.
CREATE FUNCTION portal_forget_bulk_changes(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM portal_bulkrow r USING portal_bulkchange b
    WHERE r.batch_id = b.id AND b.state IN ('draft', 'checking', 'checked') AND b.created_at <= now() - kept;
    WITH gone AS (
        DELETE FROM portal_bulkchange
        WHERE state IN ('draft', 'checking', 'checked') AND created_at <= now() - kept RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_bulk_changes(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_bulk_changes(interval) TO liren_web;
