-- Drafts belong to a user, whatever the community.
ALTER TABLE portal_draft ENABLE ROW LEVEL SECURITY;
ALTER TABLE portal_draft FORCE ROW LEVEL SECURITY;
CREATE POLICY "draft_of_user" ON portal_draft TO liren_app
    USING (user_id = (SELECT NULLIF(current_setting('liren.user_id', true), ''))::bigint);

-- The worker deletes old drafts of all users.
CREATE FUNCTION portal_forget_drafts(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (DELETE FROM portal_draft WHERE kept_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_drafts(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_drafts(interval) TO liren_web;
