-- Read and remarked by the street alone.
REVOKE INSERT ON community_bulletinreading, community_bulletinremark FROM liren_app;

-- Who edits a bulletin is written and taken back, never changed.
CREATE POLICY "liren_app_delete" ON community_bulletineditor FOR DELETE TO liren_app
    USING (community_id = ANY ((SELECT string_to_array(
        NULLIF(current_setting('liren.write_communities', true), ''), ','))::bigint[]));
GRANT DELETE ON community_bulletineditor TO liren_app;
