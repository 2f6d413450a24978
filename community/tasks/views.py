"""Task pages (任务): detail page and workflow steps."""

from django.contrib import messages
from django.shortcuts import redirect

from community.tasks import actions
from community.tasks.forms import HandOnForm, ResultForm
from community.tasks.models import Task
from community.tasks.registers import TaskRegister
from portal.form_pages.pages import ActionPage, FormPage
from portal.register_pages.views import DetailView
from portal.registers.views import RegisterView


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
            "is_mine": is_open and self._is_mine(task),
            "may_take": is_open and task.owner_id is None,
            "may_hand_on": task.state != states.DONE,
        }

    def _is_mine(self, task: Task) -> bool:
        """Whether it is the user's own, or that of a colleague who is away and for whom the user stands in."""
        if task.owner_id in (None, self.request.user.pk):
            return task.owner_id is not None
        return task.owner_id in self.request.access.absent_colleagues.get(task.community_id, {})

    def show(self, task: Task, status: int = 200, **more):
        more.setdefault("result_form", ResultForm())
        if "hand_on_form" not in more:  # it asks who may have the task
            more["hand_on_form"] = HandOnForm(community=self.request.community, task=task)
        return super().show(task, status, **more)


class Step(RegisterView):
    """Base of the steps of a task."""

    register = TaskView.register

    def load(self, row):
        self.task = self.get_row()
        self.back = self.url("detail", self.task)


class StepPage(Step, FormPage):
    """Base of steps with a form, which is shown on the detail page as `form_name`."""

    form_name = ""

    def perform(self, form) -> str:
        self.act(form)
        return self.back

    def refuse(self, form, refusal):
        """The detail page says how the task stands now."""
        messages.error(self.request, refusal.sentence)
        return redirect(self.back)

    def show(self, form, status: int = 200):
        detail = TaskView()
        detail.setup(self.request, **self.kwargs)
        return detail.show(self.task, status, **{self.form_name: form})


class HandOnPage(StepPage):
    form_class, form_name, message = HandOnForm, "hand_on_form", "已转交。"

    def form_arguments(self) -> dict:
        return {"community": self.request.community, "task": self.task}

    def act(self, form) -> None:
        actions.hand_on(by=self.request.user, task=self.task, to=form.cleaned_data["to"])


class FinishPage(StepPage):
    form_class, form_name, message = ResultForm, "result_form", "已办结。"

    def act(self, form) -> None:
        actions.finish(by=self.request.user, task=self.task, result=form.cleaned_data["result"])


class DeclinePage(FinishPage):
    message = "已退回给交办人。"

    def act(self, form) -> None:
        actions.decline(by=self.request.user, task=self.task, reason=form.cleaned_data["result"])


class TakePage(Step, ActionPage):
    message = "已认领，由您承办。"

    def perform(self) -> str:
        actions.take(by=self.request.user, task=self.task)
        return self.back


class ReopenPage(Step, ActionPage):
    message = "已重新打开。"

    def perform(self) -> str:
        actions.reopen(by=self.request.user, task=self.task)
        return self.back
