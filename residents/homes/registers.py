"""The registers of dwellings (房屋) and households (户)."""

import django_filters
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate

from community.people.models import Person
from community.people.search import person_word_condition
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.registry import Hook, call_hooks
from portal.registers.columns import Column
from portal.registers.panels import Link, Panel
from portal.registers.registers import Register
from portal.registers.registry import register, row_url
from portal.registers.similar import SimilarRows
from portal.retention.data_categories import Retention, Unlimited
from residents.homes import place_filters
from residents.homes.actions import update_place_labels
from residents.homes.forms import DwellingForm, HouseholdForm
from residents.homes.models import Dwelling, Household, Kind, Residence


def _filter_household(queryset, name, value):
    narrow = {
        "occupied": queryset.occupied,
        "headless": queryset.without_head,
        "empty": queryset.empty_registration,
    }
    return narrow[value]()


@register
class DwellingRegister(Register):
    model = Dwelling
    noun = "dwelling"
    menu = "人口与房屋"
    menu_order = 30
    purpose = "掌握房屋和住户的对应关系"
    retention = Unlimited("房屋一直都在，产权人变更后即更新")
    pickable = True
    view, edit, export_right = P.PLACES_VIEW, P.PLACES_EDIT, P.PLACES_VIEW
    columns = (
        Column("label", sort="sort", width=22),
        Column("use"),
        Column("floor", number=True),
        Column("area_m2", number=True),
        Column("people_count", "现住人数", sort="people_count", number=True),
        Column(
            "owner_shown",
            "产权人",
            value=lambda d: d.owner.name if d.owner else d.owner_name,
            right=P.PEOPLE_NAMES,
        ),
    )
    search = ("label",)
    filters = ("building", "use", *place_filters.DWELLING_FILTERS)
    order = ("sort",)
    form_class = DwellingForm
    similar = SimilarRows(
        by=({"building": "building", "stairwell": "stairwell", "room": "room"},),
        clean={"room": lambda room: room.removesuffix("室")},
    )
    # Building, stairwell and room make the label, by which people are searched: they are changed one by one.
    bulk_fields = ("floor", "use", "area_m2", "owner_name")
    attachments = P.PEOPLE_NAMES

    def prepare(self, queryset):
        open_living = Q(
            households__residences__end__isnull=True,
            households__residences__annulled=False,
            households__kind=Kind.LIVING,
        )
        return queryset.select_related("owner").annotate(
            people_count=Count("households__residences", filter=open_living, distinct=True)
        )

    def panels(self, row, access, community):
        residences = (
            rows(Residence, access, P.PEOPLE_NAMES, community)
            .filter(household__dwelling=row)
            .open()
            .select_related("person", "household")
            .order_by("kind", "household", "-is_head", "id")
        )
        return [
            Panel(
                "住户",
                ("类别", "姓名", "与户主关系", "年龄"),
                [
                    (
                        r.get_kind_display(),
                        Link(r.person.name, row_url(r.person, community)),
                        r.relation_word,
                        r.person.age if r.person.age is not None else "",
                    )
                    for r in residences
                ],
                empty="现在没有人居住或登记户籍",
            ),
        ]

    def links(self, row, access, community):
        if not access.can(P.PEOPLE_EDIT, community):
            return []
        return [Link("迁入", community.url("residents:event_move_in", dwelling=row.uuid))]

    def save(self, form, *, by, community):
        dwelling = super().save(form, by=by, community=community)
        update_place_labels([dwelling])
        return dwelling


@register
class HouseholdRegister(Register):
    model = Household
    noun = "household"
    title = "户"
    menu = "人口与房屋"
    menu_order = 20
    purpose = "按户服务居民，出具居住和户籍情况"
    retention = Retention(
        "全户迁出或去世",
        # The household's last change: its members were purged before, each after their own period.
        Subquery(
            Household.pgh_event_model._base_manager.filter(pgh_obj_id=OuterRef("pk"))
            .order_by("-pgh_id")
            .values(day=TruncDate("pgh_created_at"))[:1]
        ),
        years=5,
    )
    view, edit, export_right = P.PEOPLE_NAMES, P.PEOPLE_EDIT, P.PEOPLE_EXPORT
    columns = (
        Column(
            "dwelling",
            "房屋",
            value=lambda h: h.dwelling.label if h.dwelling else "集体户",
            sort="dwelling__sort",
            width=22,
        ),
        Column("kind"),
        Column("head_name", "户主", value=lambda h: h.head_name or "暂缺"),
        Column("people_count", "人数", sort="people_count", number=True),
        Column("number", text=True, width=16),
    )
    search = ("dwelling__label", "number", "person")
    filters = (
        "kind",
        (
            "state",
            lambda: django_filters.ChoiceFilter(
                label="情况",
                empty_label="全部",
                method=_filter_household,
                choices=[("occupied", "有人的户"), ("headless", "没有户主"), ("empty", "空挂户")],
            ),
        ),
        *place_filters.HOUSEHOLD_FILTERS,
    )
    order = ("dwelling__sort",)
    form_class = HouseholdForm
    similar = SimilarRows(
        by=({"dwelling": "dwelling__label"}, {"number": "number"}),
        describe=lambda household: f"{household} 户主{household.head_name or '暂缺'}",
    )
    attachments = P.PEOPLE_VIEW

    def prepare(self, queryset):
        heads = Residence._default_manager.filter(household=OuterRef("pk"), is_head=True).open()
        return (
            queryset.valid()
            .select_related("dwelling")
            .annotate(
                head_name=Subquery(heads.values("person__name")[:1]),
                people_count=Count(
                    "residences", filter=Q(residences__end__isnull=True, residences__annulled=False)
                ),
            )
        )

    def word_condition(self, name, word, access, community):
        if name != "person":
            return super().word_condition(name, word, access, community)
        # People first, each with the community, so that the index of their search leads to the households.
        people = rows(Person, access, P.PEOPLE_NAMES, community).filter(
            person_word_condition(word, access, community)
        )
        residences = rows(Residence, access, P.PEOPLE_NAMES, community).open()
        return Q(pk__in=residences.filter(person__in=people).values("household"))

    def panels(self, row, access, community):
        residences = (
            rows(Residence, access, P.PEOPLE_NAMES, community)
            .filter(household=row)
            .valid()
            .select_related("person")
        )
        members = list(residences.order_by("end", "-is_head", "id"))
        labels = list(call_hooks(Hook.PERSON_LABELS, access, community, [r.person_id for r in members]))
        lines = [
            (
                Link(r.person.name, row_url(r.person, community)),
                r.relation_word,
                r.person.age if r.person.age is not None else "",
                r.start or "",
                r.end or "至今",
                *(label.words.get(r.person_id, "") for label in labels),
            )
            for r in members
        ]
        header = ("姓名", "与户主关系", "年龄", "起", "止", *(label.title for label in labels))
        return [Panel("成员", header, lines)]

    def links(self, row, access, community):
        if not access.can(P.PEOPLE_EDIT, community):
            return []
        members = rows(Residence, access, P.PEOPLE_EDIT, community).filter(household=row).open()
        heads = list(members.values_list("is_head", flat=True))
        words = {"head": "变更户主", "split": "分户", "merge": "并户"}
        if len(heads) < 2:
            del words["split"]
        if not heads or heads == [True]:
            del words["head"]
        if not heads:
            del words["merge"]
        return [
            Link(word, community.url(f"residents:event_{event}", household=row.uuid))
            for event, word in words.items()
        ]
