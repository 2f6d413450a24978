"""Forms of bodies, posts, holders and members, and of what ends them."""

import datetime

from django import forms
from django.db.models import Q
from django.utils import timezone

from community.bodies.kinds import PARTY_KINDS, BodyKind
from community.bodies.models import Body, BodyMember, Post, PostHolder
from community.bodies.rights import editable_kinds
from community.people.forms import PersonField
from portal.forms.forms import PlainForm, RowForm
from portal.values.months import months_later


def _term_end(began_on: datetime.date, years: int) -> datetime.date:
    """The day on which a term of some years is over. Raises ValidationError for a year beyond the calendar."""
    try:
        return months_later(began_on, 12 * years)
    except ValueError:
        raise forms.ValidationError("日期有误，请核对年份。") from None


class BodyForm(RowForm):
    """A body; the end of its term is reckoned from beginning and years where it is left empty."""

    class Meta:
        model = Body
        fields = (
            "kind", "name", "short_name", "parent", "unit",
            "founded_on", "term_years", "term_began_on", "term_ends_on", "note",
        )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = editable_kinds(self.access, self.community)
        choices = [(value, label) for value, label in BodyKind.choices if value in kinds]
        self.fields["kind"].choices = [("", "请选择"), *choices]
        parents = self.fields["parent"].queryset.current()
        self.fields["parent"].queryset = parents.exclude(pk=self.instance.pk) if self.instance.pk else parents

    def clean_kind(self):
        kind = BodyKind(self.cleaned_data["kind"])
        below = self.instance.children.current() if self.instance.pk else ()
        if wrong := [str(child) for child in below if not BodyKind(child.kind).may_stand_below(kind)]:
            raise forms.ValidationError(
                f"下级组织{'、'.join(wrong)}的上级不能是{kind.label}，请先改变其上级。"
            )
        return kind

    def clean(self):
        data = super().clean()
        began_on, years = data.get("term_began_on"), data.get("term_years")
        if began_on and years and not data.get("term_ends_on") and "term_ends_on" not in self.errors:
            try:
                data["term_ends_on"] = _term_end(began_on, years)
            except forms.ValidationError as error:
                self.add_error("term_began_on", error)
        return data


class OfBodyForm(RowForm):
    """Base of the forms of what belongs to a body that the user may change."""

    body_field, kind_path = "body", "kind"
    """The field of the form that names the body, or a row of it, and the path from there to the kind."""
    kinds = frozenset(BodyKind)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field, prefix = self.fields[self.body_field], self.kind_path.removesuffix("kind")
        kinds = editable_kinds(self.access, self.community) & self.kinds
        is_open = Q((f"{prefix}ended_on__isnull", True)) | Q((f"{prefix}ended_on__gt", timezone.localdate()))
        own = Q(pk=getattr(self.instance, f"{self.body_field}_id"))
        field.queryset = field.queryset.filter(Q((f"{self.kind_path}__in", kinds)) & is_open | own)
        if "person" in self.fields:
            self.fields["person"].set_people(self.access, self.community)
            if self.instance.pk:
                self.initial["person"] = self.instance.person

    def clean_person(self):
        person = self.cleaned_data["person"]
        if person is not None:
            self.instance.person = person
        return person


class PostForm(OfBodyForm):
    class Meta:
        model = Post
        fields = ("body", "title", "seats", "order", "is_head")


class PostHolderForm(OfBodyForm):
    """Put a person into a post."""

    body_field, kind_path = "post", "body__kind"
    person = PersonField(label="姓名")
    field_order = ("post", "person", "start", "end", "manner", "document")

    class Meta:
        model = PostHolder
        fields = ("post", "start", "end", "manner", "document")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        posts = self.fields["post"].queryset
        self.fields["post"].queryset = posts.select_related("body").order_by("body__name", "order", "id")


class BodyMemberForm(OfBodyForm):
    """A member of a body that is no party body: party members have a register of their own."""

    kinds = frozenset(BodyKind) - frozenset(PARTY_KINDS)
    person = PersonField(label="姓名")
    field_order = ("body", "person", "start", "end", "note")

    class Meta:
        model = BodyMember
        fields = ("body", "start", "end", "note")


def _day(label: str, missing: str, **kwargs) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": missing, "invalid": "日期应为年-月-日，如：2026-12-01。"},
        **kwargs,
    )


class EndForm(PlainForm):
    """The day on which a membership or a body ends."""

    on = _day("日期", "请填写日期。", initial=timezone.localdate)


class HolderEndForm(EndForm):
    """The day on which a person leaves a post, and the document."""

    document = forms.CharField(
        label="免职文号", max_length=40, required=False, help_text="届满或辞职的可以不填"
    )


class TermForm(PlainForm):
    """A new term of a body."""

    began_on = _day("本届开始", "请填写本届开始的日期。", initial=timezone.localdate)
    ends_on = _day("下次换届日期", "请填写下次换届的日期，或先在组织资料中填写任期。", required=False)
    relieve = forms.BooleanField(
        label="上届任职人员在这一天届满离任",
        required=False,
        initial=True,
        help_text="连任的在换届后重新登记任职",
    )

    def __init__(self, *args, body: Body, **kwargs):
        super().__init__(*args, **kwargs)
        self.years = body.term_years
        if self.years:
            self.fields["ends_on"].help_text = f"留空的，按任期{self.years}年推算"

    def clean(self):
        data = super().clean()
        began_on, ends_on = data.get("began_on"), data.get("ends_on")
        if began_on and not ends_on and "ends_on" not in self.errors:
            if not self.years:
                self.add_error("ends_on", self.fields["ends_on"].error_messages["required"])
            else:
                data["ends_on"] = _term_end(began_on, self.years)
        elif began_on and ends_on and ends_on <= began_on:
            self.add_error("ends_on", "下次换届日期应晚于本届开始。")
        return data
