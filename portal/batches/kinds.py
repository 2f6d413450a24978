"""Kinds of batch: their background jobs, and the same steps within a request for few rows.

Each job runs in one transaction: a killed worker leaves all or nothing.
"""

from collections.abc import Callable

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.batches.models import Batch
from portal.jobs.jobs import JobFailed, Progress, background, enqueue
from portal.jobs.progress import ProgressCallback, no_progress
from portal.registers.registers import Register
from portal.registers.registry import get_register

State = Batch.State
Step = Callable[[Batch, Register, Access, CommunityRef, ProgressCallback], str]
"""(locked batch, register, access, community, progress from 0 to 1) -> message of the job. May raise BatchRefused."""
MayStart = Callable[[Batch], bool]


class BatchRefused(Exception):
    """Nothing was written. The text is the sentence to show."""


class BatchKind:
    """A kind of batch. Its tasks are named `portal.check_<kind>`, `apply` and `undo` likewise.

    right: (register) -> the right that pages and jobs require. gone: sentence if the batch was discarded meanwhile.
    """

    def __init__(
        self,
        model: type[Batch],
        *,
        right: Callable[[Register], Permission],
        gone: str,
        check: Step,
        apply: Step,
        undo: Step,
    ):
        self.model, self._right, self._gone = model, right, gone
        self._steps = {State.CHECKING: check, State.APPLYING: apply, State.UNDOING: undo}
        verbs = {State.CHECKING: "check", State.APPLYING: "apply", State.UNDOING: "undo"}
        self._tasks = {
            state: self._task(state, f"portal.{verb}_{model.kind}") for state, verb in verbs.items()
        }

    def start(
        self,
        batch: Batch,
        may: MayStart,
        state: str,
        *,
        access: Access,
        community: CommunityRef,
        title: str,
        at_once: bool = False,
        **fields,
    ) -> bool:
        """Set `fields` and begin the step of `state`: its job, or the step itself if `at_once`.

        False when the batch's state no longer allows it. Raises BatchRefused if `at_once`.
        """
        locked = batch.lock()
        if locked is None or not may(locked):
            return False
        for name, value in fields.items():
            setattr(locked, name, value)
        if not at_once:
            locked.state = state
            locked.job = enqueue(
                self._tasks[state],
                community_id=community.id,
                user_id=access.user.pk,
                title=title[:200],
                batch_id=locked.pk,
            )
            fields |= {"state": state, "job": locked.job}
        locked.save(update_fields=list(fields))
        if at_once:
            self._steps[state](locked, get_register(locked.register), access, community, no_progress)
        return True

    def _task(self, state: str, name: str):
        def run(progress: Progress, *, access: Access, community: CommunityRef, batch_id: int) -> dict:
            rows = self.model._default_manager.select_for_update().filter(
                community_id=community.id, pk=batch_id
            )
            batch = rows.filter(job_id=progress.job_id, state=state).first()
            if batch is None:
                return {"message": "已由另一项任务处理。"}
            register = get_register(batch.register)
            try:
                message = self._steps[state](batch, register, access, community, _per_cent(progress))
            except BatchRefused as reason:
                raise JobFailed(str(reason)) from reason
            return {"message": message[:300]}

        return background(self._required_right, name=name)(run)

    def _required_right(self, *, community_id: int, batch_id: int) -> Permission:
        rows = self.model._default_manager.filter(community_id=community_id, pk=batch_id)
        batch = rows.only("register").first()
        if batch is None:
            raise JobFailed(self._gone)
        return self._right(get_register(batch.register))


def _per_cent(progress: Progress) -> ProgressCallback:
    """Progress callback that reports a fraction from 0 to 1 as per cent of the job."""
    return lambda done: progress.step(min(99, int(done * 100)), 100)
