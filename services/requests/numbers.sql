-- The first answer and the deadline that it had, whoever writes the row: a reopened request gets a new deadline.
CREATE FUNCTION services_first_answer() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.first_answered_at IS NULL AND NEW.answered_at IS NOT NULL THEN
        NEW.first_answered_at := NEW.answered_at;
        NEW.first_due := NEW.due;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER first_answer BEFORE INSERT OR UPDATE ON services_request
    FOR EACH ROW EXECUTE FUNCTION services_first_answer();

-- What happened to the requests of a community from one day to another, for bulletins and trends: without a word of a
-- text and without anybody's name, so that whoever may see the numbers may have the rows behind them. Requests of a
-- narrower right are left out. `key` is the request's, or that of the step with the rating.
CREATE FUNCTION services_request_events(of_community bigint, from_day date, to_day date)
RETURNS TABLE (
    event text, day date, key bigint, name uuid, year smallint, number integer, category text, channel text, state text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    -- Each part reads the table by itself: joined to one list of requests, ten thousand of them would be compared with
    -- each other where the planner does not know yet how many there are.
    WITH span AS (
        SELECT from_day::timestamp AT TIME ZONE 'Asia/Shanghai' AS begins,
            (to_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS ends
        WHERE of_community = ANY (string_to_array(NULLIF(current_setting('liren.communities', true), ''), ',')::bigint[])
    ), events AS (
        SELECT 'received' AS event, r.received_at AS at, r.id AS key, r.*
        FROM span JOIN services_request r
            ON r.community_id = of_community AND r.received_at >= begins AND r.received_at < ends
        UNION ALL
        SELECT 'answered', r.first_answered_at, r.id, r.*
        FROM span JOIN services_request r
            ON r.community_id = of_community AND r.first_answered_at >= begins AND r.first_answered_at < ends
        UNION ALL
        SELECT s.name, s.at, s.id, r.*
        FROM span JOIN services_requeststep s
            ON s.community_id = of_community AND s.at >= begins AND s.at < ends AND s.name IN ('satisfied', 'dissatisfied')
        JOIN services_request r ON r.community_id = of_community AND r.id = s.case_id
    )
    SELECT e.event, (e.at AT TIME ZONE 'Asia/Shanghai')::date, e.key, e.uuid, e.year, e.number, e.category, e.channel, e.state
    FROM events e
    WHERE e.required_right = 'requests' AND e.state NOT IN ('suspected', 'rejected', 'merged', 'handed')
    ORDER BY e.at, e.key
$$;
REVOKE ALL ON FUNCTION services_request_events(bigint, date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_request_events(bigint, date, date) TO liren_app;

-- Numbers of each community in the scope at a moment, received in a year: for figures, and for the street, whose
-- officials count every request, also those of a narrower right.
CREATE FUNCTION services_request_numbers(of_year integer, at timestamptz, of_all boolean)
RETURNS TABLE (
    community_id bigint, received bigint, due bigint, replied bigint, open bigint, overdue bigint, satisfied bigint,
    dissatisfied bigint
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH counted AS (
        SELECT r.community_id, r.rating, r.dissatisfied, r.first_answered_at,
            r.received_at >= make_timestamptz(of_year, 1, 1, 0, 0, 0, 'Asia/Shanghai')
                AND r.received_at < make_timestamptz(of_year + 1, 1, 1, 0, 0, 0, 'Asia/Shanghai') AS in_year,
            r.ended_at IS NULL AS is_open,
            r.ended_at IS NULL AND r.answered_at IS NULL AND r.paused_on IS NULL AND coalesce(r.due < at, false) AS is_late
        FROM services_request r
        WHERE (of_all OR r.required_right = 'requests') AND r.state NOT IN ('suspected', 'rejected', 'merged', 'handed')
          AND r.community_id = ANY (string_to_array(NULLIF(current_setting('liren.communities', true), ''), ',')::bigint[])
    )
    SELECT c.community_id,
        count(*) FILTER (WHERE in_year),
        count(*) FILTER (WHERE in_year AND (first_answered_at IS NOT NULL OR is_late)),
        count(*) FILTER (WHERE in_year AND first_answered_at IS NOT NULL AND NOT is_late),
        count(*) FILTER (WHERE is_open),
        count(*) FILTER (WHERE is_late),
        count(*) FILTER (WHERE in_year AND rating = 'satisfied'),
        count(*) FILTER (WHERE in_year AND rating <> 'satisfied' AND c.dissatisfied > 0)
    FROM counted c GROUP BY c.community_id
$$;
REVOKE ALL ON FUNCTION services_request_numbers(integer, timestamptz, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_request_numbers(integer, timestamptz, boolean) TO liren_app, liren_street;

-- How many requests of a narrower right were received from one day to another; 0 for fewer than three, which a number
-- might give away.
CREATE FUNCTION services_hidden_requests(of_community bigint, from_day date, to_day date) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN count(*) < 3 THEN 0 ELSE count(*) END FROM services_request r
    WHERE r.community_id = of_community AND r.required_right <> 'requests'
      AND r.state NOT IN ('suspected', 'rejected', 'merged', 'handed')
      AND r.received_at >= from_day::timestamp AT TIME ZONE 'Asia/Shanghai'
      AND r.received_at < (to_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
      AND r.community_id = ANY (string_to_array(NULLIF(current_setting('liren.communities', true), ''), ',')::bigint[])
$$;
REVOKE ALL ON FUNCTION services_hidden_requests(bigint, date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_hidden_requests(bigint, date, date) TO liren_app;
