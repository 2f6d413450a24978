"""The care registers (重点人群台账): one declaration each, on what they share."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from community.models import Person
from community.models.base import current_on
from portal.forms import display
from portal.permissions import Permission as P
from portal.registers import Column, ImportField, Link, Register, register
from portal.scoping import rows
from residents import finding
from residents.care import CareKind, living_alone
from residents.forms.care import (
    CareChildForm,
    CareForm,
    DisabilityForm,
    ElderForm,
    LowIncomeForm,
    MaternalForm,
)
from residents.importing.care import (
    DisabilityReference,
    ElderReference,
    LowIncomeReference,
    reference_for,
)
from residents.models import (
    CareChild,
    Disability,
    Elder,
    LowIncome,
    Maternal,
    Residence,
    Retiree,
    SpecialCare,
    Unemployed,
)

_GRADE_WORDS = {
    word: grade
    for grade, words in (
        ("1", ("一级", "1级", "壹级", "一")),
        ("2", ("二级", "2级", "贰级", "二")),
        ("3", ("三级", "3级", "叁级", "三")),
        ("4", ("四级", "4级", "肆级", "四")),
    )
    for word in words
}
_DISABILITY_WORDS = {
    word: kind.value for kind in Disability.Kind for word in (kind.label.removesuffix("残疾"), kind.label[0])
}


def _state(entry) -> str:
    """How an entry stands today."""
    today = timezone.localdate()
    if entry.is_current(today):
        return "在册"
    return "已终止" if entry.end and entry.end < today else "未开始"


def _filter_state(queryset, name, value):
    today = timezone.localdate()
    conditions = {
        "current": current_on(today),
        "past": Q(end__lt=today),
        "coming": Q(start__gt=today),
    }
    return queryset.filter(conditions[value])


STATE = (
    "state",
    lambda: django_filters.ChoiceFilter(
        label="状态",
        empty_label="全部",
        method=_filter_state,
        choices=[("current", "在册"), ("past", "已终止"), ("coming", "未开始")],
    ),
)
DUE_BY = (
    "due_by",
    lambda: django_filters.DateFilter(
        label="到期日不晚于",
        field_name="due",
        lookup_expr="lte",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    ),
)


def _of_person(whose: str = "person", label: str = "姓名") -> tuple[Column, ...]:
    """The columns that tell who somebody is. Beside the mask of a number there is no whole birth date."""
    return (
        Column(f"{whose}.name", label, sort=f"{whose}__name_key", width=10),
        Column(f"{whose}.sex", "性别", width=6),
        Column(f"{whose}.age", "年龄", sort=f"-{whose}__birth_date", number=True, width=6),
        Column(f"{whose}.birth", "出生日期", listed=False, detailed=False, width=16),
        Column(f"{whose}.place_label", "住处", sort=f"{whose}__place_label", width=22),
    )


_COURSE = (
    Column("start", listed=False, optional=True, width=12),
    Column("due", width=12),
    Column("end", width=12),
    Column("end_reason", listed=False, optional=True, width=16),
    Column("state", "状态", value=_state, width=8),
    Column("note", listed=False, optional=True, width=24),
)
"""The columns of from–to, at the end of every care register."""


class CareRegister(Register):
    """Base of the care registers; each says whose entries they are, what is particular, and how long they are kept."""

    kind: CareKind
    whose = "person"
    menu = "重点人群"
    view = edit = export_right = import_right = P.CARE
    attachments = P.CARE
    search = ("person__haystack",)
    search_hint = "姓名、拼音、房屋"
    # PostgreSQL sorts what has no value first when descending: those that have not ended.
    order = ("-end", "person__name_key")
    form_class = CareForm
    bulk_fields = ("due", "note")
    import_key = ("person",)
    secrets: tuple[str, ...] = ()
    """Secrets of the noun, revealed one by one (`residents.views.care`)."""

    def searched(self, queryset, text, access, community):
        people = rows(Person, access, P.PEOPLE_NAMES, community)
        return queryset.filter(self.found_by(people.filter(finding.people(text, access, community))))

    def found_by(self, people) -> Q:
        """The entries that a search for people finds."""
        return Q(person__in=people.order_by().values("pk"))

    def meant_by(self, row, candidates):
        """An entry that began, or else ended, on the same day; or else the one that has not ended."""
        for name in ("start", "end"):
            stated = getattr(row, name)
            same = [entry for entry in candidates if stated and getattr(entry, name) == stated]
            if same:
                return same[0]
        return next((entry for entry in candidates if entry.end is None), None)

    def links(self, row, access, community):
        person = reverse(
            "residents:person_detail", kwargs={"community": community.code, "row": row.whose.uuid}
        )
        found = [Link("居民信息", person)]
        kwargs = {"community": community.code, "row": row.uuid}
        for name in self.secrets:
            if getattr(row, f"{name}_hash") and access.can(P.PEOPLE_REVEAL, community):
                label = str(self.model._meta.get_field(f"{name}_mask").verbose_name)
                found.append(
                    Link(f"查看完整{label}", reverse(f"residents:{self.noun}_reveal", kwargs=kwargs))
                )
        return found


def _yes_no(name: str):
    """The reader of a column that is yes or no."""
    return lambda entry: display(entry, name)


def _fields(names: str) -> tuple[str, ...]:
    """The form's own fields with those of every entry."""
    return (*names.split(), "start", "due", "end", "end_reason", "note")


def _imported(names: tuple[str, ...], *given: ImportField) -> tuple[ImportField, ...]:
    """The form's fields as columns of a file, by their labels, and as `given` where other headers are known."""
    particular = {field.name: field for field in given}
    return tuple(particular.get(name, ImportField(name)) for name in names)


_START = ImportField("start", ("起", "开始日期", "享受起始日期", "纳入日期"))
_END = ImportField("end", ("止", "停止日期"))


@register
class LowIncomeRegister(CareRegister):
    kind = CareKind.LOW_INCOME
    model = LowIncome
    noun = "lowincome"
    path = "low-income"
    whose = "applicant"
    menu_order = 10
    purpose = "最低生活保障的申请、复核和发放（社会救助暂行办法）"
    retention = "保障终止后保存五年"
    columns = (
        *_of_person("applicant", "户主姓名"),
        Column("area"),
        Column("certificate", text=True, listed=False, optional=True, width=16),
        Column("level"),
        Column("covered", number=True),
        Column("key_people", number=True, listed=False, optional=True),
        Column("disabled_people", number=True, listed=False, optional=True),
        Column("amount", "月保障金（元）", value=lambda entry: entry.amount, number=True),
        Column("family_amount", number=True, listed=False, optional=True),
        Column("key_60", number=True, listed=False, optional=True),
        Column("key_100", number=True, listed=False, optional=True),
        Column("disabled_amount", number=True, listed=False, optional=True),
        *_COURSE,
    )
    search = ("applicant__haystack",)
    search_hint = "户主或家人的姓名、拼音、房屋"
    filters = (STATE, "area", "level", DUE_BY)
    order = ("-end", "applicant__name_key")
    form_fields = _fields(
        "area certificate level covered key_people disabled_people family_amount key_60 key_100 disabled_amount"
    )
    form_class = LowIncomeForm
    bulk_fields = ("level", "due", "note")
    import_key = ("household",)
    import_reference = LowIncomeReference
    import_fields = _imported(
        form_fields,
        ImportField("area", ("城乡",), words={"城镇": "urban", "城市低保": "urban", "农村低保": "rural"}),
        ImportField("certificate", ("低保证编号", "低保证号码")),
        ImportField("level", words={"A类": "A", "B类": "B", "C类": "C"}),
        ImportField("covered", ("保障人数.小计",)),
        ImportField("key_60", ("重点救助60",)),
        ImportField("key_100", ("重点救助100",)),
        _START,
        _END,
    )

    def found_by(self, people):
        ids = people.order_by().values("pk")
        members = Residence._default_manager.filter(person__in=ids).open()
        return Q(applicant__in=ids) | Q(household__in=members.order_by().values("household"))

    def links(self, row, access, community):
        kwargs = {"community": community.code, "row": row.household.uuid}
        home = Link("家庭成员", reverse("residents:household_detail", kwargs=kwargs))
        return [home, *super().links(row, access, community)]


@register
class DisabilityRegister(CareRegister):
    kind = CareKind.DISABLED
    model = Disability
    noun = "disability"
    path = "disabilities"
    menu_order = 20
    purpose = "残疾人服务和两项补贴（残疾人保障法）"
    retention = "残疾登记终止后保存五年"
    columns = (
        *_of_person(),
        Column("certificate_mask", exported=False, listed=False),
        Column("kind"),
        Column("grade"),
        Column("guardian"),
        Column("phone", text=True, listed=False, width=16),
        Column("living_subsidy", value=_yes_no("living_subsidy"), listed=False, optional=True),
        Column("nursing_subsidy", value=_yes_no("nursing_subsidy"), listed=False, optional=True),
        Column("issued", listed=False, optional=True, width=12),
        *_COURSE,
    )
    filters = (STATE, "kind", "grade", "living_subsidy", "nursing_subsidy", DUE_BY)
    form_fields = _fields("kind grade guardian phone living_subsidy nursing_subsidy issued")
    form_class = DisabilityForm
    bulk_fields = ("living_subsidy", "nursing_subsidy", "due", "note")
    secrets = ("certificate",)
    import_reference = DisabilityReference
    import_fields = _imported(
        form_fields,
        ImportField("kind", ("残疾类型", "类别"), words=_DISABILITY_WORDS),
        ImportField("grade", ("残疾级别", "等级", "级别"), words=_GRADE_WORDS),
        ImportField("guardian", ("监护人姓名",)),
        ImportField("phone", ("电话", "联系方式", "手机")),
        ImportField("due", ("有效期至", "有效期")),
        _START,
        _END,
    )


def _lives_alone(elder) -> str:
    """What is known of it, and from whom."""
    if elder.lives_here:
        return f"{'是' if elder.alone_here else '否'}（居住登记）"
    if elder.alone_as_told is None:
        return ""
    return f"{'是' if elder.alone_as_told else '否'}（本人说明）"


def _filter_alone(queryset, name, value):
    here = Residence._default_manager.filter(community=OuterRef("community"), person=OuterRef("person"))
    alone = Q(person__in=living_alone().order_by().values("person"))
    told = ~Q(Exists(here.living().open())) & Q(alone_as_told=True)
    return queryset.filter(alone | told) if value == "yes" else queryset.exclude(alone | told)


def _filter_allowance(queryset, name, value):
    return queryset.filter(allowance__gt=0) if value == "yes" else queryset.exclude(allowance__gt=0)


@register
class ElderRegister(CareRegister):
    kind = CareKind.ELDERLY
    model = Elder
    noun = "elder"
    menu_order = 30
    purpose = "老年人优待、高龄津贴和探访关爱（老年人权益保障法）"
    retention = "津贴或关爱终止后保存五年"
    columns = (
        *_of_person(),
        Column("alone", "独居", value=_lives_alone, width=14),
        Column("allowance", number=True),
        Column("bank_card_mask", exported=False, listed=False),
        Column("checked_on", width=12),
        *_COURSE,
    )
    filters = (
        STATE,
        (
            "alone",
            lambda: django_filters.ChoiceFilter(
                label="独居", empty_label="全部", method=_filter_alone, choices=[("yes", "是"), ("no", "否")]
            ),
        ),
        (
            "allowance",
            lambda: django_filters.ChoiceFilter(
                label="津贴",
                empty_label="全部",
                method=_filter_allowance,
                choices=[("yes", "享受"), ("no", "不享受")],
            ),
        ),
        DUE_BY,
    )
    form_fields = _fields("allowance checked_on alone_as_told")
    form_class = ElderForm
    bulk_fields = ("allowance", "checked_on", "due", "note")
    secrets = ("bank_card",)
    import_reference = ElderReference
    import_fields = _imported(
        form_fields, ImportField("allowance", ("津贴标准", "津贴金额", "高龄津贴")), _START, _END
    )

    def gather(self, rows):
        people = [elder.person_id for elder in rows]
        here = Residence._default_manager.filter(
            community__in={elder.community_id for elder in rows}, person__in=people
        )
        alone = Exists(living_alone().filter(community=OuterRef("community"), pk=OuterRef("pk")))
        known = dict(
            here.living().open().order_by().annotate(is_alone=alone).values_list("person", "is_alone")
        )
        for elder in rows:
            elder.lives_here = elder.person_id in known
            elder.alone_here = known.get(elder.person_id, False)


@register
class SpecialCareRegister(CareRegister):
    kind = CareKind.SPECIAL_CARE
    model = SpecialCare
    noun = "specialcare"
    path = "special-care"
    menu_order = 40
    purpose = "优抚对象的抚恤优待（军人抚恤优待条例）"
    retention = "优抚终止后保存十年"
    columns = (
        *_of_person(),
        Column("kind"),
        Column("certificate", text=True, listed=False, optional=True, width=16),
        Column("grade", number=True),
        Column("allowance", number=True),
        *_COURSE,
    )
    filters = (STATE, "kind", DUE_BY)
    form_fields = _fields("kind certificate grade allowance")
    bulk_fields = ("allowance", "due", "note")
    import_reference = reference_for(SpecialCare)
    import_fields = _imported(
        form_fields,
        ImportField("kind", ("对象类别", "人员类别")),
        ImportField("certificate", ("证件编号", "优待证号")),
        ImportField("allowance", ("补助标准", "抚恤金")),
        _START,
        _END,
    )


def _filter_disabled(queryset, name, value):
    disabled = queryset.of_disabled(timezone.localdate()).order_by().values("pk")
    return queryset.filter(pk__in=disabled) if value == "yes" else queryset.exclude(pk__in=disabled)


def _filter_placed(queryset, name, value):
    return queryset.placed(int(value))


@register
class UnemployedRegister(CareRegister):
    kind = CareKind.UNEMPLOYED
    model = Unemployed
    noun = "unemployed"
    path = "unemployed"
    menu_order = 50
    purpose = "失业登记和就业帮扶（就业促进法）"
    retention = "帮扶终止后保存三年"
    columns = (
        *_of_person(),
        Column("cause"),
        Column("former_unit", listed=False, optional=True, width=24),
        Column("certificate", text=True, listed=False, optional=True, width=18),
        Column("wish", width=24),
        Column("result"),
        Column("result_on", width=12),
        Column("workplace", listed=False, optional=True, width=24),
        Column("placed_by", listed=False, optional=True, width=20),
        *_COURSE,
    )
    filters = (
        STATE,
        "cause",
        "result",
        (
            "placed",
            lambda: django_filters.NumberFilter(
                label="再就业年份", method=_filter_placed, min_value=1990, max_value=2100
            ),
        ),
        (
            "disabled",
            lambda: django_filters.ChoiceFilter(
                label="残疾人",
                empty_label="全部",
                method=_filter_disabled,
                choices=[("yes", "是"), ("no", "否")],
            ),
        ),
        DUE_BY,
    )
    form_fields = _fields("cause former_unit certificate wish result result_on workplace placed_by")
    import_reference = reference_for(Unemployed)
    import_fields = _imported(
        form_fields,
        ImportField("certificate", ("就业失业登记证号",)),
        ImportField("wish", ("求职意向", "技能")),
        ImportField("result", ("就业结果", "就业情况")),
        ImportField("result_on", ("就业日期", "再就业日期")),
        ImportField("workplace", ("现单位", "再就业单位")),
        ImportField("start", ("失业日期", "失业登记日期", "登记日期")),
        _END,
    )


@register
class RetireeRegister(CareRegister):
    kind = CareKind.RETIRED
    model = Retiree
    noun = "retiree"
    menu_order = 60
    purpose = "退休人员社会化管理服务（关于国有企业退休人员社会化管理的指导意见）"
    retention = "管理服务终止后保存三年"
    columns = (
        *_of_person(),
        Column("kind"),
        Column("former_unit", width=24),
        Column("retired_on", width=12),
        Column("checked_on", listed=False, optional=True, width=12),
        *_COURSE,
    )
    filters = (STATE, "kind", DUE_BY)
    form_fields = _fields("kind former_unit retired_on checked_on")
    bulk_fields = ("checked_on", "due", "note")
    import_reference = reference_for(Retiree)
    import_fields = _imported(
        form_fields,
        ImportField("kind", ("人员类别",)),
        ImportField("former_unit", ("原工作单位", "退休单位")),
        ImportField("retired_on", ("退休时间",)),
        _START,
        _END,
    )


@register
class CareChildRegister(CareRegister):
    kind = CareKind.CHILD
    model = CareChild
    noun = "carechild"
    path = "care-children"
    menu_order = 70
    purpose = "困境儿童和留守儿童的关爱保护（未成年人保护法）"
    retention = "保护终止或年满18周岁后保存五年"
    columns = (
        *_of_person(),
        Column("kind"),
        Column("guardian"),
        Column("guardian_relation", listed=False, optional=True),
        Column("guardian_phone", text=True, listed=False, width=16),
        Column("carer"),
        Column("school", width=20),
        Column("allowance", number=True, listed=False, optional=True),
        *_COURSE,
    )
    filters = (STATE, "kind", DUE_BY)
    form_fields = _fields("kind guardian guardian_relation guardian_phone carer school allowance")
    form_class = CareChildForm
    bulk_fields = ("school", "allowance", "due", "note")
    import_reference = reference_for(CareChild)
    import_fields = _imported(
        form_fields,
        ImportField("guardian", ("监护人姓名",)),
        ImportField("guardian_relation", ("与儿童关系", "监护关系")),
        ImportField("guardian_phone", ("联系电话", "电话")),
        ImportField("carer", ("受委托照护人", "照料人")),
        ImportField("school", ("学校",)),
        _START,
        _END,
    )


@register
class MaternalRegister(CareRegister):
    kind = CareKind.MATERNAL
    model = Maternal
    noun = "maternal"
    path = "maternal"
    menu_order = 80
    purpose = "经本人同意的孕产保健和计划生育服务（母婴保健法、人口与计划生育法）；不记录健康状况"
    retention = "服务终止后保存一年"
    columns = (
        *_of_person(),
        Column("service"),
        Column("provider", width=20),
        Column("consented_on", width=12),
        *_COURSE,
    )
    filters = (STATE, "service", DUE_BY)
    form_fields = _fields("service provider consented_on")
    form_class = MaternalForm
    import_reference = reference_for(Maternal)
    import_fields = _imported(
        form_fields,
        ImportField("service", ("服务内容",)),
        ImportField("provider", ("服务单位",)),
        ImportField("consented_on", ("同意日期",)),
        _START,
        _END,
    )


REGISTERS: dict[CareKind, type[CareRegister]] = {
    declaration.kind: declaration
    for declaration in (
        LowIncomeRegister,
        DisabilityRegister,
        ElderRegister,
        SpecialCareRegister,
        UnemployedRegister,
        RetireeRegister,
        CareChildRegister,
        MaternalRegister,
    )
}
"""The register of each kind, in the order of the menu."""
