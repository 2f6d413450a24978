"""Subject access report: everything held about one person (个人信息查询, PIPL article 45).

It walks the models, also those of apps above, so that a new table that refers to people is covered automatically.
Tables that the answering user may not see are omitted and named.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q

from community.accounts.models import RoleAssignment
from community.people.models import Person
from community.people.names import mask_name
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.attachments.history import attachment_changes
from portal.attachments.models import Attachment
from portal.audit.history import history_of
from portal.audit.models import AccessLog
from portal.database.foreign_keys import relations_to
from portal.retention.data_categories import DataCategory, category_of
from portal.values.dates import table_moment
from portal.values.display import display
from portal.values.partial_dates import PartialDate
from residents.head_reports.models import ChangeReport
from residents.homes.models import Household, Residence

_TECHNICAL = {
    "id",
    "uuid",
    "version",
    "community",
    "name_key",
    "initials",
    "sort",
    "password",
    "relation_class",
    "required_right",
}
"""Technical fields, and codes of fields that are shown in words."""


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One row: labels and values of its filled fields, and the names of its attachments."""

    lines: list[tuple[str, str]]
    files: list[str]


@dataclass(frozen=True, slots=True)
class ReportSection:
    """The rows of one table, and its retention policy."""

    title: str
    category: DataCategory
    entries: list[ReportEntry]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One entry of the history or of the access log; `who` is a role, never a name."""

    at: datetime.datetime
    where: str
    what: str
    who: str
    why: str = ""


@dataclass(slots=True)
class SubjectAccessReport:
    """The report. `omitted` names the tables that the answering user may not see, whether or not they hold rows."""

    sections: list[ReportSection] = field(default_factory=list)
    omitted: list[str] = field(default_factory=list)
    changes: list[HistoryLine] = field(default_factory=list)
    reads: list[HistoryLine] = field(default_factory=list)

    @property
    def categories(self) -> list[DataCategory]:
        """The retention policies of the tables with rows, each once."""
        return list({section.category.label: section.category for section in self.sections}.values())


def person_lookups() -> dict[type[models.Model], list[str]]:
    """Every model with data about a person -> the lookups that lead from it to them.

    These are models that refer to people, their parts (an account's roles and phones), what hangs on a row about one
    person (the dues of a party member), those that say so themselves (`person_path`), and those of households.
    """
    lookups: dict[type[models.Model], list[str]] = {Person: ["pk"], Household: ["residences__person"]}
    for key in relations_to(Person):
        lookups.setdefault(key.model, []).append(key.name)
    for model in list(lookups):
        for key in relations_to(model):
            if key.remote_field.on_delete is models.CASCADE:
                lookups.setdefault(key.model, []).extend(f"{key.name}__{path}" for path in lookups[model])
    for model in filter(_is_of_one_person, list(lookups)):
        for key in relations_to(model):
            if key.model not in lookups:
                lookups[key.model] = [f"{key.name}__person"]
    for model in apps.get_models():
        if path := getattr(model, "person_path", ""):
            lookups.setdefault(model, []).append(path)
    for key in relations_to(Household):
        if not _is_of_one_person(key.model):
            lookups.setdefault(key.model, []).append(key.name)
    return lookups


def _is_of_one_person(model: type[models.Model]) -> bool:
    """Whether each row is about one person, and not about the other members of the household."""
    return any(f.name == "person" and not f.null for f in model._meta.local_fields)


def report_on(person: Person, access: Access, community: CommunityRef) -> SubjectAccessReport:
    """The report on `person` for one community, limited to what `access` may see."""
    report = SubjectAccessReport()
    roles = _Roles(person, community)
    stays = list(Residence._default_manager.of(community).filter(person=person).valid())
    logged = Q()
    for model, paths in person_lookups().items():
        category = category_of(model)
        if category is None:
            continue
        if category.right and not access.can(category.right, community):
            report.omitted.append(category.name)
            continue
        records = list(_rows_about(model, paths, person, stays, access, community, category))
        if not records:
            continue
        files = _files_of(model, records, community)
        entries = [ReportEntry(list(_lines(row, person, roles)), files.get(row.pk, [])) for row in records]
        entries = [entry for entry in entries if entry.lines or entry.files]
        if entries:
            report.sections.append(ReportSection(str(model._meta.verbose_name), category, entries))
        for row in records:
            report.changes += _changes(row, access, community, roles)
            logged |= Q(subject=model.stored_label, ids__contains=[row.pk])
    report.omitted = list(dict.fromkeys(report.omitted))
    report.changes.sort(key=lambda line: line.at)
    log = rows(AccessLog, access, Permission.PEOPLE_REVEAL, community).filter(logged).order_by("id")
    report.reads = [
        HistoryLine(
            entry.at,
            "" if len(entry.ids) == 1 else f"共{len(entry.ids)}条记录",
            entry.get_action_display(),
            roles.of(entry.user_id),
            entry.reason,
        )
        for entry in log
    ]
    return report


def _rows_about(model, paths, person, stays, access, community, category: DataCategory):
    """Rows about the person; rows of a household only for the time they were in it."""
    about = Q()
    for path in paths:
        if path in {key.name for key in relations_to(Household) if key.model is model}:
            about |= _during_stays(model, path, stays)
        else:
            about |= Q(**{path: person.pk})
    if model is ChangeReport:
        about |= Q(people__contains=[str(person.uuid)])
    scoped = hasattr(model._default_manager.all(), "visible_to")
    records = rows(model, access, category.right, community) if scoped else model._default_manager.all()
    # Of the course of a matter a person gets what was told them; notes of the office may be about others.
    about &= getattr(model, "told_to_subject", Q())
    return records.filter(about).order_by("pk").distinct()


def _during_stays(model, key: str, stays) -> Q:
    """Filter of rows of the households of `stays`; rows with a period must overlap the stay."""
    names = {f.name for f in model._meta.local_fields}
    about = Q(pk__in=[])
    for stay in stays:
        of_stay = Q(**{key: stay.household_id})
        if {"start", "end"} <= names:
            if stay.start:
                of_stay &= Q(end__isnull=True) | Q(end__gte=stay.start)
            if stay.end:
                of_stay &= Q(start__isnull=True) | Q(start__lte=stay.end)
        if "person" in names:
            of_stay &= Q(person__isnull=True)
        about |= of_stay
    return about


def _lines(row: models.Model, person: Person, roles: "_Roles") -> Iterator[tuple[str, str]]:
    """Labels and values of filled fields; secrets and names of other people masked, staff shown by role."""
    secret = getattr(row, "field_classes", {}).get("secret", ())
    for each in row._meta.local_fields:
        if each.name in _TECHNICAL or isinstance(
            each, models.BinaryField | models.JSONField | models.UUIDField | models.GeneratedField
        ):
            continue
        if (each.name in secret and not each.name.endswith("_mask")) or each.name.endswith("_precision"):
            continue
        value = getattr(row, each.attname)
        if value in (None, "", False) or (each.related_model is Person and value == person.pk):
            continue
        yield str(each.verbose_name), _words(row, each, person, roles)


def _words(row: models.Model, each: models.Field, person: Person, roles: "_Roles") -> str:
    if each.related_model is get_user_model():
        return roles.of(getattr(row, each.attname))
    if each.related_model is Person:
        return mask_name(getattr(row, each.name).name)
    value = getattr(row, each.name)
    if isinstance(value, models.Model):
        return _masked_text(value, person)
    if isinstance(value, datetime.datetime):
        return table_moment(value)
    precision = getattr(row, f"{each.name.removesuffix('_date')}_precision", "")
    if isinstance(value, datetime.date) and precision:
        return str(PartialDate(value, precision))
    return display(row, each.name)


def _masked_text(row: models.Model, person: Person) -> str:
    """The text of a row, with names of other people masked."""
    text = str(row)
    for key in row._meta.local_fields:
        if key.related_model is Person and (other := getattr(row, key.name)) and other != person:
            text = text.replace(other.name, mask_name(other.name))
    return text


def _files_of(model, records, community) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    attached = Attachment.objects.of(community).filter(subject=model.stored_label)
    for row_id, name in attached.filter(row_id__in=[row.pk for row in records]).values_list("row_id", "name"):
        names.setdefault(row_id, []).append(name)
    return names


def _changes(row, access, community, roles: "_Roles") -> Iterator[HistoryLine]:
    """Changes of a row: time, fields and role; not the values, which are in the rows or deleted."""
    has_history = hasattr(type(row), "pgh_event_model")
    changes = history_of(row, access, community) if has_history else []
    for change in [*changes, *attachment_changes(row, access, community)] if has_history else []:
        labels = "、".join(label for label, _, _ in change.fields)
        yield HistoryLine(
            change.at,
            str(row._meta.verbose_name),
            f"{change.what}：{labels}" if labels and change.what == "修改" else change.what,
            roles.of(change.user_id),
            change.why,
        )


class _Roles:
    """Accounts by their role in the community: the report shows roles, never names of staff."""

    def __init__(self, person: Person, community: CommunityRef):
        assignments = RoleAssignment.objects.filter(community_id=community.id).order_by("id")
        self._words = {role.user_id: role.get_role_display() for role in assignments}
        own_accounts = get_user_model()._default_manager.filter(person=person)
        self._words |= dict.fromkeys(own_accounts.values_list("pk", flat=True), "本人")

    def of(self, user_id: int | None) -> str:
        return "系统" if user_id is None else self._words.get(user_id, "社区工作人员")
