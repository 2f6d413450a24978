"""Forms of health follow-up. Their input is encrypted before it is stored, and never saved by the browser."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from community.people.forms import PersonField
from portal.access.permissions import Permission as P
from portal.forms.fields import DayField
from portal.forms.forms import PlainForm
from residents.health.actions import LEAST_PRESSURE, MOST_PRESSURE, FollowUpFindings
from residents.health.due import GRADES
from residents.health.models import Disease, HealthNotice


class HealthForm(PlainForm):
    """Base of health forms: no autocompletion by the browser."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")


class HealthPersonField(PersonField):
    """Picks a person of the community for holders of the health right alone: by name, with place or birth year."""

    def offer_anybody(self, access, community, *, dead: bool = False) -> None:
        page = "residents:health_pick_any" if dead else "residents:health_pick"
        self.set_people(access, community, right=P.HEALTH, page=page, dead=dead)


def _diseases() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="所患慢性病",
        choices=Disease.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )


def _note() -> forms.CharField:
    return forms.CharField(
        label="备注", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


def _pressure(label: str, example: int) -> forms.IntegerField:
    outside = f"血压应在{LEAST_PRESSURE}到{MOST_PRESSURE}之间，请核对。"
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=LEAST_PRESSURE,
        max_value=MOST_PRESSURE,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": f"血压请写整数，如 {example}。",
            "min_value": outside,
            "max_value": outside,
        },
    )


def _day(label: str, **kwargs) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写日期。", "invalid": "请填写正确的日期。"},
        **kwargs,
    )


def _moment(label: str, **kwargs) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "请填写时间。", "invalid": "时间应写到几点几分，如 2026-11-26 14:30。"},
        **kwargs,
    )


class RecordForm(HealthForm):
    """A new health record."""

    person = HealthPersonField(label="姓名", error_messages={"required": "请填写姓名。"})
    diseases = _diseases()
    note = _note()
    next_due = _day("首次随访", required=False, help_text="不填的为今天")

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].offer_anybody(access, community)

    def clean_next_due(self):
        day = self.cleaned_data["next_due"]
        if day and day < timezone.localdate():
            raise ValidationError("首次随访不能早于今天。")
        return day


class ChangeForm(PlainForm):
    """Change of diseases or note; `version` is the one that was shown."""

    diseases = _diseases()
    note = _note()
    version = forms.IntegerField(widget=forms.HiddenInput)


class FollowUpFindingsForm(PlainForm):
    """Base of follow-up forms: the findings."""

    systolic = _pressure("收缩压（高压，毫米汞柱）", 128)
    diastolic = _pressure("舒张压（低压，毫米汞柱）", 82)
    found = forms.CharField(
        label="随访情况",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明随访情况，没有异常的写“情况稳定”。"},
    )
    advice = forms.CharField(
        label="指导建议", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self):
        cleaned = super().clean()
        high, low = cleaned.get("systolic"), cleaned.get("diastolic")
        if not self.errors.keys() & {"systolic", "diastolic"}:
            if (high is None) != (low is None):
                missing = "systolic" if high is None else "diastolic"
                self.add_error(missing, "收缩压和舒张压应同时填写。")
            elif high is not None and high <= low:
                self.add_error("systolic", "收缩压应高于舒张压，请核对是否填反。")
        return cleaned

    @property
    def findings(self) -> FollowUpFindings:
        """Argument `findings` of the actions."""
        return FollowUpFindings(
            **{name: self.cleaned_data[name] for name in ("systolic", "diastolic", "found", "advice")}
        )


class FollowUpForm(FollowUpFindingsForm, HealthForm):
    """A new follow-up."""

    on = DayField(label="随访日期")
    next_due = _day("下次随访", required=False, help_text="不填的按病种的随访间隔安排")

    field_order = ("on", "systolic", "diastolic", "found", "advice", "next_due")

    def clean(self):
        cleaned = super().clean()
        on, planned = cleaned.get("on"), cleaned.get("next_due")
        if on and planned and planned <= on:
            self.add_error("next_due", "下次随访应在本次随访之后。")
        return cleaned


class CorrectForm(FollowUpFindingsForm):
    """Correction of a follow-up; `version` is the one that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class EndForm(PlainForm):
    """End of follow-up: reason and day."""

    on = DayField(label="结束日期")
    why = forms.ChoiceField(
        label="结束原因",
        choices=[
            ("", "请选择"),
            *((word, word) for word in ("去世", "迁出本社区", "本人不再接受随访", "转由其他机构随访")),
        ],
        error_messages={"required": "请选择结束原因。"},
    )


class NoticeForm(HealthForm):
    """A notice to the health centre."""

    kind = forms.ChoiceField(label="报告类别", choices=HealthNotice.Kind.choices)
    person = HealthPersonField(label="姓名", error_messages={"required": "请填写姓名。"})
    noticed_at = _moment("发现（得知）时间", initial=lambda: timezone.localtime())
    grade = forms.ChoiceField(label="传染病分类", choices=[("", "死亡报告不选"), *GRADES], required=False)
    disease = forms.CharField(label="病名或死因", max_length=100, required=False)
    text = forms.CharField(
        label="情况说明", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].offer_anybody(access, community, dead=True)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") == HealthNotice.Kind.INFECTIOUS:
            if not cleaned.get("grade"):
                self.add_error("grade", "请选择传染病分类，报告时限按它计算；不清楚的先按甲类报告。")
            if not cleaned.get("disease"):
                self.add_error("disease", "请填写病名，疑似的写“疑似××”。")
        else:
            cleaned["grade"] = ""
        return cleaned


class SendNoticeForm(PlainForm):
    """Sending of a notice: time and recipient."""

    sent_at = _moment("报出时间", initial=lambda: timezone.localtime())
    sent_to = forms.CharField(
        label="报给",
        max_length=80,
        help_text="单位和接报人",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请写明接报单位和接报人。"},
    )

    def clean_sent_at(self) -> datetime.datetime:
        at = self.cleaned_data["sent_at"]
        if at > timezone.now():
            raise ValidationError("报出时间不能晚于现在。")
        return at
