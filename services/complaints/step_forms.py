"""Forms of the steps of a complaint."""

from django import forms

from portal.cases.forms import StepForm, TextStepForm


class TakeForm(StepForm):
    """Whoever takes it is its owner."""

    def changes(self):
        return {"owner": self.access.user}

    def details(self):
        return {"承办人": self.access.user.name}


def _text(label: str, missing: str, help_text: str, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=2000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
    )


class AnswerForm(TextStepForm):
    text = _text("答复内容", "请写明答复内容。", "反映人凭查询码看到", 4)


class ReplyForm(TextStepForm):
    text = _text("告诉反映人", "请写明告诉反映人的内容。", "反映人凭查询码看到")


class NoteForm(TextStepForm):
    text = _text("内部记录", "请填写内容。", "反映人看不到")
