"""One task (任务): what is to be done, what came of it, and the buttons of whoever may go on with it."""

from django.contrib import messages
from django.shortcuts import redirect

from community.actions import tasks as actions
from community.forms.task import HandOnForm, ResultForm
from community.models import Task
from community.registers_tasks import TaskRegister
from portal.views.register import DetailView


class TaskView(DetailView):
    """The task with its course and what may be done now."""

    register = TaskRegister()
    template = "community/task/detail.html"

    def context(self, found: Task) -> dict:
        states = Task.State
        is_open = found.state == states.OPEN
        return super().context(found) | {
            "source_url": found.source_url,
            "is_open": is_open,
            "is_mine": is_open and found.owner_id == self.request.user.pk,
            "may_take": is_open and found.owner_id is None,
            "may_hand_on": found.state != states.DONE,
        }

    def show(self, found: Task, status: int = 200, **more):
        more = {
            "result_form": ResultForm(),
            "hand_on_form": HandOnForm(community=self.request.community, task=found),
        } | more
        return super().show(found, status, **more)


class StepView(TaskView):
    """One step of a task, taken by `act(task, given)` of its class.

    `form_name` is its form's name on the page, where it asks for something.
    """

    form_name = ""
    said = ""

    def get(self, request, row):
        # Somebody who had to sign in again comes back by GET; nothing is written by that.
        return redirect(self.url("detail", self.get_row()))

    def post(self, request, row):
        task = self.get_row()
        form = self.make_form(task)
        if form is not None and not form.is_valid():
            return self.show(task, 422, **{self.form_name: form})
        try:
            self.act(task, form.cleaned_data if form else {})
        except actions.TaskError as problem:
            messages.error(request, f"{problem}。")
        else:
            messages.success(request, self.said)
        return redirect(self.url("detail", task))

    def make_form(self, task: Task):
        return None


class TakeView(StepView):
    said = "已认领，由您承办。"

    def act(self, task, given):
        actions.take(by=self.request.user, task=task)


class HandOnView(StepView):
    form_name, said = "hand_on_form", "已转交。"

    def make_form(self, task):
        return HandOnForm(self.request.POST, community=self.request.community, task=task)

    def act(self, task, given):
        actions.hand_on(by=self.request.user, task=task, to=given["to"])


class FinishView(StepView):
    form_name, said = "result_form", "已办结。"

    def make_form(self, task):
        return ResultForm(self.request.POST)

    def act(self, task, given):
        actions.finish(by=self.request.user, task=task, result=given["result"])


class DeclineView(FinishView):
    said = "已退回给交办人。"

    def act(self, task, given):
        actions.decline(by=self.request.user, task=task, reason=given["result"])


class ReopenView(StepView):
    said = "已重新打开。"

    def act(self, task, given):
        actions.reopen(by=self.request.user, task=task)
