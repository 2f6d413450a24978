"""Forms of agreements, their promises, and the records of fulfilment."""

import datetime

from django import forms
from django.utils import timezone

from community.activities.kinds import codes_by_right
from community.activities.models import Activity
from community.agreements.models import Agreement, Fulfilment, Promise
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.forms.fields import DayField
from portal.forms.forms import PlainForm, RowForm
from portal.values.months import months_later

_MEETINGS = 60
"""Meetings that a new agreement may name: the latest ones."""


class AgreementForm(RowForm):
    """An agreement. Who it is with and its term are those of the signed paper: they change in a draft only."""

    error_fields = {"agreement_order": "end"}
    _OF_DRAFT = ("unit", "body", "start", "end")

    class Meta:
        model = Agreement
        fields = (
            "unit", "title", "body", "start", "end", "text", "our_signer", "their_signer", "meeting",
        )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.state != Agreement.State.DRAFT:
            for name in self._OF_DRAFT:
                del self.fields[name]
        else:
            bodies = self.fields["body"].queryset
            self.fields["body"].queryset = bodies.current().filter(unit__isnull=True)
            self.fields["body"].empty_label = f"{self.community.name}居民委员会"
        self.fields["text"].widget.attrs["rows"] = 8
        self._offer_meetings()

    def _offer_meetings(self) -> None:
        """The latest meetings that every holder of the right may see, and the one that is named."""
        meetings = rows(Activity, self.access, P.ACTIVITIES, self.community)
        open_to_all = meetings.filter(kind__in=codes_by_right()[P.ACTIVITIES])
        latest = open_to_all.exclude(state=Activity.State.CANCELLED).order_by("-starts_at", "-id")
        ids = list(latest.values_list("pk", flat=True)[:_MEETINGS])
        if self.instance.meeting_id:
            ids.append(self.instance.meeting_id)
        field = self.fields["meeting"]
        field.queryset = meetings.filter(pk__in=ids).order_by("-starts_at", "-id")
        field.label_from_instance = lambda each: f"{timezone.localdate(each.starts_at)} {each.title}"


class SignForm(PlainForm):
    on = DayField(label="签订日期", required=True)


class EndForm(PlainForm):
    on = DayField(label="终止日期", required=True, help_text="协议执行到这一天")
    reason = forms.CharField(
        label="终止原因", max_length=200, error_messages={"required": "请写明终止原因。"}
    )


class RenewForm(PlainForm):
    """The next term, by default as long as this one and from the day after it, and the promises that are made again."""

    start = forms.DateField(
        label="开始日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写开始日期。", "invalid": "请填写正确的日期。"},
    )
    end = forms.DateField(
        label="结束日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写结束日期。", "invalid": "请填写正确的日期。"},
    )
    promises = forms.ModelMultipleChoiceField(
        Promise._default_manager.none(),
        label="继续的承诺事项",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="保存后可以修改、增减",
    )

    def __init__(self, *args, agreement: Agreement, promises, **kwargs):
        super().__init__(*args, **kwargs)
        start = agreement.end + datetime.timedelta(days=1)
        self.fields["start"].initial = start
        self.fields["end"].initial = _same_length(agreement, start)
        field = self.fields["promises"]
        field.queryset = promises
        field.label_from_instance = lambda each: (
            f"{each.get_side_display()}：{each.text}{f'（{each.size}）' if each.size else ''}"
        )
        field.initial = [promise.pk for promise in promises]
        if not field.initial:
            del self.fields["promises"]

    def clean(self):
        data = super().clean()
        if (start := data.get("start")) and (end := data.get("end")) and end < start:
            self.add_error("end", "结束日期不能早于开始日期。")
        return data


def _same_length(agreement: Agreement, start: datetime.date) -> datetime.date:
    """Last day of a term from `start` that is as long: in months where the term is whole months, else in days."""
    after = agreement.end + datetime.timedelta(days=1)
    months = 12 * (after.year - agreement.start.year) + after.month - agreement.start.month
    if months and months_later(agreement.start, months) == after:
        return months_later(start, months) - datetime.timedelta(days=1)
    return start + (agreement.end - agreement.start)


class PromiseForm(RowForm):
    """A promise of one side. `agreement` of the address, a key, is chosen already."""

    error_fields = {"promise_of_money": "amount"}

    class Meta:
        model = Promise
        fields = ("agreement", "side", "kind", "text", "amount", "quantity", "measure", "due")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["agreement"]
        agreements = field.queryset.select_related("unit").order_by("unit__name", "-end")
        if self.instance.pk:
            field.queryset = agreements.filter(pk=self.instance.agreement_id)
        else:
            field.queryset = agreements.filter(state__in=[Agreement.State.DRAFT, Agreement.State.IN_FORCE])
        field.label_from_instance = lambda each: f"{each}（{each.start}至{each.end}）"


class UnfulfilledForm(PlainForm):
    on = DayField(label="认定日期", required=True)
    reason = forms.CharField(
        label="未履行原因", max_length=200, error_messages={"required": "请写明未履行的原因。"}
    )


class FulfilmentForm(RowForm):
    """A record of fulfilment. `promise` of the address, a key, is chosen already."""

    completes = forms.BooleanField(
        label="这项承诺已全部履行", required=False, help_text="分次履行的，最后一次再勾选"
    )
    field_order = ("promise", "on", "note", "amount", "quantity", "completes")

    class Meta:
        model = Fulfilment
        fields = ("promise", "on", "note", "amount", "quantity")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["promise"]
        promises = field.queryset.select_related("agreement__unit")
        if self.instance.pk:
            del self.fields["completes"]
            field.queryset = promises.filter(pk=self.instance.promise_id)
        else:
            states = [Agreement.State.IN_FORCE, Agreement.State.RENEWED]
            open_ones = promises.filter(agreement__state__in=states).exclude(state=Promise.State.UNFULFILLED)
            field.queryset = open_ones.order_by("agreement__unit__name", "side", "due", "id")
        field.label_from_instance = lambda each: f"{each}{f'（{each.size}）' if each.size else ''}"
