"""Registers of bodies, their posts, who holds them, and their members."""

from collections.abc import Iterable

import django_filters
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.bodies import actions, panels
from community.bodies.forms import BodyForm, BodyMemberForm, PostForm, PostHolderForm
from community.bodies.models import Body, BodyMember, Post, PostHolder
from community.bodies.rights import editable_kinds
from community.people.models import Person
from community.people.search import person_word_condition
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.hooks.registry import Hook, call_hooks
from portal.registers.columns import Column
from portal.registers.panels import Link, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.row_links import RowRef
from portal.retention.data_categories import Retention, Unlimited

_LINE = "组织网络"


class _OfBodies(Register):
    """Base: rows of bodies, of which a user may change those of certain kinds (`editable_kinds`)."""

    kind_path = "body__kind"
    """Lookup from a row to the kind of its body."""
    view, edit, export_right = P.PLACES_VIEW, P.BODIES_EDIT, P.PLACES_VIEW

    def rows(self, access, community, permission=None):
        queryset = super().rows(access, community, permission)
        if permission == self.edit:
            return queryset.filter(**{f"{self.kind_path}__in": editable_kinds(access, community)})
        return queryset

    def may_change(self, row, access, community):
        return self.body_of(row).kind in editable_kinds(access, community)

    def body_of(self, row) -> Body:
        return row.body

    def word_condition(self, name, word, access, community):
        if name == "person":
            return person_word_condition(word, access, community, "person__")
        return super().word_condition(name, word, access, community)


def _current_head(value: str):
    """Subquery: a value of whoever holds the head post of a body today."""
    holders = PostHolder._default_manager.filter(post__body=OuterRef("pk"), post__is_head=True)
    return Subquery(holders.current().order_by("post__order", "-start", "id").values(f"person__{value}")[:1])


def _members_today():
    members = BodyMember._default_manager.filter(body=OuterRef("pk")).current().order_by().values("body")
    return Coalesce(Subquery(members.annotate(number=Count("pk")).values("number")), 0)


def _heads(bodies: Iterable) -> list[RowRef | None]:
    return [RowRef(Person, body.head_uuid) if body.head_uuid else None for body in bodies]


class BodyStateFilter(django_filters.ChoiceFilter):
    """Filter of the list by what is to be done, and by bodies that have ended."""

    def __init__(self):
        choices = [("current", "现有"), ("vacant", "职务有空缺"), ("over", "任期已满"), ("ended", "已撤销")]
        super().__init__(label="状态", empty_label="全部", choices=choices)

    def filter(self, queryset, value):
        if value == "vacant":
            return queryset.filter(vacancies__gt=0)
        if value == "over":
            return queryset.current().filter(term_ends_on__lte=timezone.localdate())
        if value == "current":
            return queryset.current()
        return queryset.filter(ended_on__lte=timezone.localdate()) if value else queryset


@register
class BodyRegister(_OfBodies):
    """Bodies in the order of their kinds; the page of one shows its posts with holders and vacancies."""

    model = Body
    create_label = "新增组织"
    noun = "body"
    path = "bodies"
    kind_path = "kind"
    menu = DeskArea.PEOPLE
    menu_order = 63
    menu_line = _LINE
    purpose = "登记社区的各类组织、职务和换届"
    retention = Unlimited("组织的沿革长期保存，撤销后仍可查")
    columns = (
        Column("name", width=30),
        Column("kind", sort="rank name"),
        Column("head_name", "负责人", value=lambda body: body.head_name or "暂缺"),
        Column("vacancies", "空缺职数", sort="-vacancies", number=True),
        Column("member_count", "成员数", sort="member_count", number=True),
        Column("parent.name", "上级组织", sort="parent__name", width=24),
        Column("term_ends_on", width=12),
        Column("short_name", listed=False, optional=True),
        Column("unit", listed=False, optional=True, width=24),
        Column("founded_on", listed=False, optional=True),
        Column("ended_on", listed=False, optional=True),
        Column("term_years", listed=False, optional=True, number=True),
        Column("term_began_on", listed=False, optional=True),
        Column("note", listed=False, optional=True, width=30),
    )
    search = ("name", "short_name")
    filters = ("kind", ("state", BodyStateFilter))
    order = ("rank", "name")
    form_class = BodyForm
    form_fields = BodyForm.Meta.fields
    bulk_fields = ("term_years", "term_began_on", "term_ends_on")
    attachments = True
    cell_targets = {"head_name": _heads}

    def body_of(self, row):
        return row

    def prepare(self, queryset):
        return (
            queryset.select_related("parent", "unit")
            .with_vacancies()
            .annotate(
                head_name=_current_head("name"),
                head_uuid=_current_head("uuid"),
                member_count=_members_today(),
            )
        )

    def summary(self, row, access, community):
        tags = [Tag(f"空缺{row.vacancies}名")] if row.vacancies > 0 else []
        if row.is_over:
            return [row.get_kind_display(), Tag("已撤销")]
        if row.term_ends_on and row.term_ends_on <= timezone.localdate():
            tags.append(Tag("任期已满"))
        return [row.get_kind_display(), *tags]

    def panels(self, row, access, community):
        return panels.of_body(row, access, community, may_change=self.may_change(row, access, community))

    def links(self, row, access, community):
        if not self.may_change(row, access, community):
            return []
        if row.is_over:
            return [Link("恢复", self.url("restore", community, row))]
        return [Link("换届", self.url("term", community, row)), Link("撤销", self.url("end", community, row))]

    def delete(self, row, *, by):
        actions.delete_body(row)

    def protecting_rows(self, row, access, community):
        roles = [protecting.title for protecting in call_hooks(Hook.PLACE_PROTECTED, row)]
        return [*roles, *super().protecting_rows(row, access, community)]


@register
class PostRegister(_OfBodies):
    """Posts of the bodies."""

    model = Post
    create_label = "增设职务"
    noun = "post"
    menu = DeskArea.PEOPLE
    menu_order = 65
    menu_line = _LINE
    columns = (
        Column("body.name", "组织", sort="body__name", width=30),
        Column("title", width=16),
        Column("seats", number=True),
        Column("held", "现任人数", sort="held", number=True),
        Column("is_head"),
        Column("order", listed=False, optional=True, number=True),
    )
    search = ("body__name", "title")
    filters = ("body", "is_head")
    order = ("body__name", "order", "id")
    form_class = PostForm
    form_fields = PostForm.Meta.fields
    bulk_fields = ("order",)

    def prepare(self, queryset):
        current = PostHolder._default_manager.filter(post=OuterRef("pk")).current().order_by().values("post")
        held = Subquery(current.annotate(number=Count("pk")).values("number"))
        return queryset.select_related("body").annotate(held=Coalesce(held, 0))

    def panels(self, row, access, community):
        return [panels.of_post(row, access, community, may_change=self.may_change(row, access, community))]

    def save(self, form, *, by, community):
        return actions.save_post(form.instance, form.save)


@register
class PostHolderRegister(_OfBodies):
    """Who holds and held which post."""

    model = PostHolder
    create_label = "任职"
    noun = "postholder"
    path = "holders"
    kind_path = "post__body__kind"
    menu = DeskArea.PEOPLE
    menu_order = 64
    menu_line = _LINE
    purpose = "登记各组织的任职和换届"
    retention = Retention("离任", "end", years=5)
    columns = (
        Column("person.name", "姓名", sort="person__name_key"),
        Column("post.body.name", "组织", sort="post__body__name", width=30),
        Column("post.title", "职务", width=16),
        Column("start"),
        Column("end", value=lambda holder: holder.end or "现任"),
        Column("until", "任期至", value=lambda holder: holder.until or "", listed=False, optional=True),
        Column("manner", listed=False, optional=True),
        Column("document", width=24),
    )
    search = ("person", "post__body__name", "post__title")
    filters = (
        (
            "state",
            lambda: django_filters.ChoiceFilter(
                label="状态",
                empty_label="全部",
                choices=[("current", "现任"), ("past", "已离任")],
                method=_filter_tenure,
            ),
        ),
        "manner",
    )
    form_class = PostHolderForm
    form_fields = ("post", "start", "end", "manner", "document")
    bulk_fields = ("manner", "document")
    attachments = True

    def body_of(self, row):
        return row.post.body

    def prepare(self, queryset):
        return queryset.select_related("person", "post__body")

    def links(self, row, access, community):
        if row.end or not self.may_change(row, access, community):
            return []
        return [Link("免职或届满", self.url("end", community, row), primary=True)]

    def save(self, form, *, by, community):
        return actions.save_holder(form.instance, form.save)


def _filter_tenure(queryset, name, value):
    return queryset.current() if value == "current" else queryset.filter(end__lte=timezone.localdate())


@register
class BodyMemberRegister(_OfBodies):
    """Members of committees, mass organisations and teams."""

    model = BodyMember
    create_label = "新增成员"
    noun = "bodymember"
    path = "body-members"
    menu = DeskArea.PEOPLE
    menu_order = 66
    menu_line = _LINE
    title = "组织成员"
    purpose = "登记各组织的成员"
    retention = Retention("退出", "end", years=5)
    columns = (
        Column("person.name", "姓名", sort="person__name_key"),
        Column("body.name", "组织", sort="body__name", width=30),
        Column("start"),
        Column("end", value=lambda member: member.end or "在册"),
        Column("note", width=30),
    )
    search = ("person", "body__name")
    filters = (
        "body",
        (
            "state",
            lambda: django_filters.ChoiceFilter(
                label="状态",
                empty_label="全部",
                choices=[("current", "在册"), ("past", "已退出")],
                method=_filter_tenure,
            ),
        ),
    )
    form_class = BodyMemberForm
    form_fields = BodyMemberForm.Meta.fields
    bulk_fields = ("start", "note")

    def prepare(self, queryset):
        return queryset.select_related("person", "body")

    def links(self, row, access, community):
        if row.end or not self.may_change(row, access, community):
            return []
        return [Link("退出", self.url("end", community, row), primary=True)]
