"""Forms of the steps of a proposal."""

from django import forms

from community.tasks.forms import ColleagueField
from portal.access.permissions import Permission as P
from portal.cases.forms import StepForm
from services.proposals.choices import AnswerClass, Opinion


def _text(label: str, missing: str = "", rows: int = 3, **more) -> forms.CharField:
    """A text; optional where nothing is said of a missing one."""
    return forms.CharField(
        label=label,
        max_length=2000,
        required=bool(missing),
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
        **more,
    )


class AssignForm(StepForm):
    owner = ColleagueField(label="承办人", error_messages={"required": "请选择承办人。"})
    text = _text("交办意见", help_text="可以不填")

    def prepare(self):
        self.fields["owner"].offer(self.community, [("", "请选择")], P.PROPOSALS)
        self.fields["owner"].initial = self.case.owner_id or self.access.user.pk

    def changes(self):
        return {"owner": self.cleaned_data["owner"]}

    def details(self):
        return {"承办人": self.cleaned_data["owner"].name}


class HandOnForm(AssignForm):
    def clean_owner(self):
        owner = self.cleaned_data["owner"]
        if owner.pk == self.case.owner_id:
            raise forms.ValidationError(f"{owner.name}已经是承办人。")
        return owner


class TalkForm(StepForm):
    text = _text("沟通情况", "请写明与代表或委员沟通的情况。")


class AnswerForm(StepForm):
    answer_class = forms.ChoiceField(
        label="答复类别",
        choices=AnswerClass.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择答复类别。"},
    )
    text = _text("答复内容", "请写明答复内容。", 5)

    def changes(self):
        answers = self.case.answers + 1
        return {"answer_class": self.cleaned_data["answer_class"], "answers": answers, "opinion": ""}

    def details(self):
        return {"答复类别": AnswerClass(self.cleaned_data["answer_class"]).label}


class NoteForm(StepForm):
    text = _text("内部记录", "请填写内容。")


class SatisfiedForm(StepForm):
    text = _text("提出人的意见", help_text="可以不填")

    def changes(self):
        return {"opinion": Opinion.SATISFIED}


class DissatisfiedForm(StepForm):
    text = _text("提出人的意见", "请写明代表或委员的意见。")

    def changes(self):
        return {"opinion": Opinion.DISSATISFIED}
