"""Background jobs: progress outlives the work's transaction, failure leaves nothing, a lost worker is noticed."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from community.models import Unit
from portal.jobs import JobFailed, Progress, background
from portal.models import Job
from portal.permissions import Permission
from portal.tasks import fail_lost_jobs

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "journal"])


@pytest.fixture
def job(house, cast):
    return Job.objects.create(community_id=house.kuocang.id, user_id=cast["staff"].id, title="试")


@pytest.fixture(autouse=True)
def no_kinds_left_behind(monkeypatch):
    """Tasks of these tests are no kinds of job for the tests of rights."""
    monkeypatch.setattr("portal.jobs.KINDS", {})


def _run(function, job):
    background(Permission.PEOPLE_EDIT, name=f"tests.{function.__name__}")(function).func(
        job_id=job.pk, community_id=job.community_id, user_id=job.user_id
    )
    job.refresh_from_db()


def test_work_and_its_end_are_one_transaction(job, house):
    def succeeds(progress, *, access, community):
        Unit.objects.create(community_id=community.id, name="新单位", kind="located")
        progress.step(1, 1)
        return {"message": "好了", "result_url": "/x/"}

    _run(succeeds, job)
    assert (job.state, job.message, job.percent) == ("done", "好了", 100)
    assert Unit.objects.filter(name="新单位").exists()


def test_a_job_may_take_longer_over_a_statement_than_a_page(job):
    def tells(progress, *, access, community):
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return {"message": cursor.fetchone()[0]}

    _run(tells, job)
    assert job.message == "10min"
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] != "10min"


def test_a_failure_leaves_nothing_and_says_why(job):
    def fails(progress, *, access, community):
        Unit.objects.create(community_id=community.id, name="新单位", kind="located")
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
        Unit.objects.create(community_id=house.beizheng.id, name="越界", kind="located")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.jobs.logger.exception", lambda *args: None)
        _run(trespasses, job)
    assert job.state == "failed"
    assert not Unit.objects.filter(name="越界").exists()


def test_a_job_whose_worker_died_is_failed_within_a_minute(job):
    Progress(job.pk, job.community_id).write(state=Job.State.RUNNING)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - datetime.timedelta(seconds=31))
    fail_lost_jobs.func(timestamp=0)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "后台进程意外中断" in job.message


def test_the_worker_may_ask_for_lost_jobs():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('liren_web', 'portal_fail_lost_jobs(integer)', 'EXECUTE')"
        )
        assert cursor.fetchone() == (True,)


def test_a_job_that_beats_is_left_alone(job):
    Progress(job.pk, job.community_id).write(state=Job.State.RUNNING, heartbeat_at=timezone.now())
    fail_lost_jobs.func(timestamp=0)
    job.refresh_from_db()
    assert job.state == "running"
