-- The worker marks the lost jobs of all communities as failed; it learns a number only.
CREATE FUNCTION portal_fail_lost_jobs(seconds integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH lost AS (
        UPDATE portal_job
        SET state = 'failed', finished_at = now(),
            message = '后台进程意外中断，没有写入任何内容，请重新提交。'
        WHERE state = 'running' AND heartbeat_at < now() - make_interval(secs => seconds)
        RETURNING 1
    )
    SELECT count(*) FROM lost
$$;
REVOKE ALL ON FUNCTION portal_fail_lost_jobs(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_fail_lost_jobs(integer) TO liren_web;

-- How many jobs of all communities failed: a number for the administrator, who sees none of their rows.
CREATE FUNCTION portal_failed_jobs(since timestamptz) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*) FROM portal_job WHERE state = 'failed' AND finished_at >= since
$$;
REVOKE ALL ON FUNCTION portal_failed_jobs(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_failed_jobs(timestamptz) TO liren_web;
