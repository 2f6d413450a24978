"""Base of the care registers: columns of the person and of the period, filters and rights."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from community.communities.models import current_on
from community.people.models import Person
from community.people.search import person_word_condition
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.crypto import encrypted_fields
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column, ImportField
from portal.registers.panels import Link
from portal.registers.registers import Register
from portal.values.display import display
from residents.care.forms import CareForm
from residents.care.import_references import reference_for
from residents.care.models.kind import CareKind
from residents.people.card import place_targets
from residents.people.person_homes import prefetch_homes


def _state(entry) -> str:
    """State of an entry today."""
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


def choice_filter(name: str, label: str, method, choices: dict[str, str]) -> tuple:
    """A filter by `method(queryset, name, value)` with these choices."""
    return name, lambda: django_filters.ChoiceFilter(
        label=label, empty_label="全部", method=method, choices=list(choices.items())
    )


YES_NO = {"yes": "是", "no": "否"}
STATE = choice_filter(
    "state", "状态", _filter_state, {"current": "在册", "past": "已终止", "coming": "未开始"}
)
DUE_FILTER = (
    "due_by",
    lambda: django_filters.DateFilter(
        label="到期日不晚于",
        field_name="due",
        lookup_expr="lte",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    ),
)


def person_columns(whose: str, label: str) -> tuple[Column, ...]:
    """Columns that identify a person. A full birth date never stands beside the mask of an ID number."""
    return (
        Column(f"{whose}.name", label, sort=f"{whose}__name_key", width=10),
        Column(f"{whose}.sex", "性别", width=6),
        Column(f"{whose}.age", "年龄", sort=f"-{whose}__birth_date", number=True, width=6),
        Column(f"{whose}.birth", "出生日期", listed=False, detailed=False, width=16),
        Column(f"{whose}.place_label", "住处", sort=f"{whose}__place_label", width=22),
    )


PERIOD_COLUMNS = (
    Column("start", listed=False, optional=True, width=12),
    Column("due", width=12),
    Column("end", width=12),
    Column("end_reason", listed=False, optional=True, width=16),
    Column("state", "状态", value=_state, width=8),
    Column("note", listed=False, optional=True, width=24),
)
"""Columns of the period, at the end of every care register."""


START = ImportField(
    "start",
    tuple(
        "起 起始时间 开始日期 开始时间 享受起始日期 享受起始时间 享受时间 纳入日期 纳入时间 救助起始日期 救助起始时间 保障起始日期"
        " 保障起始时间".split()
    ),
)
END = ImportField(
    "end", tuple("止 终止时间 停止日期 停止时间 停发日期 停发时间 救助终止日期 救助终止时间".split())
)


class CareRegister(Register):
    """Base of the care registers: an entry of a person, from–to.

    Each declares its model, its retention and, under `own_columns`, what it holds of the person. These columns stand
    between those of the person and of the period, and the fields among them are those of its form and its import.
    """

    kind: CareKind
    person_label = "姓名"
    own_columns: tuple[Column | str, ...]
    own_filters: tuple = ()
    more_fields: tuple[str, ...] = ()
    """Fields of the form that have no column."""
    own_headers: tuple[ImportField, ...] = ()
    """Import fields with other headers than their labels."""

    menu = DeskArea.WELFARE
    menu_line = "重点人群"
    view = edit = export_right = import_right = P.CARE
    attachments = P.CARE
    search = ("person__haystack",)
    search_hint = "姓名、拼音、房屋"
    # PostgreSQL sorts nulls first when descending: open entries.
    order = ("-end", "person__name_key")
    form_class = CareForm
    bulk_fields = ("due", "note")
    import_key = ("person",)
    secrets: tuple[str, ...] = ()
    """Encrypted fields, revealed one by one (`residents.care.views`)."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        meta = cls.model._meta
        cls.columns = (
            *person_columns(cls.model.person_field, cls.person_label),
            *cls.own_columns,
            *PERIOD_COLUMNS,
        )
        cls.cell_targets = {f"{cls.model.person_field}.place_label": cls._dwellings}
        cls.filters = (STATE, *cls.own_filters, DUE_FILTER)
        names = [column if isinstance(column, str) else column.name for column in cls.own_columns]
        editable = {field.name for field in meta.fields if field.editable}
        own_fields = [name for name in names if name in editable]
        cls.form_fields = (*own_fields, *cls.more_fields, "start", "due", "end", "end_reason", "note")
        headers = {field.name: field for field in (START, END, *cls.own_headers)}
        cls.import_fields = tuple(headers.get(name, ImportField(name)) for name in cls.form_fields)
        cls.import_reference = cls.import_reference or reference_for(cls.model)

    @staticmethod
    def _dwellings(entries):
        """Where the people of these entries live."""
        people = [entry.whose for entry in entries]
        prefetch_homes(people)
        return place_targets(people)

    def filter_by_words(self, queryset, words, access, community):
        by_name = words.condition(lambda word: person_word_condition(word, access, community))
        people = rows(Person, access, P.PEOPLE_NAMES, community).filter(by_name)
        return queryset.filter(self.condition_for_people(people))

    def condition_for_people(self, people) -> Q:
        """Condition of the entries whose person matches a search."""
        return Q(person__in=people.order_by().values("pk"))

    def match_row(self, row, candidates):
        """Match by the same start, else by the same end, else the open entry."""
        for name in ("start", "end"):
            stated = getattr(row, name)
            same = [entry for entry in candidates if stated and getattr(entry, name) == stated]
            if same:
                return same[0]
        return next((entry for entry in candidates if entry.end is None), None)

    def links(self, row, access, community):
        links = [Link("居民信息", community.url("residents:person_detail", row=row.whose.uuid))]
        for name in self.secrets:
            if getattr(row, f"{name}_hash") and access.can(P.PEOPLE_REVEAL, community):
                label = encrypted_fields.label_of(self.model, name)
                url = community.url(f"residents:{self.noun}_reveal", row=row.uuid)
                links.append(Link(f"查看完整{label}", url))
        return links


def yes_no(name: str):
    """Reader of a boolean column."""
    return lambda entry: display(entry, name)
