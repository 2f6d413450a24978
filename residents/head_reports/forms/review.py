"""Forms of the review of building heads' reports."""

import hashlib
from collections.abc import Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from community.communities.models import Precision
from community.people.models import Person
from portal.forms.fields import DayField, PartialDateField
from portal.forms.forms import PlainForm
from portal.forms.idempotency import IdempotentFormMixin
from portal.hooks.departure import Consequence
from residents.events.actions.moves import PlannedResidence
from residents.events.forms.endings import ConsequencesMixin
from residents.events.forms.events import NEW, RELATION_LIST, household_label, person_label
from residents.head_reports.actions.review import DoorDecision
from residents.head_reports.door_review import DoorLine, missing_facts
from residents.head_reports.models import ChangeReport
from residents.head_reports.report_diff import ReportDifference, fingerprint
from residents.homes.models import Household, Kind

_ACCEPTED_AT_ONCE = (ChangeReport.What.MOVE_IN, ChangeReport.What.MOVE_OUT, ChangeReport.What.DEATH)
REPORTED, NOW = "reported", "now"


class SexField(forms.ChoiceField):
    """Sex of a newcomer of whom the head did not report it."""

    def __init__(self, **kwargs):
        super().__init__(choices=[("", "不清楚"), *Person.Sex.choices], required=False, **kwargs)


class BirthField(PartialDateField):
    """Birth date of a newcomer of whom the head did not report the year."""

    def __init__(self, **kwargs):
        super().__init__(required=False, help_text="可以只写年或年月，如 1985-03；不清楚的留空", **kwargs)

    def clean(self, value):
        birth = super().clean(value)
        if birth and birth.value > timezone.localdate():
            raise ValidationError("出生日期不能晚于今天。")
        return birth


MISSING_FACTS = {"sex": (SexField, "性别（上报时未填）"), "birth": (BirthField, "出生日期（上报时未填）")}


class AcceptForm(ConsequencesMixin, IdempotentFormMixin, PlainForm):
    """Acceptance of a report: the values to take, the person who moved in, the consequences elsewhere.

    differences: diff against the register now. duplicates: possible duplicates of the person who moved in.
    households: those at the dwelling, to join. also_registered: the leaver's hukou is here too.
    subjects: people or households of the event, if its own form continues.
    """

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args,
        report: ChangeReport,
        differences: Sequence[ReportDifference],
        endings: Sequence[Consequence] = (),
        duplicates: Sequence[Person] = (),
        households: Sequence[Household] = (),
        also_registered: bool = False,
        subjects: Sequence[Person | Household] = (),
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.report, self.differences = report, differences
        self.duplicates, self.households, self.subjects = duplicates, households, subjects
        self.fields["seen"].initial = fingerprint(list(differences))
        self._ask_about_values()
        if report.on_precision == Precision.MONTH and report.what in _ACCEPTED_AT_ONCE and not subjects:
            self.fields["on"] = DayField(label=f"日期（楼道长只知道是{report.when}）")
            self.fields["on"].initial = None
        if len(subjects) > 1:
            self.fields["subject"] = forms.ChoiceField(
                label="办理的是哪一户",
                choices=[(str(subject.uuid), str(subject)) for subject in subjects],
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                initial=str(subjects[0].uuid),
            )
        if report.what == ChangeReport.What.MOVE_IN:
            self._ask_about_arrival()
        if also_registered and report.what == ChangeReport.What.MOVE_OUT:
            self.fields["registered"] = forms.BooleanField(label="户籍同时迁出", required=False)
        self.add_endings(endings)

    def _ask_about_values(self) -> None:
        """Fields of a correction are chosen one by one; other conflicts are ticked as seen."""
        for line in self.differences:
            if self.report.what == ChangeReport.What.CORRECTION and not line.is_done:
                self.fields[f"take_{line.field}"] = forms.ChoiceField(
                    label=line.label,
                    choices=[
                        (REPORTED, f"改为上报的“{line.reported}”"),
                        (NOW, f"保留现在的“{line.now or '未填'}”"),
                    ],
                    widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                    # A conflict has no preselected choice: a person decides.
                    initial=None if line.is_conflict else REPORTED,
                    error_messages={"required": f"请选择{line.label}以哪一个为准。"},
                )
            elif line.is_conflict:
                self.fields[f"checked_{line.field}"] = forms.BooleanField(
                    label=f"上报后{line.label}已有变化，经核对仍按上报办理",
                    error_messages={"required": f"{line.label}在上报后有变化，请核对后勾选。"},
                )

    def _ask_about_arrival(self) -> None:
        for name in missing_facts(self.report):
            field_class, label = MISSING_FACTS[name]
            self.fields[name] = field_class(label=label)
        if self.duplicates:
            self.fields["same"] = forms.ChoiceField(
                label="是不是已登记的人",
                choices=[
                    *((str(person.uuid), f"是：{person_label(person)}") for person in self.duplicates),
                    (NEW, "不是，按新的人登记"),
                ],
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                error_messages={"required": "本社区有相同的姓名或证件号码，请选择是不是同一个人。"},
            )
        self.fields["household"] = forms.ChoiceField(
            label="居住户",
            required=False,
            choices=[("", "新立一户"), *((str(h.uuid), household_label(h)) for h in self.households)],
        )
        self.fields["relation_word"] = forms.CharField(
            label="与户主关系",
            max_length=20,
            required=False,
            initial=self.report.relation_word,
            widget=forms.TextInput(attrs=RELATION_LIST | {"autocomplete": "off"}),
        )

    @property
    def value_fields(self) -> list:
        """Bound fields of the questions about values, people and households, without the consequences."""
        return [
            self[name]
            for name in self.fields
            if name not in ("seen", "token") and not name.startswith(("ending_", "why_"))
        ]

    @property
    def subject(self) -> Person | Household | None:
        """The person or household of the event; None if there is none (any more)."""
        chosen = self.cleaned_data.get("subject")
        return next((subject for subject in self.subjects if not chosen or str(subject.uuid) == chosen), None)

    @property
    def decision(self) -> dict:
        """Argument of `accept_report`."""
        cleaned = self.cleaned_data
        choices = {
            d.field: cleaned[f"take_{d.field}"] == REPORTED
            for d in self.differences
            if f"take_{d.field}" in cleaned
        }
        choices |= {d.field: True for d in self.differences if f"checked_{d.field}" in cleaned}
        arguments = {
            "seen_fingerprint": cleaned["seen"],
            "choices": choices,
            "on": cleaned.get("on"),
            **self.decisions,
        }
        if self.report.what == ChangeReport.What.MOVE_IN:
            arguments["person"] = next(
                (p for p in self.duplicates if str(p.uuid) == cleaned.get("same")), None
            )
            household = next((h for h in self.households if str(h.uuid) == cleaned["household"]), None)
            arguments |= {name: cleaned[name] for name in MISSING_FACTS if name in cleaned}
            arguments["stays"] = [PlannedResidence(Kind.LIVING, household, cleaned["relation_word"])]
        if cleaned.get("registered"):
            arguments["kinds"] = [Kind.LIVING, Kind.REGISTERED]
        return arguments


class DoorForm(PlainForm):
    """Acceptance of a door's reports together. households: those at the dwelling, for the newcomers to join."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, lines: Sequence[DoorLine], households: Sequence[Household], **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if not line.obstacle]
        self.households = households
        seen = "".join(f"{line.report.uuid}{line.seen}" for line in self.lines)
        self.current = self.fields["seen"].initial = hashlib.sha256(seen.encode()).hexdigest()[:24]
        if households and any(line.report.what == ChangeReport.What.MOVE_IN for line in self.lines):
            self.fields["household"] = forms.ChoiceField(
                label="搬入的人住进哪一户",
                choices=[*((str(h.uuid), household_label(h)) for h in households), (NEW, "另立新户")],
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                error_messages={"required": "请选择搬入的人住进哪一户。"},
            )
        for number, line in enumerate(self.lines):
            for name in line.missing:
                field_class, label = MISSING_FACTS[name]
                self.fields[f"{name}_{number}"] = field_class(label=f"{line.report.name}的{label}")

    @property
    def household(self) -> Household | None:
        """The household that newcomers join; None founds one."""
        chosen = self.cleaned_data.get("household")
        return next((household for household in self.households if str(household.uuid) == chosen), None)

    @property
    def decisions(self) -> list[DoorDecision]:
        """Argument of `accept_door`."""
        return [
            DoorDecision(
                line.report,
                line.seen,
                sex=self.cleaned_data.get(f"sex_{number}", ""),
                birth=self.cleaned_data.get(f"birth_{number}"),
            )
            for number, line in enumerate(self.lines)
        ]


class ReasonForm(IdempotentFormMixin, PlainForm):
    """Return or rejection, with the reason for the building head."""

    reason = forms.CharField(
        label="原因（楼道长会看到）",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明原因，楼道长会看到。"},
    )
