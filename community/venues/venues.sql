-- The public sees when a venue is taken, and nothing of who took it and for what.
REVOKE SELECT ON community_venuebooking FROM liren_public;
GRANT SELECT (id, community_id, venue_id, starts_at, ends_at, state) ON community_venuebooking TO liren_public;
