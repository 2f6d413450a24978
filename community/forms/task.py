"""Forms of tasks: what is to be done, who does it, and what came of it."""

from django import forms

from community.colleagues import colleagues
from community.models import Task, User
from portal.forms import PlainForm, RowForm
from portal.permissions import Permission

NOBODY = [("", "暂不指定，由工作人员认领")]


class ColleagueField(forms.ChoiceField):
    """Somebody of the committee who holds certain rights; `offer` says which. Cleans to the user, or None."""

    def offer(
        self,
        community,
        empty: list[tuple[str, str]],
        *rights: str,
        also: tuple[User, ...] = (),
    ) -> None:
        """Those who hold all `rights`; `also`: who was chosen once and holds them no more."""
        users = [*colleagues(community.id, *rights), *also]
        self.found = {str(user.pk): user for user in users}
        self.choices = [*empty, *((key, user.name) for key, user in self.found.items())]

    def prepare_value(self, value):
        return value.pk if isinstance(value, User) else value

    def clean(self, value) -> User | None:
        return self.found.get(super().clean(value))


class TaskForm(RowForm):
    """A task as it is given. Later its owner changes by handing on, not here."""

    owner = ColleagueField(label="承办人", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].widget = forms.Textarea(attrs={"rows": 4, "maxlength": 1000})
        if self.instance.pk:
            del self.fields["owner"]
        else:
            self.fields["owner"].offer(self.community, NOBODY, Permission.TASKS)


class HandOnForm(PlainForm):
    """To whom a task is handed on."""

    to = ColleagueField(label="转交给", error_messages={"required": "请选择转交给谁。"})

    def __init__(self, *args, community, task: Task, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].offer(community, [("", "请选择")], Permission.TASKS, task.required_right)


class ResultForm(PlainForm):
    """What was done, or why not."""

    result = forms.CharField(
        label="办理结果或退回原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明办理结果，退回的写明原因。"},
    )
