-- Which of these stored files belong to no attachment of any community.
CREATE FUNCTION portal_unattached(names text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT file FROM unnest(names) AS file
    WHERE NOT EXISTS (SELECT 1 FROM portal_attachment AS a WHERE a.stored = file)
$$;
REVOKE ALL ON FUNCTION portal_unattached(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_unattached(text[]) TO liren_web;
