-- Pins and recent pages belong to a user, in the communities of the scope, also where they may write nothing else.
ALTER TABLE portal_ownlinks ENABLE ROW LEVEL SECURITY;
ALTER TABLE portal_ownlinks FORCE ROW LEVEL SECURITY;
CREATE POLICY "liren_app_select" ON portal_ownlinks FOR SELECT TO liren_app USING (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint AND community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[]));
CREATE POLICY "liren_app_insert" ON portal_ownlinks FOR INSERT TO liren_app WITH CHECK (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint AND community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[]));
CREATE POLICY "liren_app_update" ON portal_ownlinks FOR UPDATE TO liren_app USING (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint AND community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])) WITH CHECK (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint AND community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[]));
GRANT SELECT, INSERT, UPDATE ON portal_ownlinks TO liren_app;

-- The worker deletes those of accounts that are no longer used.
CREATE FUNCTION portal_forget_own_links(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (DELETE FROM portal_ownlinks WHERE used_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_own_links(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_own_links(interval) TO liren_web;
