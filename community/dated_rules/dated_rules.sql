-- Anybody may know the numbers, by which deadlines are reckoned when a resident sends something; not who set them, and by what.
CREATE POLICY "liren_public_select" ON community_datedrule FOR SELECT TO liren_public USING (true);
GRANT SELECT (id, community_id, key, value, start) ON community_datedrule TO liren_public;
