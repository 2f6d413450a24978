"""Long work in the background, with progress that a page can follow.

A job has two rows: procrastinate's (what to run) and our `Job` (how far it is, for whom). Progress is
written over the journal connection, so it is seen while the work's own transaction is still open.
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

from portal.access import Access, CommunityRef
from portal.journal import ALIAS
from portal.models import Job
from portal.permissions import Permission
from portal.scope import APP, scope
from portal.storage import StorageFull, is_full

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5
STATEMENT_MINUTES = 10
"""A page may not wait a minute for one statement; a job that takes 100,000 rows back may."""
LOST_AFTER_SECONDS = 30


def enqueue(task, *, community_id: int, user_id: int, title: str, **arguments) -> Job:
    """Queue `task` (made by `background`) inside the caller's transaction; it runs once that commits."""
    job = Job.objects.create(community_id=community_id, user_id=user_id, title=title)
    task.defer(job_id=job.pk, community_id=community_id, user_id=user_id, **arguments)
    return job


def jobs_of(user, community):
    """The jobs a user asked for in a community; nobody sees another's."""
    return Job.objects.of(community).filter(user_id=user.pk)


class Progress:
    """How far a running job is. `step` may be called often; it writes at most every half second."""

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
        with scope(APP, communities=[self.community_id], write=[self.community_id], using=ALIAS):
            Job.objects.using(ALIAS).filter(pk=self.job_id).exclude(state=Job.State.FAILED).update(**fields)


@contextmanager
def _heartbeat(progress: Progress):
    """Show every few seconds that the worker lives, also while one long statement runs."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(HEARTBEAT_SECONDS):
            try:
                progress.write(heartbeat_at=timezone.now())
            except Error:
                # One beat lost to a lock or a restart must not end the others: the work may still succeed.
                logger.warning("a heartbeat of job %s was lost", progress.job_id)
                connections[ALIAS].close()
        connections[ALIAS].close()

    thread = threading.Thread(target=beat, name=f"heartbeat of job {progress.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class JobFailed(Exception):
    """The work cannot be done; the sentence is shown to whoever asked for it."""


NO_RIGHT = (
    "您已没有办理这件事的权限（角色已结束或账号已停用），没有改动任何内容。需要继续的，请由有权限的同事办理。"
)
Needs = Permission | Callable[..., Permission]
"""The right that a kind of job takes, or what tells it from the job's arguments and `community_id`."""

KINDS: dict[str, Needs] = {}
"""The name of every task of `background`, and what it needs."""


def _asker(
    needs: Needs, community_id: int, access: Access | None, arguments: dict
) -> tuple[Access, CommunityRef]:
    """What the user of a job may do now: who lost the right since asking gets nothing done any more."""
    right = needs if isinstance(needs, Permission) else needs(community_id=community_id, **arguments)
    community = next((ref for ref in access.communities if ref.id == community_id), None) if access else None
    if community is None or not access.can(right, community):
        raise JobFailed(NO_RIGHT)
    return access, community


def _fail(progress: Progress, sentence: str) -> None:
    """Say that the job was not done. Where the database is away too, `fail_lost_jobs` says it later."""
    try:
        progress.write(state=Job.State.FAILED, message=sentence[:300], finished_at=timezone.now())
    except Error:
        logger.warning("the end of job %s could not be written", progress.job_id)
        connections[ALIAS].close()


def background(needs: Needs, *, name: str) -> Callable[[Callable], Callable]:
    """Decorator: make a procrastinate task of `function(progress, *, access, community, **arguments)`.

    `name` is `<app>.<what it does>`, a literal of its own: the queue stores it, so no renamed module may change it.
    The task runs inside the community's scope in one transaction, so a killed worker leaves all or nothing. The right
    of the user is checked again when it runs. It returns the job's result: a dict with `message` and `result_url`.
    """
    return lambda function: _task(function, needs, name)


def _task(function: Callable, needs: Needs, name: str) -> Callable:
    def run(job_id: int, community_id: int, user_id: int, **arguments):
        progress = Progress(job_id, community_id)
        progress.write(state=Job.State.RUNNING, heartbeat_at=timezone.now())
        try:
            asker = get_user_model()._default_manager.filter(pk=user_id, is_active=True).first()
            access = Access.of(asker) if asker else None
            rights = sorted(access.rights_in(community_id)) if access else ()
            reach = {"communities": [community_id], "write": [community_id], "user_id": user_id}
            with _heartbeat(progress), scope(APP, action=name.partition(".")[2], rights=rights, **reach):
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_MINUTES}min'")
                access, community = _asker(needs, community_id, access, arguments)
                result = function(progress, access=access, community=community, **arguments) or {}
                # In the work's own transaction: the job is done exactly if the work is.
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
    KINDS[name] = needs
    return app.task(name=name)(run)
