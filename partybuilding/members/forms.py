"""Forms of party members: registration, a step, extension, state, end."""

from django import forms
from django.utils import timezone

from community.bodies.kinds import BodyKind
from community.bodies.models import Body
from community.people.forms import PersonField
from partybuilding.members.actions import open_registration
from partybuilding.members.choices import EndReason, Relation, Stage, State
from partybuilding.members.models import Member
from partybuilding.members.new_person import NewPersonMixin
from partybuilding.members.path import Step
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.forms.fields import DayField
from portal.forms.forms import PlainForm, RowForm

BRANCH_KINDS = (BodyKind.BRANCH, BodyKind.PARTY_GROUP)
"""Kinds of the bodies at which members stand."""


def branches_of(access, community, right: P = P.BRANCH):
    """The branches and groups that exist and for which the user holds the right."""
    return rows(Body, access, right, community).filter(kind__in=BRANCH_KINDS).current().order_by("id")


class MonthField(forms.DateField):
    """A month; its first day."""

    def __init__(self, **kwargs):
        super().__init__(
            input_formats=["%Y-%m", "%Y-%m-%d"],
            widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
            error_messages={
                "required": "请填写月份。",
                "invalid": "月份请写成 2026-01。",
            },
            **kwargs,
        )

    def clean(self, value):
        day = super().clean(value)
        return day.replace(day=1) if day else None


class MemberForm(NewPersonMixin, RowForm):
    """A member; whose registration it is cannot be changed later. State, transfer and end are acts of their own."""

    dues_from = MonthField(
        label="党费起缴月份", required=False, help_text="自哪个月起在本支部缴纳；在别处缴纳的留空"
    )
    error_fields = {"member_person_once": "person"}

    class Meta:
        model = Member
        fields = (
            "branch relation stage applied_on joined_on probation_ends_on full_on came_on is_retired native_place home_branch"
            " dues_from dues_standard note"
        ).split()

    field_order = (
        "person name sex birth id_number phone branch relation stage applied_on joined_on probation_ends_on full_on came_on"
        " is_retired native_place home_branch dues_from dues_standard note double"
    ).split()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["dues_from"].widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
        self.fields["branch"].queryset = branches_of(self.access, self.community)
        if self.instance.pk is not None:
            # Another branch is a transfer, which the other branch and the member's papers have to know of.
            del self.fields["branch"]
            if self.instance.steps.exists():
                del self.fields["stage"]
            return
        if self.access.can(P.PEOPLE_NAMES, self.community):
            self.fields["person"] = PersonField(
                label="居民",
                required=False,
                help_text="社区居民输入姓名后选择；不在居民台账的留空，填写下面各项",
            )
            self.fields["person"].set_people(self.access, self.community)
            self.initial["person"] = self.fields["person"].person_of(self.initial.get("person"))
        self.add_person_fields()
        self.order_fields(self.field_order)

    def _get_validation_exclusions(self):
        # A new person has no key before it is saved; that somebody is registered once is checked by `_check_once`.
        return super()._get_validation_exclusions() | {"person"}

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk is None:
            person = cleaned.get("person")
            if person is None and "person" not in self.errors:
                person = self.person_from_fields(cleaned)
            if person is not None:
                self.instance.person = person
                self._check_once(person)
        self._check_dates(cleaned)
        return cleaned

    def _check_once(self, person) -> None:
        if person.pk is None:
            return
        member = open_registration(person)
        if member is None:
            return
        seen = rows(Member, self.access, P.BRANCH, self.community).filter(pk=member.pk).exists()
        where = f"{member.branch}，{member.get_relation_display()}" if seen else "其他支部"
        field = "person" if "person" in self.fields and self.cleaned_data.get("person") else "name"
        self.add_error(field, f"{person.name}已在本社区党员名册中（{where}）；换支部请办理组织关系转接。")

    def _check_dates(self, cleaned) -> None:
        today = timezone.localdate()
        for name in ("applied_on", "joined_on", "full_on", "came_on"):
            if (day := cleaned.get(name)) and day > today:
                self.add_error(name, "日期不能晚于今天。")
        stage = cleaned.get("stage") or self.instance.stage
        if stage in (Stage.PROBATIONARY, Stage.FULL):
            if stage == Stage.PROBATIONARY and not cleaned.get("joined_on"):
                self.add_error("joined_on", "预备党员请填写入党日期。")
        elif cleaned.get("joined_on"):
            self.add_error("joined_on", "还没有入党的不填入党日期；已经入党的，请更正发展阶段。")
        if stage != Stage.FULL and cleaned.get("full_on"):
            self.add_error("full_on", "还没有转正的不填转正日期；已经转正的，请更正发展阶段。")
        if cleaned.get("relation") == Relation.REPORTING and cleaned.get("dues_from"):
            self.add_error("dues_from", "在职报到的党员在单位缴纳党费，请留空。")


class StepForm(PlainForm):
    """The day of a step, with what it asks."""

    on = DayField(label="办理日期")
    text = forms.CharField(
        label="情况", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, step: Step, **kwargs):
        super().__init__(*args, **kwargs)
        if step.asks:
            self.fields["text"].label = step.asks
            self.fields["text"].required = True
            self.fields["text"].error_messages["required"] = f"请填写{step.asks}。"
        if step.votes:
            for name, label in (
                ("entitled", "应到有表决权的党员"),
                ("present", "实到"),
                ("in_favour", "赞成"),
            ):
                self.fields[name] = forms.IntegerField(
                    label=label,
                    min_value=0,
                    max_value=9999,
                    error_messages={
                        "required": f"请填写{label}的人数。",
                        "invalid": "请填写整数。",
                        "min_value": "不能小于0。",
                        "max_value": "不能大于9999。",
                    },
                )
            self.order_fields(["on", "entitled", "present", "in_favour", "text"])

    @property
    def votes(self) -> tuple[int, ...] | None:
        names = ("entitled", "present", "in_favour")
        return tuple(self.cleaned_data[name] for name in names) if "entitled" in self.fields else None


class ExtensionForm(PlainForm):
    """By how many months probation is extended."""

    months = forms.IntegerField(
        label="延长几个月",
        initial=6,
        min_value=1,
        max_value=24,
        help_text="不少于6个月，不超过12个月，只能延长一次",
        error_messages={
            "required": "请填写延长几个月。",
            "invalid": "请填写整数。",
            "min_value": "延长预备期不少于6个月，不超过12个月。",
            "max_value": "延长预备期不少于6个月，不超过12个月。",
        },
    )


class StateForm(PlainForm):
    """Whether a member is here, away, or lost."""

    state = forms.ChoiceField(
        label="状态", choices=[(s.value, s.label) for s in (State.NORMAL, State.MOBILE_OUT, State.LOST)]
    )
    where = forms.CharField(label="流动去向", max_length=80, required=False, help_text="流动出的填写")
    since = DayField(label="失去联系日期", required=False, help_text="失联的填写")

    def __init__(self, *args, member: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = member.lost_since
        self.fields["state"].initial, self.fields["where"].initial = member.state, member.where

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("state") == State.MOBILE_OUT and not cleaned.get("where"):
            self.add_error("where", "请填写流动去向。")
        if cleaned.get("state") == State.LOST and not cleaned.get("since") and "since" not in self.errors:
            self.add_error("since", "请填写失去联系的日期。")
        return cleaned


class MemberEndForm(PlainForm):
    """The last day of a registration and why it ends."""

    on = DayField(label="结束日期")
    because = forms.ChoiceField(label="原因", error_messages={"required": "请选择原因。"})

    def __init__(self, *args, member: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["because"].choices = [("", "请选择"), *((r.value, r.label) for r in _reasons(member))]


def _reasons(member: Member) -> list[EndReason]:
    """Reasons that apply: a transfer ends by its receipt."""
    if not Stage(member.stage).is_member:
        return [EndReason.STOPPED, EndReason.MOVED, EndReason.DIED, EndReason.MISTAKE]
    left_out = {EndReason.TRANSFERRED, EndReason.STOPPED}
    if member.stage != Stage.PROBATIONARY:
        left_out.add(EndReason.CANCELLED)
    if member.relation == Relation.ON_ROLL:
        left_out.add(EndReason.RETURNED)
    return [reason for reason in EndReason if reason not in left_out]
