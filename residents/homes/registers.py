"""The registers of dwellings (房屋) and households (户)."""

import django_filters
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate

from community.people.models import Person
from community.people.search import person_word_condition
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.similar import SimilarRows
from portal.retention.data_categories import Retention, Unlimited
from residents.homes import panels, place_filters
from residents.homes.actions import update_place_labels
from residents.homes.forms import DwellingForm, HouseholdForm
from residents.homes.homes_of_rows import HomesOfRows, optional_column, place_columns
from residents.homes.models import Dwelling, Household, Kind, Residence
from residents.homes.search import household_match_reasons


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
    create_label = "登记房屋"
    noun = "dwelling"
    menu = DeskArea.PEOPLE
    menu_order = 30
    menu_line = "房屋"
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
        optional_column(
            "head_name", "户主", lambda d: d.homes.heads_at.get(d.pk, ""), 10, right=P.PEOPLE_NAMES
        ),
        *place_columns(
            lambda d: d.homes.places.get(d.pk),
            {"building": "building__sort", "stairwell": "stairwell__sort", "room": "room"},
        ),
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
    details = ("building", "stairwell")
    cell_targets = {"owner_shown": "owner"}

    def prepare(self, queryset):
        open_living = Q(
            households__residences__end__isnull=True,
            households__residences__annulled=False,
            households__kind=Kind.LIVING,
        )
        return queryset.select_related("owner").annotate(
            people_count=Count("households__residences", filter=open_living, distinct=True)
        )

    def prefetch_values(self, rows):
        homes = HomesOfRows({dwelling.community_id for dwelling in rows}, [d.pk for d in rows])
        for dwelling in rows:
            dwelling.homes = homes

    def summary(self, row, access, community):
        return [row.get_use_display(), f"现住{row.people_count}人" if row.people_count else "现在没有人居住"]

    def panels(self, row, access, community):
        return [panels.people_of_dwelling(row, access, community)]

    def save(self, form, *, by, community):
        dwelling = super().save(form, by=by, community=community)
        update_place_labels([dwelling])
        return dwelling


@register
class HouseholdRegister(Register):
    model = Household
    create_label = "登记家庭户"
    noun = "household"
    menu = DeskArea.PEOPLE
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
        *place_columns(
            lambda h: h.homes.places.get(h.dwelling_id),
            {
                "building": "dwelling__building__sort",
                "stairwell": "dwelling__stairwell__sort",
                "room": "dwelling__room",
            },
        ),
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
    cell_targets = {"dwelling": "dwelling", "head_name": panels.heads_of}

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

    def prefetch_values(self, rows):
        dwellings = {household.dwelling_id for household in rows if household.dwelling_id}
        homes = HomesOfRows({household.community_id for household in rows}, dwellings)
        for household in rows:
            household.homes = homes

    def word_condition(self, name, word, access, community):
        if name != "person":
            return super().word_condition(name, word, access, community)
        # People first, each with the community, so that the index of their search leads to the households.
        people = rows(Person, access, P.PEOPLE_NAMES, community).filter(
            person_word_condition(word, access, community)
        )
        residences = rows(Residence, access, P.PEOPLE_NAMES, community).open()
        return Q(pk__in=residences.filter(person__in=people).values("household"))

    def match_reasons(self, rows, words, access, community):
        return household_match_reasons(rows, [word for word, _ in words.words], access, community)

    def panels(self, row, access, community):
        return [
            panels.members(row, access, community),
            *panels.neighbours(row, access, community),
        ]
