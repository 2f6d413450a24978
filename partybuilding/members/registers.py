"""Registers of party members, the steps to membership, and transfers."""

import django_filters
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.utils import timezone

from community.bodies.models import PostHolder
from community.dated_rules.rules import value_of
from community.people.search import person_word_condition
from partybuilding.members import actions, panels
from partybuilding.members.arrears import with_unpaid
from partybuilding.members.choices import MEMBER_STAGES, Relation, Stage, State
from partybuilding.members.forms import MemberForm, branches_of
from partybuilding.members.importer import MemberImporter
from partybuilding.members.models import (
    DuesMonth,
    DuesPayment,
    DuesYear,
    Member,
    MemberStep,
    Transfer,
)
from partybuilding.members.path import NUMBERS, STEPS
from partybuilding.members.roll_reference import RollReference
from partybuilding.members.rules import DUES_DUE_MONTHS
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.attachments.models import Attachment
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column, ImportField
from portal.registers.filter_fields import date_range
from portal.registers.filters import ListFilter
from portal.registers.panels import Link, ListTab, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from portal.values.display import display
from residents.people.card import mask_phone

MEMBERS_LINE, DUES_LINE = "党员", "党费"

_PRESENT = Q(ended_on__isnull=True, stage__in=MEMBER_STAGES) & ~Q(state=State.LOST)
_GROUPS = {
    "present": ("现有党员", _PRESENT),
    "on_roll": ("在册党员", _PRESENT & Q(relation=Relation.ON_ROLL)),
    "reporting": ("在职报到", _PRESENT & Q(relation=Relation.REPORTING)),
    "mobile_in": ("流动入", _PRESENT & Q(relation=Relation.MOBILE_IN)),
    "path": ("发展对象等", Q(ended_on__isnull=True) & ~Q(stage__in=MEMBER_STAGES)),
    "lost": ("失联", Q(state=State.LOST)),
    "ended": ("已结束", Q(state=State.ENDED)),
}
"""Quick filters: the lost stand apart, and are not among those present."""


def branch_filter(path: str = "branch") -> tuple:
    """A filter by the branches of the user."""
    return "branch", lambda: django_filters.ModelChoiceFilter(
        label="所在支部",
        empty_label="全部",
        field_name=path,
        queryset=lambda request: branches_of(request.access, request.community),
    )


class OfMemberRegister(Register):
    """Base: rows of members, narrowed to the branches of the user, and found by the name of the member."""

    view = export_right = P.BRANCH
    menu = DeskArea.PARTY
    member_path = "member__"
    shares_lists = False

    def word_condition(self, name, word, access, community):
        if name == f"{self.member_path}person":
            return person_word_condition(word, access, community, f"{self.member_path}person__")
        return super().word_condition(name, word, access, community)


def _birth_year(member) -> str:
    return f"{member.person.birth_date.year}年" if member.person.birth_date else ""


def _dues_month(member) -> str:
    return f"{member.dues_from:%Y-%m}" if member.dues_from else ""


class UnpaidFilter(django_filters.ChoiceFilter):
    """Filter by arrears; those who are lost have none to be collected."""

    def __init__(self):
        super().__init__(
            label="党费",
            empty_label="全部",
            choices=[("owing", "有欠缴"), ("long", "欠缴到期限"), ("none", "已缴清")],
        )

    def filter(self, queryset, value):
        if not value:
            return queryset
        queryset = queryset.paying()
        if value == "none":
            return queryset.filter(unpaid=0)
        if value == "owing":
            return queryset.filter(unpaid__gt=0)
        community = self.parent.request.community
        return queryset.filter(unpaid__gte=value_of(community, DUES_DUE_MONTHS, timezone.localdate()))


def _filter_group(queryset, name, value):
    return queryset.filter(_GROUPS[value][1])


@register
class MemberRegister(OfMemberRegister):
    """The roll: relation and state, branch, stage, dates."""

    model = Member
    create_label = "登记党员"
    noun = "member"
    pickable = True
    title = "党员名册"
    menu_order = 20
    menu_line = MEMBERS_LINE
    member_path = ""
    purpose = "党员的教育管理和组织关系（中国共产党党员教育管理工作条例）"
    retention = Retention("登记结束", "ended_on", years=10)
    part_models = (MemberStep, Transfer, DuesMonth, DuesPayment, DuesYear)
    edit = P.BRANCH
    import_right = P.PARTY
    importer = MemberImporter
    import_key = ("person",)
    import_reference = RollReference
    import_fields = (
        ImportField("is_retired", ("是否离退休", "离退休党员")),
        ImportField("applied_on", ("申请入党时间",)),
        ImportField("probation_ends_on", ("预备期满时间",)),
        ImportField("native_place", ("籍贯",)),
        ImportField("came_on", ("转入时间",)),
        ImportField("where", ("流动去向", "外出地点", "流动地点")),
        ImportField("home_branch", ("原党组织", "单位党组织")),
        ImportField("dues_standard", ("党费标准", "月交党费", "月缴党费")),
        ImportField("note", ("备注",)),
    )
    columns = (
        Column("person.name", "姓名", sort="person__name_key", width=10),
        Column("person.sex", "性别", width=6),
        Column("person.age", "年龄", sort="-person__birth_date__year", number=True, width=6),
        Column("birth_year", "出生年份", value=_birth_year, listed=False, optional=True, exported=False),
        Column("person.birth", "出生日期", listed=False, detailed=False, width=14),
        Column("branch.name", "所在支部", sort="branch__name", width=24),
        Column("relation", width=10),
        Column("state", width=8),
        Column("stage", "发展阶段", sort="rank", width=12),
        Column("joined_on", "入党时间", sort="joined_on"),
        Column("full_on", "转正时间", sort="full_on"),
        Column("posts", "党内职务", value=lambda member: member.posts, listed=False, optional=True, width=16),
        Column("unpaid", "欠缴（月）", sort="-unpaid", number=True, value=lambda m: m.unpaid or ""),
        Column(
            "person.phone",
            "联系电话",
            text=True,
            width=16,
            listed=False,
            optional=True,
            masked=lambda member: mask_phone(member.person.phone),
            mask_note="列表中隐去中间四位",
        ),
        Column(
            "person.id_mask",
            "身份证号",
            right=P.PARTY,
            exported=False,
            listed=False,
            optional=True,
            in_cards=False,
        ),
        Column("person.place_label", "居住地址", listed=False, optional=True, width=22),
        Column("person.ethnic", "民族", listed=False, optional=True, width=8),
        Column("person.education", "学历", listed=False, optional=True),
        Column("person.workplace", "工作单位", listed=False, optional=True, width=24),
        Column("native_place", listed=False, optional=True),
        Column("is_retired", value=lambda member: display(member, "is_retired"), listed=False, optional=True),
        Column("applied_on", listed=False, optional=True),
        Column("probation_ends_on", listed=False, optional=True),
        Column("came_on", listed=False, optional=True),
        Column("where", listed=False, optional=True, width=20),
        Column("home_branch", listed=False, optional=True, width=24),
        Column("lost_since", listed=False, optional=True),
        Column("dues_from", value=_dues_month, listed=False, optional=True),
        Column("dues_standard", "党费标准", listed=False, optional=True, number=True),
        Column("ended_on", listed=False, optional=True),
        Column("ended_because", listed=False, optional=True),
        Column("note", listed=False, optional=True, width=24),
    )
    search = ("person", "branch__name", "note")
    search_hint = "姓名、拼音、支部"
    filters = (
        (
            "group",
            lambda: django_filters.ChoiceFilter(
                label="范围",
                empty_label="全部",
                method=_filter_group,
                choices=[(key, label) for key, (label, _) in _GROUPS.items()],
            ),
        ),
        branch_filter(),
        "state",
        "stage",
        ("unpaid", UnpaidFilter),
        ListFilter("relation", group="党员情况"),
        ListFilter("is_retired", group="党员情况"),
        ListFilter("joined_on", date_range("入党日期"), group="党员情况"),
        ListFilter("probation_ends_on", date_range("预备期满日期"), group="党员情况"),
    )
    order = ("-ended_on", "branch_id", "person__name_key")
    form_class = MemberForm
    form_fields = MemberForm.Meta.fields
    bulk_fields = ("is_retired", "dues_standard", "note")
    attachments = P.BRANCH
    legend = (
        "组织关系：在册，指组织关系在本社区；在职报到，指组织关系在单位，到社区报到；流动入，指组织关系在外地，在本社区参加"
        "活动。失联的党员单独列出，不算在现有党员之内"
    )

    def prepare(self, queryset):
        ranks = [When(stage=stage, then=Value(rank)) for rank, stage in enumerate(Stage)]
        queryset = queryset.select_related("person", "branch")
        queryset = queryset.annotate(rank=Case(*ranks, output_field=IntegerField()))
        return with_unpaid(queryset, timezone.localdate())

    def prefetch_values(self, rows):
        posts: dict[int, list[str]] = {}
        people = [row.person_id for row in rows]
        holders = PostHolder._default_manager.filter(
            community__in={row.community_id for row in rows},
            person__in=people,
            post__body__in={row.branch_id for row in rows},
        )
        for holder in holders.current().select_related("post").order_by("post__order", "id"):
            posts.setdefault(holder.person_id, []).append(holder.post.title)
        for row in rows:
            row.posts = "、".join(posts.get(row.person_id, ()))

    def match_row(self, row, candidates):
        """The open registration of the person; who was registered before is registered anew."""
        return next((member for member in candidates if not member.is_over), None)

    def summary(self, row, access, community):
        parts = [row.branch.name, row.get_stage_display(), row.get_relation_display()]
        if row.state != State.NORMAL:
            parts.append(Tag(row.get_state_display()))
        if row.unpaid and not row.is_over:
            parts.append(Tag(f"党费欠缴{row.unpaid}个月"))
        return parts

    def pick_label(self, row):
        return f"{row.person.name}｜{row.branch}{'（已结束）' if row.is_over else ''}"

    def list_tabs(self, access, community):
        members = rows(Member, access, P.BRANCH, community)
        return [
            ListTab(label, {"group": key}, members.filter(condition))
            for key, (label, condition) in _GROUPS.items()
        ]

    def list_links(self, access, community):
        if not access.can(P.PARTY, community):
            return []
        url = community.url("partybuilding:member_export_full")
        return [Link("导出完整号码", url, with_filters=True)]

    def panels(self, row, access, community):
        return panels.of_member(row, access, community)

    def links(self, row, access, community):
        return panels.links_of_member(row, access, community)

    def save(self, form, *, by, community):
        return actions.save_member(form.instance, getattr(form, "new_person", None), form.save)


_STEP_WORDS = [(step.code, f"{NUMBERS[step.code]} {step.label}") for step in STEPS]


@register
class MemberStepRegister(OfMemberRegister):
    """Steps that were taken; the papers of each are its attachments."""

    model = MemberStep
    noun = "memberstep"
    path = "member-steps"
    title = "发展党员记录"
    menu_order = 22
    menu_line = MEMBERS_LINE
    columns = (
        Column("member.person.name", "姓名", sort="member__person__name_key", width=10),
        Column("member.branch.name", "所在支部", sort="member__branch__name", width=24),
        Column("number", "第几步", value=lambda row: NUMBERS[row.step], number=True, width=8),
        Column("label", "步骤", value=lambda row: row.label, width=22),
        Column("on", "办理日期", sort="on"),
        Column("occasion", listed=False, optional=True, number=True),
        Column("votes", "表决", value=lambda row: row.votes_in_words, listed=False, optional=True, width=24),
        Column("text", listed=False, optional=True, width=30),
        Column("paper", "应有材料", value=lambda row: row.paper, width=24),
        Column("has_papers", "材料", value=lambda row: "已上传" if row.has_papers else "未上传", width=8),
    )
    search = ("member__person", "text")
    filters = (
        (
            "of_step",
            lambda: django_filters.ChoiceFilter(
                label="步骤", empty_label="全部", field_name="step", choices=_STEP_WORDS
            ),
        ),
        branch_filter("member__branch"),
        ("on", date_range("办理日期")),
    )
    order = ("-on", "-id")
    attachments = P.BRANCH
    cell_targets = {"member.person.name": "member"}

    def prepare(self, queryset):
        papers = Attachment._default_manager.filter(
            community_id=OuterRef("community_id"), subject=MemberStep.stored_label, row_id=OuterRef("pk")
        )
        return queryset.select_related("member__person", "member__branch").annotate(has_papers=Exists(papers))

    def links(self, row, access, community):
        if row.member.is_over:
            return []
        return [Link("撤回这一步", self.url("withdraw", community, row))]


@register
class TransferRegister(OfMemberRegister):
    """Transfers of relation: out with a letter, in, between two branches here."""

    model = Transfer
    noun = "transfer"
    title = "组织关系转接"
    menu_order = 23
    menu_line = MEMBERS_LINE
    columns = (
        Column("member.person.name", "姓名", sort="member__person__name_key", width=10),
        Column("direction", width=10),
        Column("from_words", "转出", value=lambda row: row.from_words, width=26),
        Column("to_words", "转入", value=lambda row: row.to_words, width=26),
        Column("on", "办理日期", sort="on"),
        Column("number", "介绍信", value=lambda row: row.number, width=16),
        Column("valid_until", "有效期至", sort="valid_until"),
        Column("progress", "状态", value=lambda row: row.progress, width=12),
        Column("receipt_on", listed=False, optional=True),
        Column("dues_until", listed=False, optional=True),
        Column("reason", listed=False, optional=True, width=24),
        Column("cancelled_on", listed=False, optional=True),
        Column("cancelled_because", listed=False, optional=True, width=24),
    )
    search = ("member__person", "other")
    filters = (
        "direction",
        (
            "progress",
            lambda: django_filters.ChoiceFilter(
                label="状态",
                empty_label="全部",
                method=_filter_progress,
                choices=[
                    ("open", "待回执"),
                    ("late", "逾期未回执"),
                    ("done", "已办结"),
                    ("cancelled", "已撤回"),
                ],
            ),
        ),
        branch_filter("member__branch"),
        ("on", date_range("办理日期")),
    )
    order = ("-on", "-id")
    attachments = P.BRANCH
    cell_targets = {"member.person.name": "member"}

    def prepare(self, queryset):
        return queryset.select_related("member__person", "from_branch", "to_branch")

    def links(self, row, access, community):
        if row.serial is None or not access.can(P.PARTY, community):
            return []
        paper = Link("打印介绍信", self.url("letter", community, row))
        if not row.is_open:
            return [paper] if not row.cancelled_on else []
        return [
            Link("登记回执", self.url("receipt", community, row), primary=True),
            paper,
            Link("撤回", self.url("cancel", community, row)),
        ]


def _filter_progress(queryset, name, value):
    waiting = queryset.waiting()
    if value == "late":
        return waiting.filter(valid_until__lt=timezone.localdate())
    if value == "cancelled":
        return queryset.filter(cancelled_on__isnull=False)
    if value == "done":
        return queryset.filter(cancelled_on__isnull=True).exclude(pk__in=waiting.values("pk"))
    return waiting
