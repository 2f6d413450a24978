-- An activity with a venue holds it for its time: its booking is made, moved and taken away with it, whatever writes the
-- activity. What the venue and the times are stands in the activity; the booking repeats them for the constraint that keeps
-- bookings from overlapping. Without an end it holds the venue for two hours (community.venues.slots.ACTIVITY_HOURS).
CREATE FUNCTION community_hold_venue() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    until timestamptz := coalesce(NEW.ends_at, NEW.starts_at + interval '2 hours');
BEGIN
    IF TG_OP = 'UPDATE' THEN
        NEW.booking_id := OLD.booking_id;
    END IF;
    IF NEW.venue_id IS NULL OR NEW.state = 'cancelled' THEN
        NEW.booking_id := NULL;
    ELSIF NEW.booking_id IS NULL THEN
        INSERT INTO community_venuebooking (
            community_id, uuid, version, venue_id, starts_at, ends_at, title, used_by, name, phone, state, answer,
            cancelled_because
        ) VALUES (
            NEW.community_id, gen_random_uuid(), 1, NEW.venue_id, NEW.starts_at, until, '会议活动', 'activity', '', '',
            'confirmed', '', ''
        ) RETURNING id INTO NEW.booking_id;
    ELSE
        UPDATE community_venuebooking
        SET venue_id = NEW.venue_id, starts_at = NEW.starts_at, ends_at = until, version = version + 1
        WHERE community_id = NEW.community_id AND id = NEW.booking_id
            AND (venue_id, starts_at, ends_at) IS DISTINCT FROM (NEW.venue_id, NEW.starts_at, until);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_venue BEFORE INSERT OR UPDATE ON community_activity
    FOR EACH ROW EXECUTE FUNCTION community_hold_venue();

CREATE FUNCTION community_free_venue() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.booking_id IS NULL THEN
        DELETE FROM community_venuebooking WHERE community_id = OLD.community_id AND id = OLD.booking_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER free_venue AFTER UPDATE OR DELETE ON community_activity
    FOR EACH ROW WHEN (OLD.booking_id IS NOT NULL) EXECUTE FUNCTION community_free_venue();
