"""Forms of activities: planning, the list of who is expected, making up, cancellation."""

from django import forms
from django.utils import timezone

from community.activities.kinds import kind_of
from community.activities.models import Activity
from community.activities.rights import kinds_for, may_hold
from community.bodies.kinds import BodyKind
from community.bodies.models import Body
from community.people.forms import PersonField
from community.venues.slots import venue_problem
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.forms.fields import DayField
from portal.forms.forms import PlainForm, RowForm

LIKE_LAST_TIME = (("venue", "place"), ("host",), ("recorder",))
"""Fields of a new activity that, left empty, are those of the last one of its kind and body; venue and place together."""

_FIRST_YEAR, _YEARS_AHEAD = 1990, 10
"""Years in which an activity can begin: 0026 is a slip of the keyboard."""


class ActivityForm(RowForm):
    """An activity: who holds it, when and where. Whoever plans one like the last finds its place and host filled in."""

    invite = forms.BooleanField(
        label="把组织的成员列入应到名单",
        required=False,
        initial=True,
        help_text="保存后可以再增减；没有主办组织的，保存后逐人增加",
    )

    error_fields = {
        "activity_order": "ends_at",
        "venuebooking_no_overlap": "venue",
        "activity_signup_before_start": "signup_open_until",
    }

    class Meta:
        model = Activity
        fields = (
            "kind", "body", "title", "starts_at", "ends_at", "venue", "place", "host", "recorder",
            "agenda", "signup_open_until", "capacity", "minutes",
        )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        activity, fields = self.instance, self.fields
        kinds = [(kind.code, kind.label) for kind in kinds_for(self.access, self.community)]
        fields["kind"].choices = [("", "请选择"), *kinds]
        bodies = fields["body"].queryset
        fields["body"].queryset = bodies.current() | bodies.filter(pk=activity.body_id)
        if activity.pk is None:
            del fields["minutes"]
            self._offer_last_time()
        else:
            del fields["invite"]
            if not activity.is_past:
                del fields["minutes"]
        for name, number in (("agenda", 4), ("minutes", 16)):
            if name in fields:
                fields[name].widget.attrs["rows"] = number

    def _offer_last_time(self) -> None:
        """Fill in what the last activity of the kind and body had, where the address names them."""
        fields = self.fields
        self.initial.setdefault("kind", "")
        if (
            fields["body"].queryset.count() == 1
            and self.access.bodies(P.ACTIVITIES, self.community.id) is not None
        ):
            self.initial.setdefault("body", fields["body"].queryset.get().pk)
        last = self._last_of_address()
        for name in ("venue", "place", "host", "recorder"):
            self.fields[name].help_text = "留空的，与上次同类活动相同"
            if last is not None:
                self.initial.setdefault(name, Activity._meta.get_field(name).value_from_object(last))

    def _last_of_address(self) -> Activity | None:
        """The last activity of the kind and body that the address names; None for what nobody can choose."""
        kind = self.initial["kind"]
        try:
            body = self.fields["body"].clean(self.initial.get("body"))
        except forms.ValidationError:
            return None
        return self._last_of(kind, body) if kind in dict(self.fields["kind"].choices) else None

    def _last_of(self, kind: str, body: Body | None) -> Activity | None:
        """The last activity of a kind and a body that was not cancelled."""
        activities = rows(Activity, self.access, P.ACTIVITIES, self.community).filter(kind=kind, body=body)
        return activities.exclude(state=Activity.State.CANCELLED).select_related("venue").first()

    def clean_starts_at(self):
        starts_at = self.cleaned_data["starts_at"]
        if not _FIRST_YEAR <= starts_at.year <= timezone.localdate().year + _YEARS_AHEAD:
            raise forms.ValidationError("日期有误，请核对年份。")
        return starts_at

    def clean(self):
        data = super().clean()
        kind, body = data.get("kind"), data.get("body")
        if kind and "body" not in self.errors:
            self._check_body(kind_of(kind), body)
        starts_at = data.get("starts_at")
        if starts_at and self.instance.state == Activity.State.HELD and starts_at > timezone.now():
            self.add_error("starts_at", "活动已登记到会，开始时间不能晚于现在。")
        if self.instance.pk is None and not self.errors:
            self._fill_from_last_time(data)
        if not self.errors:
            self._check_venue(data)
        return data

    def _check_venue(self, data: dict) -> None:
        """The venue is free, unless it was taken for this time already."""
        activity, venue = self.instance, data.get("venue")
        ends_at = data.get("ends_at")
        is_as_before = activity.pk and not {"venue", "starts_at", "ends_at"} & set(self.changed_data)
        if venue is None or is_as_before or activity.state == Activity.State.CANCELLED:
            return
        may_read = self.access.can(P.VENUES, self.community)
        if wrong := venue_problem(venue, data["starts_at"], ends_at, activity.booking_id, names=may_read):
            self.add_error("venue", f"{venue}{wrong}，请换一个时间或场地。")

    def _fill_from_last_time(self, data: dict) -> None:
        last = self._last_of(data["kind"], data.get("body"))
        for names in LIKE_LAST_TIME if last else ():
            if not any(data.get(name) for name in names):
                data.update({name: getattr(last, name) for name in names})

    def _check_body(self, kind, body) -> None:
        if kind.bodies and (body is None or BodyKind(body.kind) not in kind.bodies):
            names = "、".join(each.label for each in BodyKind if each in kind.bodies)
            self.add_error("body", f"{kind.label}由{names}主办，请选择主办组织。")
        elif not may_hold(self.access, self.community, kind, body.pk if body else None):
            self.add_error(
                "body", "请选择您负责的组织。" if body is None else f"您不负责{body}的{kind.label}。"
            )


class InviteForm(PlainForm):
    """More people for the list of an activity."""

    person = PersonField(label="姓名", required=False)
    members = forms.BooleanField(label="主办组织的全部成员", required=False)

    def __init__(self, *args, activity: Activity, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        if access.can(P.PEOPLE_NAMES, community):
            self.fields["person"].set_people(access, community)
        else:
            del self.fields["person"]
        if activity.body_id is None and activity.declared_kind.participants is None:
            del self.fields["members"]

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("person") and not data.get("members"):
            self.add_error("person" if "person" in self.fields else "members", "请选择要增加的人员。")
        return data


class ReasonForm(PlainForm):
    """Why an activity is cancelled."""

    reason = forms.CharField(
        label="取消原因", max_length=200, error_messages={"required": "请写明取消原因。"}
    )


class TakeOffForm(PlainForm):
    """Why somebody is no longer expected."""

    reason = forms.CharField(label="原因", max_length=100, required=False)


class MakeUpForm(PlainForm):
    """That somebody made up for what was missed."""

    on = DayField(label="补学日期")
    how = forms.CharField(
        label="补学方式", max_length=100, required=False, help_text="如上门送学、自学、观看录像"
    )
