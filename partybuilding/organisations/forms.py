"""Forms of party bodies: their posts, a joint meeting, and who came to it."""

import datetime

from crispy_forms.layout import Column, Div, Layout, Row
from django import forms
from django.utils import timezone

from community.bodies.kinds import PARTY_KINDS, BodyKind
from community.bodies.models import Body, Post
from community.units.models import Unit
from partybuilding.organisations.models import JointInvitation
from partybuilding.organisations.standard_posts import STANDARD_POSTS
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.forms.forms import PlainForm

_MOST_SEATS = 30
CONVENERS = (*PARTY_KINDS, BodyKind.COUNCIL)
"""Kinds of bodies that convene joint meetings."""


class PostsForm(PlainForm):
    """Seats of each post of a party body: the standard ones of its kind, and those that it has besides."""

    def __init__(self, *args, body: Body, posts: list[Post], **kwargs):
        super().__init__(*args, **kwargs)
        seats = {post.title: post.seats for post in posts}
        standard = STANDARD_POSTS[body.kind]
        for title in (*standard, *(title for title in seats if title not in standard)):
            self.fields[title] = forms.IntegerField(
                label=title,
                required=False,
                min_value=0,
                max_value=_MOST_SEATS,
                initial=seats.get(title),
                error_messages={
                    "invalid": f"{title}的职数应为整数。",
                    "min_value": "职数不能小于0。",
                    "max_value": f"职数不能大于{_MOST_SEATS}。",
                },
            )

    def seats(self) -> dict[str, int]:
        """Title → seats, of a valid form."""
        return {name: self.cleaned_data[name] or 0 for name in self.fields if name != "token"}


class JointMeetingForm(PlainForm):
    """A joint meeting: what, when, where, and who is invited."""

    body = forms.ModelChoiceField(
        Body._default_manager.none(),
        label="召集的组织",
        help_text="党组织或共建委员会",
        error_messages={"required": "请选择召集的组织。"},
    )
    title = forms.CharField(label="会议名称", max_length=80, error_messages={"required": "请填写会议名称。"})
    starts_on = forms.DateField(
        label="日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写日期。", "invalid": "日期应为年-月-日，如：2026-12-01。"},
    )
    starts_at = forms.TimeField(
        label="时间",
        initial=datetime.time(9),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": "请填写时间。", "invalid": "时间应为时:分，如：09:00。"},
    )
    place = forms.CharField(label="地点", max_length=80, error_messages={"required": "请填写地点。"})
    agenda = forms.CharField(
        label="议程",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="一行一项",
    )
    bodies = forms.ModelMultipleChoiceField(
        Body._default_manager.none(),
        label="邀请的单位党组织",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    units = forms.ModelMultipleChoiceField(
        Unit._default_manager.none(),
        label="邀请的其他单位",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        party = rows(Body, access, P.PARTY, community).current().filter(kind__in=PARTY_KINDS)
        conveners = rows(Body, access, P.PARTY, community).current().filter(kind__in=CONVENERS)
        self.fields["body"].queryset = conveners.filter(unit__isnull=True).order_by("name")
        self.fields["body"].empty_label = "请选择"
        of_units = party.filter(unit__isnull=False).select_related("unit").order_by("unit__name", "name")
        self.fields["bodies"].queryset = of_units
        self.fields["bodies"].label_from_instance = lambda body: f"{body.name}（{body.unit.name}）"
        units = rows(Unit, access, P.UNITS_VIEW, community).exclude(bodies__in=of_units)
        self.fields["units"].queryset = units.order_by("kinds", "name")
        for name in ("bodies", "units"):
            if not self.fields[name].queryset.exists():
                del self.fields[name]

    def clean(self):
        data = super().clean()
        if not self.errors and not any(self.invited().values()):
            shown = next((name for name in ("bodies", "units") if name in self.fields), None)
            self.add_error(shown, "请至少邀请一个党组织或单位。")
        return data

    def invited(self) -> dict[str, list]:
        """Bodies and units that are chosen, of a valid form."""
        return {name: list(self.cleaned_data.get(name, ())) for name in ("bodies", "units")}

    def starts(self) -> datetime.datetime:
        """When it begins, of a valid form."""
        naive = datetime.datetime.combine(self.cleaned_data["starts_on"], self.cleaned_data["starts_at"])
        return timezone.make_aware(naive)


class CameForm(PlainForm):
    """Who came to a joint meeting: state and representative of each invitation."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, invitations: list[JointInvitation], **kwargs):
        super().__init__(*args, **kwargs)
        self.invitations = invitations
        lines = []
        for each in invitations:
            name = str(each)
            self.fields[f"{each.pk}-state"] = forms.ChoiceField(
                label=f"{name}", choices=JointInvitation.State.choices, initial=each.state
            )
            self.fields[f"{each.pk}-name"] = forms.CharField(
                label="参会代表", max_length=60, required=False, initial=each.representative
            )
            lines.append(Row(Column(f"{each.pk}-state"), Column(f"{each.pk}-name")))
        self.helper.layout = Layout("version", "token", Div(*lines))

    def came(self) -> dict[int, tuple[str, str]]:
        """Invitation id → state and representative, of a valid form."""
        data = self.cleaned_data
        return {each.pk: (data[f"{each.pk}-state"], data[f"{each.pk}-name"]) for each in self.invitations}
