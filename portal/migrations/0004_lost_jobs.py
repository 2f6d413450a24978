from django.db import migrations

FAIL_LOST_JOBS = """
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
"""
"""The worker keeps house for all communities; the function answers a number only."""


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_history_context")]

    operations = [migrations.RunSQL(FAIL_LOST_JOBS, "DROP FUNCTION portal_fail_lost_jobs(integer)")]
