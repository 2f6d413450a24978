"""Forms for tasks: content, owner and result."""

from django import forms

from community.accounts.colleague_field import ColleagueField
from community.tasks.models import Task
from portal.access.permissions import Permission
from portal.forms.forms import PlainForm, RowForm
from portal.forms.idempotency import IdempotentFormMixin

NOBODY = [("", "暂不指定，由工作人员认领")]


class TaskForm(RowForm):
    """A new or edited task. The owner of an existing one changes by handing on, not here."""

    owner = ColleagueField(label="承办人", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].widget = forms.Textarea(attrs={"rows": 4, "maxlength": 1000})
        if self.instance.pk:
            del self.fields["owner"]
        else:
            self.fields["owner"].offer(self.community, NOBODY, Permission.TASKS)


class HandOnForm(IdempotentFormMixin, PlainForm):
    """New owner of a task."""

    to = ColleagueField(label="转交给", error_messages={"required": "请选择转交对象。"})

    def __init__(self, *args, community, task: Task, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].offer(community, [("", "请选择")], Permission.TASKS, task.required_right)


class ResultForm(IdempotentFormMixin, PlainForm):
    """Result of a task, or the reason for declining it."""

    result = forms.CharField(
        label="办理结果或退回原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明办理结果，退回的写明原因。"},
    )
