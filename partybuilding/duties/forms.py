"""Forms of duty posts, claims and check-ins."""

from django import forms
from django.utils import timezone

from partybuilding.duties.models import DutyCheckIn, DutyClaim, DutyPost
from partybuilding.members.models import Member
from partybuilding.members.registers import MemberRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.forms.forms import PickField, RowForm


class PostForm(RowForm):
    """A duty post. Whoever has the right for some bodies only gives it to one of them."""

    error_fields = {
        "dutypost_stairwell": "stairwell",
        "dutypost_once": "place",
        "dutypost_somewhere": "place",
    }

    class Meta:
        model = DutyPost
        fields = ("kind", "building", "stairwell", "place", "body", "note", "is_active")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        bodies = self.fields["body"]
        bodies.queryset = bodies.queryset.current()
        if self.access.bodies(P.BRANCH, self.community.id) is not None:
            bodies.required = True
        self.fields["stairwell"].queryset = self.fields["stairwell"].queryset.select_related("building")


class ClaimForm(RowForm):
    """A member takes a post over. `member` of the address, a key, is chosen already."""

    member = PickField(
        label="党员", max_length=160, help_text="输入姓名或拼音后选择；流动出和失联的党员不能认领"
    )
    field_order = ("post", "member", "start", "note")

    class Meta:
        model = DutyClaim
        fields = ("post", "member", "start", "note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        posts = self.fields["post"].queryset.select_related("building", "stairwell")
        members = rows(Member, self.access, P.BRANCH, self.community).select_related("person", "branch")
        if self.instance.pk:
            posts, members = (
                posts.filter(pk=self.instance.post_id),
                members.filter(pk=self.instance.member_id),
            )
            chosen = self.instance.member_id
        else:
            posts, members = posts.active(), members.open()
            chosen = self.initial.get("member")
        self.fields["post"].queryset = posts
        self.fields["member"].offer(
            lambda text: members.filter(person__name=text.partition("｜")[0].strip()).order_by("id")[:20],
            self.community.url("partybuilding:member_pick"),
            MemberRegister().pick_label,
        )
        if str(chosen or "").isdecimal():
            self.initial["member"] = members.filter(pk=int(chosen)).first()


class _ClaimChoice(forms.ModelChoiceField):
    def label_from_instance(self, claim):
        return f"{claim.post}｜{claim.member.person.name}"


class CheckInForm(RowForm):
    """A check-in that a member told the office. `post` of the address leaves those who look after it."""

    claim = _ClaimChoice(DutyClaim._default_manager.none(), label="岗位和党员")
    field_order = ("claim", "at", "note")

    class Meta:
        model = DutyCheckIn
        fields = ("at", "note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["at"].widget = forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        )
        if self.instance.pk:
            del self.fields["claim"]
            return
        self.fields["at"].initial = timezone.localtime
        claims = rows(DutyClaim, self.access, P.BRANCH, self.community).current()
        if str(post := self.initial.get("post", "")).isdecimal():
            claims = claims.filter(post=int(post))
        claims = claims.select_related("post__building", "post__stairwell", "member__person")
        self.fields["claim"].queryset = claims.order_by(
            "post__kind", "post__building__sort", "post__place", "id"
        )

    def clean_at(self):
        """The minute as it is shown stands for the moment that a phone sent."""
        at, stored = self.cleaned_data["at"], self.instance.at if self.instance.pk else None
        return stored if stored and at == stored.replace(second=0, microsecond=0) else at

    def clean_claim(self):
        claim = self.cleaned_data["claim"]
        self.instance.post, self.instance.person = claim.post, claim.member.person
        return claim
