"""Background jobs, with progress that a page can follow.

A job has two rows: procrastinate's (what to run) and our `Job` (progress, and the user who asked for it). Progress is
written over the journal connection, so that it is visible while the job's own transaction is still open.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import contextmanager

from django.contrib.auth import get_user_model
from django.db import Error, connection, connections
from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django import app

from portal.access.db_scope import APP, scope
from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.audit.access_log import CONNECTION_ALIAS
from portal.files.storage import StorageFull, is_full
from portal.jobs.models import Job

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5
STATEMENT_MINUTES = 10
"""Statement timeout of jobs, longer than that of pages: undoing an import of 100,000 rows takes minutes."""
LOST_AFTER_SECONDS = 30


def enqueue(task, *, community_id: int, user_id: int, title: str, **arguments) -> Job:
    """Queue `task` (made by `background`) in the caller's transaction; it runs after the commit."""
    job = Job.objects.create(community_id=community_id, user_id=user_id, title=title)
    task.defer(job_id=job.pk, community_id=community_id, user_id=user_id, **arguments)
    return job


def jobs_of(user, community):
    """Jobs that the user started in a community; nobody sees another user's."""
    return Job.objects.of(community).filter(user_id=user.pk)


class Progress:
    """Progress of a running job. `step` may be called often; it writes at most every half second."""

    def __init__(self, job_id: int, community_id: int):
        self.job_id = job_id
        self.community_id = community_id
        self._written = timezone.now()

    def step(self, done: int, total: int) -> None:
        now = timezone.now()
        if (now - self._written).total_seconds() < 0.5 and done != total:
            return
        self._written = now
        self.write(done=done, total=total, heartbeat_at=now)

    def write(self, **fields) -> None:
        with scope(APP, communities=[self.community_id], write=[self.community_id], using=CONNECTION_ALIAS):
            Job.objects.using(CONNECTION_ALIAS).filter(pk=self.job_id).exclude(state=Job.State.FAILED).update(
                **fields
            )


@contextmanager
def _heartbeat(progress: Progress):
    """Write a heartbeat every few seconds in a thread, so that it goes on during a long statement."""
    stopped = threading.Event()

    def beat() -> None:
        while not stopped.wait(HEARTBEAT_SECONDS):
            try:
                progress.write(heartbeat_at=timezone.now())
            except Error:
                # A heartbeat lost to a lock or a restart must not end the thread: the job may still succeed.
                logger.warning("a heartbeat of job %s was lost", progress.job_id)
                connections[CONNECTION_ALIAS].close()
        connections[CONNECTION_ALIAS].close()

    thread = threading.Thread(target=beat, name=f"heartbeat of job {progress.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


class JobFailed(Exception):
    """The job cannot be done. The text is the sentence to show to the user."""


NO_RIGHT = (
    "您已无办理该事项的权限（岗位已解除或账号已停用），没有改动任何内容。需要继续的，请由有权限的同事办理。"
)
RequiredRight = Permission | Callable[..., Permission]
"""Right that a kind of job requires, or a function that returns it for the job's arguments and `community_id`."""

RIGHTS_BY_TASK: dict[str, RequiredRight] = {}
"""Name of every task declared by `background` → the right it requires."""


def _authorise(
    needs: RequiredRight, community_id: int, access: Access | None, arguments: dict
) -> tuple[Access, CommunityRef]:
    """Access and community of the job's user, if the user still holds the right. Raises JobFailed."""
    right = needs if isinstance(needs, Permission) else needs(community_id=community_id, **arguments)
    community = next((ref for ref in access.communities if ref.id == community_id), None) if access else None
    if community is None or not access.can(right, community):
        raise JobFailed(NO_RIGHT)
    return access, community


def _fail(progress: Progress, sentence: str) -> None:
    """Mark the job as failed. If the database is unavailable too, `fail_lost_jobs` does so later."""
    try:
        progress.write(state=Job.State.FAILED, message=sentence[:300], finished_at=timezone.now())
    except Error:
        logger.warning("the end of job %s could not be written", progress.job_id)
        connections[CONNECTION_ALIAS].close()


def background(needs: RequiredRight, *, name: str) -> Callable[[Callable], Callable]:
    """Decorator: make a procrastinate task of `function(progress, *, access, community, **arguments)`.

    `name` is `<app>.<what it does>`, a literal of its own: the queue stores it, so no renamed module may change it.
    The task runs inside the community's scope in one transaction, so a killed worker leaves all or nothing. The right
    of the user is checked again when it runs. It returns the job's result: a dict with `message` and `result_url`.
    """
    return lambda function: _task(function, needs, name)


def _task(function: Callable, needs: RequiredRight, name: str) -> Callable:
    def run(job_id: int, community_id: int, user_id: int, **arguments):
        progress = Progress(job_id, community_id)
        progress.write(state=Job.State.RUNNING, heartbeat_at=timezone.now())
        try:
            requester = get_user_model()._default_manager.filter(pk=user_id, is_active=True).first()
            access = Access.of(requester) if requester else None
            rights = sorted(access.rights_in(community_id)) if access else ()
            scope_arguments = {"communities": [community_id], "write": [community_id], "user_id": user_id}
            with (
                _heartbeat(progress),
                scope(APP, action=name.partition(".")[2], rights=rights, **scope_arguments),
            ):
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_MINUTES}min'")
                access, community = _authorise(needs, community_id, access, arguments)
                result = function(progress, access=access, community=community, **arguments) or {}
                # In the job's own transaction, so that the job is marked done exactly if its work is committed.
                Job.objects.filter(pk=job_id).update(
                    state=Job.State.DONE, done=F("total"), finished_at=timezone.now(), **result
                )
        except JobFailed as failure:
            _fail(progress, str(failure))
        except Exception as problem:
            logger.exception("job %s failed", job_id)
            full = is_full(problem)
            _fail(
                progress, str(StorageFull()) if full else "处理时出错，没有写入任何内容，请重试或联系管理员。"
            )

    run.__name__ = function.__name__
    run.__qualname__ = function.__qualname__
    run.__module__ = function.__module__
    run.__doc__ = function.__doc__
    RIGHTS_BY_TASK[name] = needs
    return app.task(name=name)(run)
