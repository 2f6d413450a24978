"""Diff between a change report and the register: value at the time of the report, current and reported value.

A conflict is a field that changed in the register after the report was made, to another value than the reported
one. The reviewer decides it; it is never overwritten silently.
"""

import hashlib
import json
from dataclasses import dataclass

from community.people.codes import MARITAL, MARRIED
from community.people.models import Person
from residents.head_reports.models import ChangeReport
from residents.homes.models import Residence

What = ChangeReport.What

UNKNOWN = None
"""The register's value at the time of the report is unknown."""


@dataclass(frozen=True, slots=True)
class ReportDifference:
    """One field: its label and the three values in words. `then`: value at the time of the report, or UNKNOWN."""

    field: str
    label: str
    then: str | None
    now: str
    reported: str

    @property
    def is_conflict(self) -> bool:
        return self.then is not UNKNOWN and self.now not in (self.then, self.reported)

    @property
    def is_done(self) -> bool:
        """The register has the reported value already."""
        return self.now == self.reported


def differences(report: ChangeReport) -> list[ReportDifference]:
    """Changes, field by field, that accepting `report` would make to the current register."""
    common = _changed_meanwhile(report) if report.what in _OF_A_RESIDENT else []
    return [*common, *_BY_KIND[report.what](report)]


def fingerprint(field_differences: list[ReportDifference]) -> str:
    """Fingerprint of the differences: sent with the page and compared on submission, to detect concurrent changes."""
    text = json.dumps([(d.field, d.then, d.now, d.reported) for d in field_differences], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def residence_at(person: Person, dwelling) -> Residence | None:
    """The person's open living residence in this dwelling."""
    return (
        Residence.objects.filter(
            community_id=person.community_id, person=person, household__dwelling=dwelling
        )
        .living()
        .open()
        .select_related("household")
        .first()
    )


def people_in_report(report: ChangeReport) -> list[Person]:
    """The people the report is about who are still in the register."""
    if report.people:
        people = Person.objects.filter(community_id=report.community_id, uuid__in=report.people)
        return sorted(people, key=lambda person: report.people.index(str(person.uuid)))
    return [report.person] if report.person_id else []


def _arrival_differences(report: ChangeReport) -> list[ReportDifference]:
    return [_occupants(report, report.name)]


def _occupants(report: ChangeReport, newcomer: str) -> ReportDifference:
    living = (
        Residence.objects.filter(community_id=report.community_id, household__dwelling=report.dwelling)
        .living()
        .open()
        .order_by("-is_head", "id")
    )
    names_now = [r.person.name for r in living.select_related("person")]
    names_then = _ignoring_order(report.before.get("people", names_now), names_now)
    reported = names_now if newcomer in names_now else [*names_now, newcomer]
    return ReportDifference(
        "people", "现住居民", _joined_names(names_then), _joined_names(names_now), _joined_names(reported)
    )


def _departure_differences(report: ChangeReport) -> list[ReportDifference]:
    reported = "已去世" if report.what == What.DEATH else "已搬走"
    place = ReportDifference(
        "place", "住处", f"住在{report.dwelling}", _place(report.person, report.dwelling), reported
    )
    return [*_name_change(report), place]


def _birth_differences(report: ChangeReport) -> list[ReportDifference]:
    newcomer = report.name or f"{report.person.name}的孩子"
    return [_occupants(report, newcomer)]


def _marriage_differences(report: ChangeReport) -> list[ReportDifference]:
    person, person_then = report.person, _person_at_report(report)
    before = UNKNOWN if person_then is UNKNOWN else person_then.get_marital_display()
    return [ReportDifference("marital", "婚姻状况", before, person.get_marital_display(), MARITAL[MARRIED])]


def _transfer_differences(report: ChangeReport) -> list[ReportDifference]:
    place_then, reported = f"住在{report.dwelling}", f"住在{report.other_address}"
    return [
        ReportDifference(
            f"place_{person.uuid.hex}",
            f"{person.name}的住处",
            place_then,
            _place(person, report.dwelling),
            reported,
        )
        for person in people_in_report(report)
    ]


def _split_differences(report: ChangeReport) -> list[ReportDifference]:
    leaving = [person.name for person in people_in_report(report)]
    now = _members(report)
    staying = [name for name in now if name not in leaving]
    reported = f"{_joined_names(leaving)}分出（户主{report.person.name}），{_joined_names(staying)}留下"
    if sorted(now) == sorted(leaving):
        reported = _joined_names(now)
    return [_household(report, now, reported)]


def _merge_differences(report: ChangeReport) -> list[ReportDifference]:
    return [_household(report, _members(report), f"全部并入：{report.other_address}")]


def _head_differences(report: ChangeReport) -> list[ReportDifference]:
    home = residence_at(report.person, report.dwelling)
    heads = home.household.residences.open().filter(is_head=True).select_related("person") if home else []
    now = next((residence.person.name for residence in heads), "")
    then = report.before["head"]
    return [ReportDifference("head", "户主", then or "暂缺", now or "暂缺", report.person.name)]


def _household(report: ChangeReport, names_now: list[str], reported: str) -> ReportDifference:
    names_then = _ignoring_order(report.before["members"], names_now)
    return ReportDifference(
        "household", "这一户", _joined_names(names_then), _joined_names(names_now), reported
    )


def _members(report: ChangeReport) -> list[str]:
    """Names of the members of the person's household at this dwelling, the head first."""
    home = residence_at(report.person, report.dwelling)
    if home is None:
        return []
    stays = home.household.residences.open().select_related("person").order_by("-is_head", "id")
    return [residence.person.name for residence in stays]


def _name_change(report: ChangeReport) -> list[ReportDifference]:
    """A change of the person's name since the report."""
    name_then, name_now = report.before.get("name", report.person.name), report.person.name
    return [] if name_then == name_now else [ReportDifference("name", "姓名", name_then, name_now, name_now)]


def _changed_meanwhile(report: ChangeReport) -> list[ReportDifference]:
    """Changes of the person's name and place since the report that the report does not mention."""
    place_then, place_now = f"住在{report.dwelling}", _place(report.person, report.dwelling)
    place = ReportDifference("place", f"{report.person.name}的住处", place_then, place_now, place_then)
    return [*_name_change(report), *([place] if place_then != place_now else [])]


def _place(person: Person, dwelling) -> str:
    """Where the person lives now, in words."""
    if person.died_on:
        return f"已于{person.died_on}登记死亡"
    if residence_at(person, dwelling):
        return f"住在{dwelling}"
    return f"住在{person.place_label}" if person.place_label else "已不住在本社区"


def _ignoring_order(names_then: list[str], names_now: list[str]) -> list[str]:
    """`names_now` if both lists have the same names, whatever their order."""
    return names_now if sorted(names_then) == sorted(names_now) else names_then


def _correction_differences(report: ChangeReport) -> list[ReportDifference]:
    person, before = report.person, report.before
    home = residence_at(person, report.dwelling)
    field_differences = []
    if report.name:
        field_differences.append(ReportDifference("name", "姓名", before["name"], person.name, report.name))
    if report.sex:
        words = dict(Person.Sex.choices)
        then, now, reported = (words.get(sex, "") for sex in (before["sex"], person.sex, report.sex))
        field_differences.append(ReportDifference("sex", "性别", then, now, reported))
    if report.birth_year:
        year = person.birth_date.year if person.birth_date else None
        then, now, reported = (f"{y}年" if y else "" for y in (before["birth_year"], year, report.birth_year))
        field_differences.append(ReportDifference("birth", "出生年份", then, now, reported))
    if report.relation_word:
        now = home.relation_word if home else "已不住在此处"
        field_differences.append(
            ReportDifference(
                "relation_word", "与户主关系", before["relation_word"], now, report.relation_word
            )
        )
    if report.phone or report.id_mask:
        then = _person_at_report(report)
        if report.phone:
            field_differences.append(
                ReportDifference("phone", "联系电话", then and then.phone, person.phone, report.phone)
            )
        if report.id_mask:
            field_differences.append(_id_difference(report, then))
    return field_differences


def _id_difference(report: ChangeReport, person_then) -> ReportDifference:
    """ID numbers are compared by their keyed hash and shown masked; different numbers may have equal masks."""
    from community.people.models import ID_COLUMN
    from portal.crypto.vault import blind_index

    person = report.person
    now_hash = bytes(person.id_hash or b"")
    now = person.id_mask
    if report.sealed and now_hash == blind_index(report.read_id(), ID_COLUMN):
        return ReportDifference("id_number", "证件号码", now, now, now)
    reported = f"{report.id_mask}（上报）"
    if person_then is UNKNOWN:
        return ReportDifference("id_number", "证件号码", UNKNOWN, now, reported)
    before = (
        person_then.id_mask
        if bytes(person_then.id_hash or b"") == now_hash
        else f"{person_then.id_mask or '无'}（当时）"
    )
    return ReportDifference("id_number", "证件号码", before, now, reported)


def _person_at_report(report: ChangeReport):
    """The person as of the report, from history: heads do not see phones and ID numbers."""
    return (
        report.person.events.filter(community_id=report.community_id, pgh_created_at__lte=report.reported_at)
        .order_by("-pgh_id")
        .first()
    )


def _joined_names(names: list[str]) -> str:
    return "、".join(names) or "无人居住"


_OF_A_RESIDENT = (What.BIRTH, What.MARRIAGE, What.SPLIT, What.MERGE, What.HEAD)
"""Kinds about somebody who should still live behind the door."""
_BY_KIND = {
    What.MOVE_IN: _arrival_differences,
    What.MOVE_OUT: _departure_differences,
    What.DEATH: _departure_differences,
    What.BIRTH: _birth_differences,
    What.MARRIAGE: _marriage_differences,
    What.TRANSFER: _transfer_differences,
    What.SPLIT: _split_differences,
    What.MERGE: _merge_differences,
    What.HEAD: _head_differences,
    What.CORRECTION: _correction_differences,
}
