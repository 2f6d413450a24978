-- Anybody objects; the answer is found by a code. Nobody of the community changes or deletes an objection.
CREATE POLICY "liren_public_insert" ON community_objection FOR INSERT TO liren_public
    WITH CHECK (handed_by_id IS NULL AND handed_at IS NULL);
CREATE POLICY "liren_public_insert" ON community_objectionevent FOR INSERT TO liren_public
    WITH CHECK (pgh_label = 'insert');
GRANT INSERT ON community_objection, community_objectionevent TO liren_public;
DROP POLICY "liren_app_delete" ON community_objection;
REVOKE UPDATE, DELETE ON community_objection FROM liren_app;
GRANT UPDATE (handed_by_id, handed_at, version) ON community_objection TO liren_app;

-- The answer to whoever knows the code.
CREATE FUNCTION community_objection_by_code(hash bytea)
RETURNS TABLE (title varchar, objected_at timestamptz, gist varchar, text text, answered_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT n.title, o.objected_at, a.gist, a.text, a.answered_at
    FROM community_objection o
    JOIN community_publicnotice n ON n.community_id = o.community_id AND n.id = o.notice_id
    LEFT JOIN community_objectionanswer a ON a.community_id = o.community_id AND a.objection_id = o.id
    WHERE o.code_hash = hash AND o.objected_at > now() - interval '1 year'
$$;
REVOKE ALL ON FUNCTION community_objection_by_code(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION community_objection_by_code(bytea) TO liren_public;
