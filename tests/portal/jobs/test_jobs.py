"""Background jobs: progress survives a rollback, failures leave nothing, lost workers are detected."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from community.units.models import Unit
from portal.access.permissions import Permission
from portal.jobs.jobs import JobFailed, Progress, background
from portal.jobs.models import Job
from portal.jobs.tasks import fail_lost_jobs

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "journal"])


@pytest.fixture
def job(house, cast):
    return Job.objects.create(community_id=house.kuocang.id, user_id=cast["staff"].id, title="试")


@pytest.fixture(autouse=True)
def separate_kinds(monkeypatch):
    """Keep tasks of these tests out of the list that the tests of job rights check."""
    monkeypatch.setattr("portal.jobs.jobs.RIGHTS_BY_TASK", {})


def _run(function, job):
    background(Permission.PEOPLE_EDIT, name=f"tests.{function.__name__}")(function).func(
        job_id=job.pk, community_id=job.community_id, user_id=job.user_id
    )
    job.refresh_from_db()


def test_work_and_completion_are_one_transaction(job, house):
    def succeeds(progress, *, access, community):
        Unit.objects.create(community_id=community.id, name="新单位", kinds=["located"])
        progress.step(1, 1)
        return {"message": "好了", "result_url": "/x/"}

    _run(succeeds, job)
    assert (job.state, job.message, job.percent) == ("done", "好了", 100)
    assert Unit.objects.filter(name="新单位").exists()


def test_jobs_have_a_longer_statement_timeout_than_pages(job):
    def tells(progress, *, access, community):
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return {"message": cursor.fetchone()[0]}

    _run(tells, job)
    assert job.message == "10min"
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] != "10min"


def test_failure_rolls_back_and_shows_its_reason(job):
    def fails(progress, *, access, community):
        Unit.objects.create(community_id=community.id, name="新单位", kinds=["located"])
        raise JobFailed("文件有误，请检查后重试。")

    _run(fails, job)
    assert (job.state, job.message) == ("failed", "文件有误，请检查后重试。")
    assert not Unit.objects.filter(name="新单位").exists()


@pytest.mark.logs_errors
def test_a_crash_is_logged_and_shown_without_details(job):
    def crashes(progress, *, access, community):
        raise ZeroDivisionError

    _run(crashes, job)
    assert job.state == "failed"
    assert "没有写入任何内容" in job.message


def test_a_job_cannot_touch_another_community(job, house):
    def trespasses(progress, *, access, community):
        Unit.objects.create(community_id=house.beizheng.id, name="越界", kinds=["located"])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.jobs.jobs.logger.exception", lambda *args: None)
        _run(trespasses, job)
    assert job.state == "failed"
    assert not Unit.objects.filter(name="越界").exists()


def test_job_without_heartbeat_is_marked_failed(job):
    Progress(job.pk, job.community_id).write(state=Job.State.RUNNING)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - datetime.timedelta(seconds=31))
    fail_lost_jobs.func(timestamp=0)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "后台进程意外中断" in job.message


def test_runtime_login_may_mark_lost_jobs():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('liren_web', 'portal_fail_lost_jobs(integer)', 'EXECUTE')"
        )
        assert cursor.fetchone() == (True,)


def test_job_with_heartbeat_stays_running(job):
    Progress(job.pk, job.community_id).write(state=Job.State.RUNNING, heartbeat_at=timezone.now())
    fail_lost_jobs.func(timestamp=0)
    job.refresh_from_db()
    assert job.state == "running"
