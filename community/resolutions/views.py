"""Pages of resolutions: enter, change, remove, turn into a task."""

from django.shortcuts import redirect

from community.activities.registers import ActivityRegister
from community.activities.views import ActivityPage
from community.resolutions import actions
from community.resolutions.forms import AddForm, TaskForm, TextForm, about_words
from community.resolutions.models import Resolution
from community.resolutions.registers import ResolutionRegister
from portal.access.permissions import Permission as P
from portal.access.views import require
from portal.form_pages.pages import ActionPage
from portal.registers.views import row_of_page


class AddPage(ActivityPage):
    """Resolutions of a meeting."""

    form_class = AddForm
    title = "登记决议"

    def perform(self, form):
        added = actions.add_resolutions(activity=self.activity, texts=form.cleaned_data["texts"])
        self.message = f"已登记{len(added)}项决议。"
        return self.back


class _ResolutionPage(ActivityPage):
    """Base: a form about one resolution."""

    def load(self, row):
        self.resolution = row_of_page(ResolutionRegister(), self.request, row, P.ACTIVITIES)
        self.set_activity(self.resolution.activity)


class ChangePage(_ResolutionPage):
    """The words of a resolution."""

    form_class = TextForm
    template_name = "community/resolutions/change.html"
    title = "修改决议"
    message = "修改已保存。"

    def form_arguments(self):
        return {"initial": {"text": self.resolution.text, "version": self.resolution.version}}

    def extra_context(self, form):
        delete = self.request.community.url("community:resolution_delete", row=self.resolution.uuid)
        return {"delete_url": "" if self.resolution.task_id else delete}

    def perform(self, form):
        data = form.cleaned_data
        actions.change_text(resolution=self.resolution, text=data["text"], seen_version=data["version"])
        return self.back


class DeletePage(ActionPage):
    """A resolution that was entered by mistake."""

    permission = P.ACTIVITIES
    message = "决议已删除。"

    def load(self, row):
        self.resolution: Resolution = row_of_page(ResolutionRegister(), self.request, row, self.permission)
        self.back = ActivityRegister().url("detail", self.request.community, self.resolution.activity)

    def perform(self):
        actions.remove(resolution=self.resolution)
        return self.back


class TaskPage(_ResolutionPage):
    """A resolution becomes a task."""

    permission = P.TASKS
    form_class = TaskForm
    title = button = "转为任务"

    def load(self, row):
        require(self.request, P.ACTIVITIES)
        super().load(row)
        self.lead = self.resolution.text
        if self.resolution.task_id:
            return redirect(self.back)
        return None

    def form_arguments(self):
        about = about_words(self.resolution.activity, self.request.access, self.request.community)
        initial = {"text": about}
        return {"community": self.request.community, "resolution": self.resolution, "initial": initial}

    def perform(self, form):
        data = form.cleaned_data
        task = actions.to_task(
            by=self.request.user,
            resolution=self.resolution,
            **{name: data[name] for name in ("owner", "due", "text")},
        )
        self.message = f"已转为任务，{f'由{task.owner.name}承办' if task.owner else '待认领'}。"
        return self.back
