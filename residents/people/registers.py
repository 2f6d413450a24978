"""The register of people (居民)."""

import django_filters
from django.db.models import Case, DateField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, TruncDate, TruncMonth
from django.utils import timezone

from community.accounts.models import User
from community.people.models import Person
from community.people.search import match_reason, person_word_condition
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.hooks.registry import Hook, call_hooks
from portal.registers.columns import Column
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.search_words import word_condition
from portal.retention.data_categories import AnonymousCounts, Retention
from residents.event_log.models import PastResidence, PopulationEvent
from residents.event_log.residence_causes import with_causes, with_entry_date
from residents.homes.addresses import REGISTERED_MARK
from residents.homes.models import Kind, Residence
from residents.people import card
from residents.people.actions import correct_people
from residents.people.ages import GROUPS, ages_condition
from residents.people.card import mask_phone
from residents.people.filters import BLANK, PERSON_FILTERS
from residents.people.forms import PersonForm
from residents.people.person_homes import BY_HOUSEHOLD, HOME_COLUMNS, prefetch_homes
from residents.people.similar import SimilarPeople


def _has_open_residence(kind: str) -> Exists:
    residences = Residence._default_manager.filter(
        community=OuterRef("community"), person=OuterRef("pk"), kind=kind
    )
    return Exists(residences.open())


def _retention_start() -> Case:
    """The day from which retention counts: of death, or of the last residence's end; null while somebody is here.

    For whoever never lived here (an owner, a head) it is the day of the last entry about them.
    """
    stays = Residence._default_manager.filter(community=OuterRef("community"), person=OuterRef("pk")).valid()
    ended = stays.filter(end__isnull=False).order_by("-end").values("end")[:1]
    events = Person.pgh_event_model._base_manager.filter(pgh_obj_id=OuterRef("pk")).order_by("-pgh_id")
    entered = events.values(day=TruncDate("pgh_created_at"))[:1]
    return Case(
        When(Exists(stays.open()), then=Value(None)),
        default=Coalesce(Greatest("died_on", Subquery(ended)), Subquery(entered)),
        output_field=DateField(),
    )


def _counted_residences() -> AnonymousCounts:
    """Anonymous counts that replace purged residences: how many began and ended in which month, by which event."""
    began_by = Case(When(entered=F("start"), then=Coalesce("began_by", Value(""))), default=Value(""))
    return AnonymousCounts(
        PastResidence,
        Residence,
        {
            "kind": F("kind"),
            "began": TruncMonth("entered", output_field=DateField()),
            "began_by": began_by,
            "ended": TruncMonth("end"),
            "ended_by": Coalesce("ended_by", Value("")),
        },
        lambda: with_causes(with_entry_date(Residence._default_manager.all())).filter(end__isnull=False),
    )


_STATES = (
    "在册情况：现住，指住在本社区，户籍也在；现住（户籍在外），指住在本社区，户籍不在；"
    "空挂户籍（人不在此），指户籍在本社区，人不住这里；已注销或未登记，指既不住本社区，户籍也不在"
)


def _state(person) -> str:
    """The registration state of a person, in the office's term."""
    if person.died_on:
        return "已故"
    if person.lives_here:
        return "现住" if person.is_registered else "现住（户籍在外）"
    return "空挂户籍（人不在此）" if person.is_registered else "已注销或未登记"


def _birth_year(person) -> str:
    return f"{person.birth_date.year}年" if person.birth_date else ""


def _filter_state(queryset, name, value):
    # Every change of residence sets the place of who lives here. If the residences were queried, the planner
    # would expect so few of a million people that it sorts all of a community's for the first page.
    living, registered = ~Q(place_label=""), Q(_has_open_residence(Kind.REGISTERED))
    conditions = {
        "living": living,
        "registered": registered,
        "both": living & registered,
        "lodger": living & ~registered,
        "away": registered & ~living,
        "separated": Q(pk__in=Residence._default_manager.separated().values("person")),
        "none": ~living & ~registered & Q(died_on__isnull=True),
        "dead": Q(died_on__isnull=False),
    }
    return queryset.filter(conditions[value])


def _filter_age(queryset, name, value):
    return queryset.filter(ages_condition(value, timezone.localdate()))


def _filter_sex(queryset, name, value):
    return queryset.filter(sex="" if value == BLANK else value)


def _address(person: Person) -> str:
    """Where somebody lives; for whoever lives elsewhere, the address of registration with a mark."""
    home = person.registered_home.label if person.is_registered else None
    return person.place_label or (f"{home}{REGISTERED_MARK}" if home else "")


@register
class PersonRegister(Register):
    model = Person
    create_label = "登记居民"
    noun = "person"
    path = "people"
    menu = DeskArea.PEOPLE
    menu_order = 10
    purpose = "社区居民服务和管理（城市居民委员会组织法）"
    retention = Retention(
        "迁出或去世",
        _retention_start(),
        years=5,
        # Users with an account are kept as long as it is active.
        unless=Exists(User._base_manager.filter(person=OuterRef("pk"), is_active=True)),
        counts=_counted_residences(),
    )
    part_models = (Residence, PopulationEvent)
    view, edit = P.PEOPLE_NAMES, P.PEOPLE_EDIT
    export_right, import_right = P.PEOPLE_EXPORT, P.PEOPLE_IMPORT
    columns = (
        Column("name", sort="name_key", width=10),
        Column("sex", width=6),
        Column("age", "年龄", sort="-birth_date", coarse_sort="-birth_date__year", number=True, width=6),
        # Beside the mask of an ID number a full birth date would leave one or two candidates.
        Column("birth_year", "出生年份", value=_birth_year, listed=False, optional=True, exported=False),
        Column("birth", "出生日期", listed=False, detailed=False, right=P.PEOPLE_VIEW, sort="birth_date"),
        Column("place_label", value=_address, sort="place_label", width=22),
        Column("state", "在册情况", value=_state, width=14),
        Column("id_kind", listed=False, optional=True, width=14),
        Column("id_mask", right=P.PEOPLE_VIEW, exported=False, in_cards=False),
        Column(
            "phone",
            text=True,
            width=16,
            right=P.PEOPLE_VIEW,
            masked=lambda p: mask_phone(p.phone),
            mask_note="列表中隐去中间四位",
            former=("phone_masked",),
        ),
        *HOME_COLUMNS,
        Column("ethnic", listed=False, optional=True, width=8),
        Column("registered_place", width=30, right=P.PEOPLE_VIEW),
        Column("education", listed=False, optional=True, right=P.PEOPLE_VIEW),
        Column("marital", listed=False, optional=True, right=P.PEOPLE_VIEW),
        Column("employment", listed=False, optional=True, right=P.PEOPLE_VIEW),
        Column("workplace", listed=False, optional=True, width=24, right=P.PEOPLE_VIEW),
        Column("political", listed=False, optional=True, right=P.PEOPLE_VIEW),
        Column("former_name", listed=False, optional=True, right=P.PEOPLE_VIEW),
        Column("note", listed=False, optional=True, width=24, right=P.PEOPLE_VIEW),
    )
    search = ("haystack",)
    search_hint = "姓名、拼音、电话、房屋"
    filters = (
        (
            "state",
            lambda: django_filters.ChoiceFilter(
                label="在册情况",
                empty_label="全部",
                method=_filter_state,
                choices=[
                    ("living", "现住本社区"),
                    ("registered", "户籍在本社区"),
                    ("both", "现住，户籍在本社区"),
                    ("lodger", "现住（户籍在外）"),
                    ("away", "空挂户籍（人不在此）"),
                    ("separated", "人户分离"),
                    ("none", "已注销或未登记"),
                    ("dead", "已故"),
                ],
            ),
        ),
        (
            "sex",
            lambda: django_filters.ChoiceFilter(
                label="性别",
                empty_label="全部",
                method=_filter_sex,
                choices=[*Person.Sex.choices, (BLANK, "未填")],
            ),
        ),
        (
            "age",
            lambda: django_filters.ChoiceFilter(
                label="年龄段",
                empty_label="全部",
                method=_filter_age,
                choices=[(band.key, band.words) for band in GROUPS],
            ),
        ),
        *PERSON_FILTERS,
    )
    order = ("name_key",)
    orders = (BY_HOUSEHOLD,)
    form_class = PersonForm
    similar = SimilarPeople()
    bulk_fields = (
        "ethnic",
        "registered_place",
        "education",
        "marital",
        "political",
        "employment",
        "workplace",
    )
    attachments = P.PEOPLE_VIEW
    cell_targets = {"place_label": card.place_targets}
    legend = _STATES

    def prefetch_values(self, rows):
        prefetch_homes(rows)

    def word_condition(self, name, word, access, community):
        """Search in the person's haystack and, for words of an address, in the dwelling of registration."""
        in_haystack = person_word_condition(word, access, community)
        if word.isdigit() or not any(char.isdigit() for char in word):
            return in_haystack
        registered = rows(Residence, access, P.PEOPLE_NAMES, community).filter(kind=Kind.REGISTERED).open()
        return in_haystack | Q(
            pk__in=registered.filter(word_condition("household__dwelling__label", word)).values("person")
        )

    def match_reasons(self, rows, words, access, community):
        return [match_reason(person, [word for word, _ in words.words], access, community) for person in rows]

    def summary(self, row, access, community):
        return card.summary(row, access, community)

    def panels(self, row, access, community):
        return card.panels(row, access, community)

    def write_rows(self, changed, columns, *, field, by, community, undo):
        how = "撤销批量修改" if undo else "批量修改"
        correct_people(by=by, community_id=community.id, people=changed, field=field, note=how)

    def list_links(self, access, community):
        if not access.can(P.PEOPLE_REVEAL, community):
            return []
        return [Link("导出完整号码", community.url("residents:person_export_full"), with_filters=True)]

    def links(self, row, access, community):
        if not row.id_mask or not access.can(P.PEOPLE_REVEAL, community):
            return []
        return [Link("查看完整证件号码", community.url("residents:person_reveal", row=row.uuid))]


@extend
class OtherFacts(RegisterExtension):
    """Facts that other registers state about a person, as the last panel of the page."""

    model = Person
    order = 90

    def panels(self, row, access, community):
        facts = sorted(call_hooks(Hook.ABOUT, row, access), key=lambda fact: fact.order)
        lines = [(Link(fact.title, fact.url) if fact.url else fact.title, fact.text) for fact in facts]
        return [Panel("其他登记", ("事项", "内容"), lines)] if lines else []
