-- The worker deletes filled forms of all communities.
CREATE FUNCTION residents_forget_form_fillings(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (DELETE FROM residents_formfilling WHERE made_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION residents_forget_form_fillings(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION residents_forget_form_fillings(interval) TO liren_web;
