-- Reminders and counts belong to a user, whatever the community.
ALTER TABLE portal_reminder ENABLE ROW LEVEL SECURITY;
ALTER TABLE portal_reminder FORCE ROW LEVEL SECURITY;
CREATE POLICY "liren_app_select" ON portal_reminder FOR SELECT TO liren_app USING (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint);
CREATE POLICY "liren_app_insert" ON portal_reminder FOR INSERT TO liren_app WITH CHECK (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint);
CREATE POLICY "liren_app_update" ON portal_reminder FOR UPDATE TO liren_app USING (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint) WITH CHECK (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint);
GRANT SELECT, INSERT, UPDATE ON portal_reminder TO liren_app;

-- The number beside 待办 is read on pages of every database role, and expires by the user's own acts on them.
ALTER TABLE portal_todocount ENABLE ROW LEVEL SECURITY;
ALTER TABLE portal_todocount FORCE ROW LEVEL SECURITY;
CREATE POLICY "own_select" ON portal_todocount FOR SELECT TO liren_app, liren_head, liren_member, liren_street USING (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint);
CREATE POLICY "liren_app_insert" ON portal_todocount FOR INSERT TO liren_app WITH CHECK (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint);
CREATE POLICY "own_update" ON portal_todocount FOR UPDATE TO liren_app, liren_head, liren_member, liren_street USING (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint) WITH CHECK (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint);
GRANT SELECT, UPDATE (counted_at) ON portal_todocount TO liren_app, liren_head, liren_member, liren_street;
GRANT INSERT, UPDATE ON portal_todocount TO liren_app;

-- The worker deletes old reminders and counts of all users.
CREATE FUNCTION portal_forget_reminders(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (DELETE FROM portal_reminder WHERE made_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_reminders(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_reminders(interval) TO liren_web;

CREATE FUNCTION portal_forget_todo_counts(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (DELETE FROM portal_todocount WHERE counted_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_todo_counts(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_todo_counts(interval) TO liren_web;
