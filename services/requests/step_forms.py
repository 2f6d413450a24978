"""Forms of the steps of a request."""

import re
from collections.abc import Mapping

from django import forms
from django.apps import apps
from django.db import models
from django.forms.widgets import Script

from community.people.forms import PersonField
from community.tasks.forms import ColleagueField
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.cases.deadlines import postponed
from portal.cases.forms import StepForm, TextStepForm
from services.requests.choices import ASKED, OFFICE_ASKS, AskedBy, Category, Outcome, Rating


def _model(name: str) -> type[models.Model]:
    """A model of this app: its module imports the course, and that these forms."""
    return apps.get_model("services", name)


def _text(label: str, missing: str, rows: int = 4, required: bool = True, **more) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=2000,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
        **more,
    )


BY_DIVISION = "division"
"""Choice of the owner: whoever the division of work names for the category."""


class AssignForm(StepForm):
    """Triage: category and owner. The division of work names an owner for each category (诉求分工)."""

    category = forms.ChoiceField(label="类别", error_messages={"required": "请选择类别。"})
    owner = ColleagueField(label="承办人", error_messages={"required": "请选择承办人。"})
    text = _text("交办意见", "", 2, required=False, help_text="可以不填；居民看不到")

    def prepare(self):
        case, owner = self.case, self.fields["owner"]
        owner.offer(self.community, [("", "请选择")], P.REQUESTS, case.required_right)
        self.owners = {
            category: owner.users_by_key[str(pk)]
            for category, pk in rows(
                _model("CategoryOwner"), self.access, P.REQUESTS, self.community
            ).values_list("category", "owner")
            if str(pk) in owner.users_by_key  # not whose role has ended, or who may not see this one
        }
        if self.owners:
            owner.choices = [(BY_DIVISION, "按诉求分工"), *owner.choices[1:]]
        self.fields["category"].choices = [("", "请选择"), *map(self._with_owner, Category.choices)]
        self.fields["category"].initial = case.category
        by_division = self.owners if not case.category else case.category in self.owners
        owner.initial = BY_DIVISION if by_division else case.owner_id or self.access.user.pk

    def _with_owner(self, choice: tuple[str, str]) -> tuple[str, str]:
        value, label = choice
        return value, f"{label}（{self.owners[value].name}）" if value in self.owners else label

    def clean(self):
        data = super().clean()
        if "owner" in data and data["owner"] is None and (category := data.get("category")):
            data["owner"] = self.owners.get(category)
            if data["owner"] is None:
                words = f"{Category(category).label}没有确定分工，请选择承办人。"
                self.add_error("owner", words)
        return data

    def changes(self):
        return {"category": self.cleaned_data["category"], "owner": self.cleaned_data["owner"]}

    def details(self):
        return {"承办人": self.cleaned_data["owner"].name}


class HandOnForm(StepForm):
    owner = ColleagueField(label="转交给", error_messages={"required": "请选择转交对象。"})
    text = _text("说明", "", 2, required=False, help_text="可以不填；居民看不到")

    def prepare(self):
        self.fields["owner"].offer(self.community, [("", "请选择")], P.REQUESTS, self.case.required_right)

    def clean_owner(self):
        owner = self.cleaned_data["owner"]
        if owner.pk == self.case.owner_id:
            raise forms.ValidationError(f"{owner.name}已经是承办人。")
        return owner

    def changes(self):
        return {"owner": self.cleaned_data["owner"]}

    def details(self):
        return {"承办人": self.cleaned_data["owner"].name}


class TemplateSelect(forms.Select):
    """Choice of a reply template; each option carries its text for the script (`static/js/case.js`)."""

    texts: Mapping[str, str] = {}

    class Media:
        js = (Script("js/case.js", defer=True),)

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if text := self.texts.get(str(value)):
            option["attrs"]["data-text"] = text
        return option


class AnswerForm(StepForm):
    """The public answer and what became of the request; never one 'closed'."""

    template = forms.ChoiceField(
        label="常用答复",
        required=False,
        help_text="选用后填入答复内容，可以再修改",
        widget=TemplateSelect(attrs={"data-fills": "text"}),
    )
    outcome = forms.ChoiceField(
        label="结果", widget=forms.RadioSelect, error_messages={"required": "请选择办理结果。"}
    )
    text = _text(
        "答复内容", "请写明答复内容。", help_text="居民凭查询码看到，请不要写别人的姓名、电话和证件号码"
    )

    def prepare(self):
        self.fields["outcome"].choices = Outcome.choices
        templates = list(rows(_model("ReplyTemplate"), self.access, P.REQUESTS, self.community))
        if not templates:
            del self.fields["template"]
            return
        self.fields["template"].choices = [
            ("", "不选用"),
            *((str(each.pk), each.title) for each in templates),
        ]
        self.texts = {str(each.pk): each.text for each in templates}
        self.fields["template"].widget.texts = self.texts

    def full_clean(self):
        """Without a script the server fills in the template, for another look before it is sent."""
        text = getattr(self, "texts", {}).get(self.data.get("template")) if self.is_bound else None
        is_filled = bool(text) and not self.data.get("text", "").strip()
        if is_filled:
            self.data = self.data.copy()
            self.data["text"], self.data["template"] = text, ""
        super().full_clean()
        if is_filled:
            self.add_error("text", "已填入常用答复，请核对后再提交。")

    def changes(self):
        return {"outcome": self.cleaned_data["outcome"], "rating": ""}

    def details(self):
        return {"结果": dict(self.fields["outcome"].choices)[self.cleaned_data["outcome"]]}


class ForwardForm(StepForm):
    unit = forms.CharField(label="承办单位", max_length=80, error_messages={"required": "请填写承办单位。"})
    text = _text("转办意见", "请写明要单位办理的事项。", 3, help_text="印在转办单上，居民看不到")

    def changes(self):
        return {"unit": self.cleaned_data["unit"]}

    def details(self):
        return {"承办单位": self.cleaned_data["unit"]}


class UnitAnswerForm(StepForm):
    text = _text("单位答复", "请写明单位的答复。", 3)
    how = forms.ChoiceField(
        label="答复方式", choices=[("纸质转办单", "纸质转办单"), ("电话", "电话"), ("当面", "当面")]
    )

    def details(self):
        return {"承办单位": self.case.unit, "答复方式": self.cleaned_data["how"]}


class ToResidentForm(StepForm):
    text = _text("告诉居民", "请写明告诉居民的内容。", 3, help_text="居民凭查询码看到")


class AddedForm(StepForm):
    text = _text("补充的情况", "请写明居民补充的情况。", 3)


class NoteForm(StepForm):
    text = _text("内部记录", "请填写内容。", 3, help_text="只有工作人员看到")


class ReasonForm(TextStepForm):
    text = _text("原因", "请写明原因。", 2)


class RatingForm(StepForm):
    """What the resident says of the answer, as staff asked it."""

    how = forms.ChoiceField(
        label="回访方式", choices=[(way.value, way.label) for way in OFFICE_ASKS], initial=AskedBy.PHONE
    )

    def details(self):
        return {ASKED: AskedBy(self.cleaned_data["how"]).label}


class SatisfiedForm(RatingForm):
    text = _text("居民的话", "", 2, required=False, help_text="可以不填")

    def changes(self):
        return {"rating": Rating.SATISFIED}


class DissatisfiedForm(RatingForm):
    text = _text("不满意的原因", "请写明居民为什么不满意。", 2)

    def changes(self):
        return {"rating": Rating.DISSATISFIED, "dissatisfied": self.case.dissatisfied + 1}


class TryForm(StepForm):
    text = _text("怎样联系的", "请写明怎样联系的，如：拨打电话无人接听。", 2)


class ExplainForm(StepForm):
    text = _text("说明", "请写明向居民说明的情况。", 4, help_text="居民凭查询码看到")

    def changes(self):
        return {"outcome": Outcome.EXPLAINED}


class ExtendForm(StepForm):
    days = forms.IntegerField(
        label="延长（工作日）",
        min_value=1,
        error_messages={
            "required": "请填写延长的工作日数。",
            "invalid": "请填写整数，如：5。",
            "min_value": "至少延长1个工作日。",
        },
    )
    text = _text("延期的原因", "请写明延期的原因。", 2)

    def clean_days(self):
        days, most = self.cleaned_data["days"], self.case.clock_days or 10
        if days > most:
            raise forms.ValidationError(f"最多延长{most}个工作日（原来的期限）。")
        return days

    def changes(self):
        return postponed(self.case, self.cleaned_data["days"]) | {"is_extended": True}

    def details(self):
        return {"延长": f"{self.cleaned_data['days']}个工作日"}


class MergeForm(StepForm):
    """Merging into another request that is open, by its number."""

    into = forms.CharField(
        label="并入哪一件",
        max_length=20,
        help_text="填写编号，如：2026年第12号，或 2026-12",
        error_messages={"required": "请填写诉求的编号。"},
    )

    def clean_into(self):
        parts = re.findall(r"\d+", self.cleaned_data["into"])
        if len(parts) != 2 or max(map(len, parts)) > 6:
            raise forms.ValidationError("请写明年份和号数，如：2026年第12号。")
        found = rows(type(self.case), self.access, P.REQUESTS, self.community).open()
        found = found.filter(year=int(parts[0]), number=int(parts[1])).exclude(pk=self.case.pk).first()
        if found is None:
            raise forms.ValidationError("没有找到这件未办结的诉求，请核对编号。")
        return found

    def changes(self):
        return {"merged_into": self.cleaned_data["into"]}

    def details(self):
        return {"并入": str(self.cleaned_data["into"])}


class LinkForm(StepForm):
    """The resident of the register who made the request; the step does not name them, so that unlinking leaves no name."""

    person = PersonField(label="居民", error_messages={"required": "请填写居民的姓名。"})

    def prepare(self):
        self.fields["person"].set_people(self.access, self.community)

    def clean_person(self):
        person = self.cleaned_data["person"]
        if person.pk == self.case.person_id:
            raise forms.ValidationError(f"这件诉求已经关联{person.name}。")
        return person

    def changes(self):
        return {"person": self.cleaned_data["person"]}


class UnlinkForm(StepForm):
    def changes(self):
        return {"person": None}


class ToStreetForm(StepForm):
    """Forwarding to the street; the contact goes along only where it is ticked."""

    text = _text("转办意见", "请写明请街道办理的事项。", 3, help_text="街道看到，居民看不到")
    with_contact = forms.BooleanField(label="同时转去居民的姓名和电话", required=False)

    def prepare(self):
        if not (self.case.name or self.case.phone):
            del self.fields["with_contact"]
        self.street = self.case.community.street

    def changes(self):
        return {"unit": self.street.name}

    def details(self):
        contact = "转去姓名和电话" if self.cleaned_data.get("with_contact") else "没有转去姓名和电话"
        return {"承办单位": self.street.name, "联系方式": contact}
