"""Forms of home visits: plan one or several, log one, cancel one."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from community.people.forms import PersonField
from community.tasks.forms import ColleagueField
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.attachments.forms import LIMITS, PhotosField
from portal.forms.forms import PlainForm, RowForm
from portal.values.dates import prose_date
from residents.homes.models import Household
from residents.verification.forms import RoundDayField
from residents.visits.models import CATEGORIES, GENERAL, Visit

_WHOLE = "走访整户"


def living_household(access, community, person) -> Household | None:
    """The household in which a person lives now."""
    households = rows(Household, access, P.PEOPLE_NAMES, community).living().valid()
    return households.filter(residences__in=person.residences.living().open()).first()


class VisitedPersonMixin:
    """Mixin for forms with the visited `person`, and `whole` for their whole household."""

    def household_of(self, person, whole: bool) -> Household | None:
        """The visited household; adds an error to the form if the person lives in none."""
        if not (person and whole):
            return None
        household = living_household(self.access, self.community, person)
        if household is None:
            self.add_error("whole", f"{person.name}现在没有居住登记，不能走访整户，请去掉勾选。")
        return household


class VisitForm(VisitedPersonMixin, RowForm):
    """A planned visit; of a logged one also the findings."""

    person = PersonField(label="走访对象")
    whole = forms.BooleanField(label=_WHOLE, required=False)
    worker = ColleagueField(label="走访人", error_messages={"required": "请选择走访人。"})

    field_order = ("person", "whole", "category", "planned_on", "worker", "done_on", "found", "need")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fields, visit = self.fields, self.instance
        fields["person"].set_people(self.access, self.community, dead=bool(visit.pk))
        if visit.pk:
            self.initial |= {"person": visit.person, "whole": visit.household_id is not None}
        else:
            self.initial.setdefault("planned_on", timezone.localdate())
            self.initial.setdefault("worker", self.access.user.pk)
        also = (visit.worker,) if visit.worker_id else ()
        fields["worker"].offer(self.community, [("", "请选择")], P.CARE, also=also)
        if visit.state == Visit.State.DONE:
            fields["done_on"].required = fields["found"].required = True
            for name in ("found", "need"):
                fields[name].widget = forms.Textarea(attrs={"rows": 3, "maxlength": 1000})
            fields["need"].help_text = "在此修改不再次转办"
        else:
            for name in ("done_on", "found", "need"):
                del fields[name]

    def clean_person(self):
        self.instance.person = self.cleaned_data["person"]
        return self.instance.person

    def clean_planned_on(self):
        day = self.cleaned_data["planned_on"]
        if self.instance.state == Visit.State.PLANNED and "planned_on" in self.changed_data:
            check_planned(day)
        return day

    def clean_done_on(self):
        day = self.cleaned_data["done_on"]
        if day and day > timezone.localdate():
            raise ValidationError("走访日期不能晚于今天。")
        return day

    def clean(self):
        cleaned = super().clean()
        if {"person", "whole"} & set(self.changed_data) and "person" in cleaned:
            self.instance.household = self.household_of(cleaned["person"], cleaned.get("whole", False))
        return cleaned


def check_planned(day: datetime.date | None) -> None:
    """Check that a visit is not planned in the past. Raises ValidationError."""
    if day and day < timezone.localdate():
        raise ValidationError("计划日期不能早于今天；已经走访过的，请用“登记走访”。")


class PlanForm(PlainForm):
    """Worker and day for visits to several people who are due."""

    worker = ColleagueField(label="走访人", error_messages={"required": "请选择走访人。"})
    on = forms.DateField(
        label="计划日期",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写计划日期。", "invalid": "请填写正确的日期。"},
    )

    def __init__(self, *args, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["worker"].offer(community, [("", "请选择")], P.CARE)

    def clean_on(self):
        check_planned(self.cleaned_data["on"])
        return self.cleaned_data["on"]

    @property
    def ticked(self) -> set[str]:
        """Keys of the ticked lines."""
        return set(self.data.getlist("row")) if self.is_bound else set()


class LogForm(PlainForm):
    """The log of a planned visit, short enough for a phone; UnplannedForm is for others."""

    done_on = RoundDayField(label="走访日期")
    found = forms.CharField(
        label="走访情况",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明走访情况，没有异常的写“情况正常”。"},
    )
    need = forms.CharField(
        label="发现的需求",
        max_length=1000,
        required=False,
        help_text="需要办理的，保存时转办，承办人可见；只写要办的事，不写病情和家庭隐私",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photos = PhotosField(
        label="照片", required=False, help_text=f"可以不拍；{LIMITS}，仅有走访权限的同事可见"
    )
    next_on = forms.DateField(
        label="下次走访",
        required=False,
        help_text="填写后同时安排下次走访",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请填写正确的日期。"},
    )

    def __init__(self, *args, due: datetime.date | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["done_on"].widget.attrs["max"] = timezone.localdate().isoformat()
        if due:
            self.fields["next_on"].help_text += f"；按规定不晚于{prose_date(due)}"
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean(self):
        cleaned = super().clean()
        done_on, next_on = cleaned.get("done_on"), cleaned.get("next_on")
        if next_on and (next_on < timezone.localdate() or (done_on and next_on <= done_on)):
            self.add_error("next_on", "下次走访应在这次之后，且不早于今天。")
        return cleaned

    @property
    def arguments(self) -> dict:
        """Arguments of the actions."""
        return {name: self.cleaned_data[name] for name in ("done_on", "found", "need", "photos", "next_on")}


class UnplannedForm(VisitedPersonMixin, LogForm):
    """The log of an unplanned visit, with person and category."""

    person = PersonField(label="走访对象", error_messages={"required": "请填写走访对象。"})
    whole = forms.BooleanField(
        label=_WHOLE, required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )
    category = forms.ChoiceField(label="走访类别", choices=CATEGORIES, initial=GENERAL)

    field_order = ("person", "whole", "category", "done_on", "found", "need", "photos", "next_on")

    def __init__(self, *args, access, community, **kwargs):
        self.access, self.community = access, community
        super().__init__(*args, **kwargs)
        self.fields["person"].set_people(access, community)
        self.initial["person"] = self.fields["person"].person_of(self.initial.get("person"))

    def clean(self):
        cleaned = super().clean()
        self.household = self.household_of(cleaned.get("person"), cleaned.get("whole", False))
        return cleaned


class CancelForm(PlainForm):
    """Cancellation of a visit: the reason."""

    reason = forms.CharField(
        label="取消原因",
        max_length=200,
        error_messages={"required": "请写明取消原因，如：已住进养老院。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
