-- Which stairwells a head of an area or group has: asked before the scope is known, answers ids only.
CREATE FUNCTION community_stairwells_below(area_ids bigint[])
RETURNS TABLE (area_id bigint, stairwell_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE below (top, id) AS (
        SELECT a.id, a.id FROM community_area a WHERE a.id = ANY (area_ids)
        UNION
        SELECT below.top, a.id FROM community_area a JOIN below ON a.parent_id = below.id
    )
    SELECT below.top, s.id FROM below JOIN community_stairwell s ON s.area_id = below.id
$$;
REVOKE ALL ON FUNCTION community_stairwells_below(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION community_stairwells_below(bigint[]) TO liren_web, liren_app;

-- Whether a head's role stands on a day, by the appointment it follows.
CREATE FUNCTION community_head_stands(assignment bigint, on_day date, has_begun boolean) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT (p.died_on IS NULL OR p.died_on > on_day) AND coalesce(
        (
            SELECT bool_or((a.start <= on_day OR NOT has_begun) AND (a."end" IS NULL OR a."end" > on_day))
            FROM community_headappointment a
            WHERE a.community_id = r.community_id AND a.person_id = u.person_id
                AND a.stairwell_id IS NOT DISTINCT FROM r.stairwell_id AND a.area_id IS NOT DISTINCT FROM r.area_id
                AND (a."end" IS NULL OR a."end" >= r.start)
        ),
        NOT r.by_appointment
    )
    FROM community_roleassignment r
    JOIN community_user u ON u.id = r.user_id
    LEFT JOIN community_person p ON p.id = u.person_id
    WHERE r.id = assignment
$$;
REVOKE ALL ON FUNCTION community_head_stands(bigint, date, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION community_head_stands(bigint, date, boolean)
    TO liren_web, liren_app, liren_head, liren_member, liren_street;

-- A role whose appointment is changed or deleted is remembered as one that came from an appointment.
CREATE FUNCTION community_appointment_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE community_roleassignment r SET by_appointment = true FROM community_user u
    WHERE u.id = r.user_id AND u.person_id = OLD.person_id AND r.community_id = OLD.community_id
        AND r.stairwell_id IS NOT DISTINCT FROM OLD.stairwell_id AND r.area_id IS NOT DISTINCT FROM OLD.area_id
        AND (OLD."end" IS NULL OR OLD."end" >= r.start) AND NOT r.by_appointment;
    RETURN NULL;
END
$$;
CREATE TRIGGER community_appointment_left AFTER UPDATE OR DELETE ON community_headappointment
    FOR EACH ROW EXECUTE FUNCTION community_appointment_left();
