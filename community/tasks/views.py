"""Task pages (任务): detail page and workflow steps."""

from django.contrib import messages
from django.shortcuts import redirect

from community.tasks import actions
from community.tasks.forms import HandOnForm, ResultForm
from community.tasks.models import Task
from community.tasks.registers import TaskRegister
from portal.register_pages.views import DetailView


class TaskView(DetailView):
    """Detail page of a task, with its history and possible steps."""

    register = TaskRegister()
    template = "community/tasks/detail.html"

    def context(self, task: Task) -> dict:
        states = Task.State
        is_open = task.state == states.OPEN
        return super().context(task) | {
            "source_url": task.source_url,
            "is_open": is_open,
            "is_mine": is_open and task.owner_id == self.request.user.pk,
            "may_take": is_open and task.owner_id is None,
            "may_hand_on": task.state != states.DONE,
        }

    def show(self, task: Task, status: int = 200, **more):
        more = {
            "result_form": ResultForm(),
            "hand_on_form": HandOnForm(community=self.request.community, task=task),
        } | more
        return super().show(task, status, **more)


class StepView(TaskView):
    """Base of workflow steps: POST calls `act(task, data)` of the subclass.

    `form_name`: template variable of its form, if it has one.
    """

    form_name = ""
    success_text = ""

    def get(self, request, row):
        # After signing in again the user returns by GET, which writes nothing.
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
            messages.success(request, self.success_text)
        return redirect(self.url("detail", task))

    def make_form(self, task: Task):
        return None


class TakeView(StepView):
    success_text = "已认领，由您承办。"

    def act(self, task, data):
        actions.take(by=self.request.user, task=task)


class HandOnView(StepView):
    form_name, success_text = "hand_on_form", "已转交。"

    def make_form(self, task):
        return HandOnForm(self.request.POST, community=self.request.community, task=task)

    def act(self, task, data):
        actions.hand_on(by=self.request.user, task=task, to=data["to"])


class FinishView(StepView):
    form_name, success_text = "result_form", "已办结。"

    def make_form(self, task):
        return ResultForm(self.request.POST)

    def act(self, task, data):
        actions.finish(by=self.request.user, task=task, result=data["result"])


class DeclineView(FinishView):
    success_text = "已退回给交办人。"

    def act(self, task, data):
        actions.decline(by=self.request.user, task=task, reason=data["result"])


class ReopenView(StepView):
    success_text = "已重新打开。"

    def act(self, task, data):
        actions.reopen(by=self.request.user, task=task)
