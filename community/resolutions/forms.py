"""Forms of resolutions."""

from django import forms
from django.utils import timezone

from community.accounts.colleague_field import ColleagueField
from community.resolutions.models import Resolution
from community.tasks.forms import NOBODY
from portal.access.permissions import Permission as P
from portal.forms.forms import PlainForm
from portal.hooks.registry import call_hooks

_MOST = 500


class AddForm(PlainForm):
    """Resolutions of a meeting, one a line."""

    texts = forms.CharField(
        label="决议内容",
        help_text=f"一行一项，每项不超过{_MOST}字",
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "请写明决议内容。"},
    )

    def clean_texts(self):
        texts = [text for line in self.cleaned_data["texts"].splitlines() if (text := line.strip())]
        for number, text in enumerate(texts, 1):
            if len(text) > _MOST:
                raise forms.ValidationError(
                    f"第{number}行有{len(text)}字，多{len(text) - _MOST}字，请分成几项。"
                )
        if repeated := next((text for text in texts if texts.count(text) > 1), None):
            raise forms.ValidationError(f"“{repeated[:20]}”写了两次。")
        return texts


class TextForm(PlainForm):
    """The words of one resolution."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="决议内容",
        max_length=_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明决议内容。"},
    )


RESOLUTION_ABOUT = "resolution_about"
"""Hook: (meeting, access, community) -> names of units and papers that its resolutions are about, for the text of a task."""

_NAMED = 8
"""Names that the text of a task begins with."""


def about_words(activity, access, community) -> str:
    """What the resolutions of a meeting are about, as the text of a task begins: 有关：…; empty where nothing is known."""
    names = list(dict.fromkeys(call_hooks(RESOLUTION_ABOUT, activity, access, community)))
    more = "等" if len(names) > _NAMED else ""
    return f"有关：{'、'.join(names[:_NAMED])}{more}" if names else ""


class TaskForm(PlainForm):
    """Owner and due date of the task that a resolution becomes."""

    owner = ColleagueField(label="承办人", required=False)
    due = forms.DateField(
        label="办理期限",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请填写正确的日期。"},
    )
    text = forms.CharField(
        label="办理要求", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, community, resolution: Resolution, **kwargs):
        super().__init__(*args, **kwargs)
        right = resolution.activity.declared_kind.right
        self.fields["owner"].offer(community, NOBODY, P.TASKS, right)

    def clean_due(self):
        due = self.cleaned_data["due"]
        if due and due < timezone.localdate():
            raise forms.ValidationError("办理期限不能早于今天。")
        return due
