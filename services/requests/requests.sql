-- A request's number counts within community and year, whoever inserts it.
CREATE FUNCTION services_number_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.number = 0 THEN
        NEW.year := extract(year FROM NEW.received_at AT TIME ZONE 'Asia/Shanghai');
        PERFORM pg_advisory_xact_lock(hashtext('services_request'), (NEW.community_id * 100 + NEW.year % 100)::integer);
        SELECT coalesce(max(number), 0) + 1 INTO NEW.number
        FROM services_request WHERE community_id = NEW.community_id AND year = NEW.year;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER number_request BEFORE INSERT ON services_request
    FOR EACH ROW EXECUTE FUNCTION services_number_request();
