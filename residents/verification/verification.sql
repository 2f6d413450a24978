-- Per community, for the street: doors, those verified lately enough, the last verification.
CREATE FUNCTION residents_freshness()
RETURNS TABLE (community_id bigint, doors bigint, fresh bigint, last timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT d.community_id, count(*),
        count(*) FILTER (
            WHERE v.at >= ((now() AT TIME ZONE 'Asia/Shanghai')::date - c.fresh_days)::timestamp AT TIME ZONE 'Asia/Shanghai'
        ),
        max(v.at)
    FROM residents_dwelling d
    JOIN community_community c ON c.id = d.community_id
    LEFT JOIN LATERAL (
        SELECT max(r.at) AS at FROM residents_verification r
        WHERE r.community_id = d.community_id AND r.dwelling_id = d.id
    ) v ON true
    WHERE d.stairwell_id IS NOT NULL
      AND d.community_id = ANY (string_to_array(NULLIF(current_setting('liren.communities', true), ''), ',')::bigint[])
    GROUP BY d.community_id
$$;
REVOKE ALL ON FUNCTION residents_freshness() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION residents_freshness() TO liren_street;

-- A head takes back an own verification for two minutes.
CREATE POLICY "liren_head_delete" ON residents_verification FOR DELETE TO liren_head USING (
    community_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.communities', true), ''), ','))::bigint[])
    AND stairwell_id = ANY ((SELECT string_to_array(NULLIF(current_setting('liren.stairwells', true), ''), ','))::bigint[])
    AND by_id = NULLIF(current_setting('liren.user_id', true), '')::bigint AND at > now() - interval '2 minutes'
);
GRANT DELETE ON residents_verification TO liren_head;
