-- Drafts belong to a user, whatever the community.
ALTER TABLE portal_draft ENABLE ROW LEVEL SECURITY;
ALTER TABLE portal_draft FORCE ROW LEVEL SECURITY;
CREATE POLICY "draft_of_user" ON portal_draft TO liren_app, liren_head, liren_street
    USING (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint);
-- What is typed while the session ends is kept for the user of a signed cookie, when nobody is signed in.
CREATE POLICY "draft_kept" ON portal_draft FOR INSERT TO liren_app, liren_head, liren_street WITH CHECK (true);

-- The worker deletes old drafts of all users.
CREATE FUNCTION portal_forget_drafts(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (DELETE FROM portal_draft WHERE kept_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_drafts(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_drafts(interval) TO liren_web;
