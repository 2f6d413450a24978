-- Statistics of tables that an import has just filled for a community; only an owner may have them taken.
CREATE FUNCTION portal_learn_size(tables regclass[], community bigint, added bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
    one regclass;
    known float;
BEGIN
    FOREACH one IN ARRAY tables LOOP
        SELECT v.share * c.reltuples INTO known
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = 'community_id'
        CROSS JOIN unnest(s.most_common_vals::text::bigint[], s.most_common_freqs) AS v (value, share)
        WHERE c.oid = one AND v.value = community;
        IF coalesce(known, 0) < added THEN
            BEGIN
                EXECUTE format('ANALYZE %s', one);
            EXCEPTION WHEN lock_not_available THEN
                NULL; -- Another import or the server itself is at it.
            END;
        END IF;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION portal_learn_size(regclass[], bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_learn_size(regclass[], bigint, bigint) TO liren_app;
