"""Registers of duty posts, of who claimed them, and of the check-ins."""

from collections import defaultdict
from collections.abc import Collection

import django_filters
from django.db.models import DateField, F, Q
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from community.people.search import person_word_condition
from partybuilding.duties import actions
from partybuilding.duties.forms import CheckInForm, ClaimForm, PostForm
from partybuilding.duties.models import Cover, DutyCheckIn, DutyClaim, DutyCount, DutyPost
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.panels import Link, ListTab, Panel, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.row_links import RowLinks
from portal.retention.data_categories import AnonymousCounts, Retention
from portal.values.dates import table_day

LINE = "定岗定责"


def holders_by_post(posts: Collection[int]) -> dict[int, list[DutyClaim]]:
    """Post id → the claims of today, those of longest standing first. One query."""
    claims = DutyClaim._default_manager.current().filter(post__in=posts).select_related("member__person")
    by_post = defaultdict(list)
    for claim in claims.order_by("start", "id"):
        by_post[claim.post_id].append(claim)
    return by_post


def _cover_filter():
    choices = [*Cover.choices, ("claimed", "有人认领")]
    return django_filters.ChoiceFilter(
        label="状态", empty_label="全部", choices=choices, method=_filter_cover
    )


def _filter_cover(queryset, name, value):
    if value == "claimed":
        return queryset.active().claimed()
    return queryset.with_cover().filter(cover=value)


@register
class DutyPostRegister(Register):
    """Duty posts with who looks after them and how they stand; the page of one has its claims and check-ins."""

    model = DutyPost
    create_label = "设立岗位"
    noun = "dutypost"
    path = "duty-posts"
    menu = DeskArea.PARTY
    menu_order = 41
    menu_line = LINE
    view = edit = export_right = P.BRANCH
    import_right = P.PARTY
    legend = "空缺：没有人认领。失管：有人认领，但超过期限规定的月数没有签到。"
    columns = (
        Column("kind"),
        Column("building.label"),
        Column("stairwell.label", width=16),
        Column("place", width=24),
        Column("body.name", width=20),
        Column("holders", "认领人", value=lambda post: "、".join(post.holders), width=20),
        Column("last_check_in", "最近签到", sort="last_check_in"),
        Column("cover", "状态", sort="cover", value=lambda post: Cover(post.cover).label),
        Column("note", listed=False, optional=True, width=30),
        Column("is_active", listed=False, optional=True),
    )
    search = ("place", "building__label", "stairwell__label", "body__name", "note", "holder")
    filters = ("kind", "body", ("state", _cover_filter))
    order = ("kind", "building__sort", "stairwell__sort", "place", "id")
    form_class = PostForm
    form_fields = PostForm.Meta.fields
    bulk_fields = ("body", "note")
    import_key = ("kind", "building", "stairwell", "place")
    attachments = True

    def prepare(self, queryset):
        return queryset.select_related("building", "stairwell", "body").with_cover()

    def prefetch_values(self, rows):
        claims = holders_by_post([post.pk for post in rows])
        for post in rows:
            post.holders = [claim.member.person.name for claim in claims[post.pk]]

    def word_condition(self, name, word, access, community):
        if name == "holder":
            claims = DutyClaim._default_manager.current().of(community)
            named = claims.filter(person_word_condition(word, access, community, "member__person__"))
            return Q(pk__in=named.values("post"))
        return super().word_condition(name, word, access, community)

    def list_tabs(self, access, community):
        posts = rows(DutyPost, access, P.BRANCH, community).with_cover()
        covers = (Cover.UNCOVERED, Cover.NEGLECTED, Cover.COVERED)
        return [ListTab(each.label, {"state": each}, posts.filter(cover=each)) for each in covers]

    def list_links(self, access, community):
        return [Link("一览", community.url("partybuilding:duty_board"))]

    def summary(self, row, access, community):
        return [row.get_kind_display(), Tag(Cover(row.cover).label)]

    def links(self, row, access, community):
        if not row.is_active:
            return []
        claim = Link("认领", f"{community.url('partybuilding:dutyclaim_create')}?post={row.pk}", primary=True)
        if not row.claimed_since:
            return [claim]
        check_in = f"{community.url('partybuilding:dutycheckin_create')}?post={row.pk}"
        return [claim, Link("登记签到", check_in)]

    def panels(self, row, access, community):
        return [_claims(row, access, community), _check_ins(row, access, community)]

    def save(self, form, *, by, community):
        return actions.save_post(form.instance, form.save)

    def set_derived_fields(self, row):
        row.set_building()


def _claims(post: DutyPost, access, community) -> Panel:
    """Everybody who looks and looked after a post."""
    claims = rows(DutyClaim, access, P.BRANCH, community).filter(post=post)
    links, today = RowLinks(access, community), timezone.localdate()
    lines = []
    for claim in claims.select_related("member__person", "member__branch"):
        is_over = claim.until is not None and claim.until <= today
        url = community.url("partybuilding:dutyclaim_end", row=claim.uuid)
        lines.append(
            (
                links.link(claim, claim.member.person.name),
                claim.member.branch.name,
                claim.start,
                claim.until or "在岗",
                "" if is_over else Link("结束认领", url),
            )
        )
    return Panel("认领", ("党员", "所在支部", "认领日期", "结束日期", "办理"), lines, empty="还没有人认领")


def _check_ins(post: DutyPost, access, community) -> Panel:
    check_ins = rows(DutyCheckIn, access, P.BRANCH, community).filter(post=post).select_related("person")
    links = RowLinks(access, community)
    lines = [(links.link(c, table_day(c.at)), c.person.name, c.note) for c in check_ins[:10]]
    return Panel("最近签到", ("日期", "签到人", "说明"), lines, empty="还没有签到")


def _tenure_filter():
    return django_filters.ChoiceFilter(
        label="状态",
        empty_label="全部",
        choices=[("current", "在岗"), ("past", "已结束")],
        method=_filter_tenure,
    )


def _filter_tenure(queryset, name, value):
    current = queryset.current()
    return current if value == "current" else queryset.exclude(pk__in=current.values("pk"))


class _OfPosts(Register):
    """Base: rows of duty posts and people."""

    person_path = "person__"
    view = edit = export_right = P.BRANCH
    menu = DeskArea.PARTY
    menu_line = LINE

    def word_condition(self, name, word, access, community):
        if name == "person":
            return person_word_condition(word, access, community, self.person_path)
        return super().word_condition(name, word, access, community)


_PLACES = ("post__place", "post__building__label", "post__stairwell__label")


@register
class DutyClaimRegister(_OfPosts):
    """Who claimed which post, from when to when."""

    model = DutyClaim
    create_label = "认领岗位"
    noun = "dutyclaim"
    path = "duty-claims"
    menu_order = 42
    person_path = "member__person__"
    purpose = "登记党员认领的岗位"
    retention = Retention("结束认领", Coalesce("end", "member__ended_on"), years=5)
    columns = (
        Column("member.person.name", "姓名", sort="member__person__name_key"),
        Column("member.branch.name", "所在支部", sort="member__branch__name", width=20),
        Column("post.kind", "岗位类别", sort="post__kind"),
        Column(
            "where",
            "位置",
            value=lambda claim: claim.post.where,
            sort="post__building__sort post__place",
            width=30,
        ),
        Column("start"),
        Column("end", value=lambda claim: claim.until or "在岗"),
        Column("note", listed=False, optional=True, width=30),
    )
    search = ("person", *_PLACES)
    filters = (("state", _tenure_filter),)
    form_class = ClaimForm
    form_fields = ClaimForm.Meta.fields
    bulk_fields = ("note",)

    def prepare(self, queryset):
        return queryset.select_related(
            "member__person", "member__branch", "post__building", "post__stairwell"
        )

    def links(self, row, access, community):
        if row.until is not None and row.until <= timezone.localdate():
            return []
        return [Link("结束认领", self.url("end", community, row), primary=True)]

    def save(self, form, *, by, community):
        return actions.save_claim(form.instance, form.save)


def _counted_check_ins() -> AnonymousCounts:
    """Number of check-ins of a post and month, which stays."""
    month = TruncMonth("at", output_field=DateField())
    return AnonymousCounts(
        DutyCount, DutyCheckIn, {"post": F("post_id"), "month": month}, DutyCheckIn._default_manager.all
    )


@register
class DutyCheckInRegister(_OfPosts):
    """Check-ins from phones and from the desk, the latest first; photos are attachments."""

    model = DutyCheckIn
    create_label = "登记签到"
    noun = "dutycheckin"
    path = "duty-check-ins"
    menu_order = 43
    purpose = "记录党员在岗位上的签到"
    retention = Retention("签到", "at", years=1, counts=_counted_check_ins())
    columns = (
        Column("person.name", "姓名", sort="person__name_key"),
        Column("post.kind", "岗位类别", sort="post__kind"),
        Column("where", "位置", value=lambda check_in: check_in.post.where, width=30),
        Column("at", sort="-at", width=16),
        Column("note", width=30),
        Column("received_at", listed=False, optional=True, width=16),
    )
    search = ("person", *_PLACES, "note")
    filters = ()
    form_class = CheckInForm
    form_fields = CheckInForm.Meta.fields
    bulk_fields = ()
    attachments = True

    def prepare(self, queryset):
        return queryset.select_related("person", "post__building", "post__stairwell")

    def save(self, form, *, by, community):
        return actions.save_check_in(form.instance, form.save, by=by)
