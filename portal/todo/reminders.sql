-- Reminders belong to a user, whatever the community.
ALTER TABLE portal_reminder ENABLE ROW LEVEL SECURITY;
ALTER TABLE portal_reminder FORCE ROW LEVEL SECURITY;
CREATE POLICY "liren_app_select" ON portal_reminder FOR SELECT TO liren_app USING (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint);
CREATE POLICY "liren_app_insert" ON portal_reminder FOR INSERT TO liren_app WITH CHECK (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint);
CREATE POLICY "liren_app_update" ON portal_reminder FOR UPDATE TO liren_app USING (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint) WITH CHECK (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint);
GRANT SELECT, INSERT, UPDATE ON portal_reminder TO liren_app;

-- The worker deletes old reminders of all users.
CREATE FUNCTION portal_forget_reminders(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (DELETE FROM portal_reminder WHERE made_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_reminders(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_reminders(interval) TO liren_web;
