"""What a change report would change: what the register said then, says now, and would say.

A conflict is a field that the register changed after the report was made, to something else than
the report says. It is shown and decided, never overwritten.
"""

import hashlib
import json
from dataclasses import dataclass

from community.models import Person
from residents.models import ChangeReport, Residence

UNKNOWN = None
"""What the register said then is not known."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: its label and the three values in words. `then` is UNKNOWN where nobody noted it."""

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
        """The register says it already."""
        return self.now == self.reported


def differences(report: ChangeReport) -> list[Difference]:
    """Field by field, what accepting `report` would change in the register as it is now."""
    return _BY_KIND[report.what](report)


def fingerprint(found: list[Difference]) -> str:
    """Changes when what the register says now changes: shown with the page, compared when it comes back."""
    text = json.dumps([(d.field, d.then, d.now, d.reported) for d in found], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def home_of(person: Person, dwelling) -> Residence | None:
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


def _of_arrival(report: ChangeReport) -> list[Difference]:
    living = (
        Residence.objects.filter(community_id=report.community_id, household__dwelling=report.dwelling)
        .living()
        .open()
        .order_by("-is_head", "id")
    )
    now = [r.person.name for r in living.select_related("person")]
    then = report.before.get("people", now)
    reported = now if report.name in now else [*now, report.name]
    # Only who lives there counts, not in which order the names stand.
    then = now if sorted(then) == sorted(now) else then
    return [Difference("people", "现住人员", _listed(then), _listed(now), _listed(reported))]


def _of_departure(report: ChangeReport) -> list[Difference]:
    person = report.person
    if person.died_on:
        now = f"已于{person.died_on}登记死亡"
    elif home_of(person, report.dwelling):
        now = f"住在{report.dwelling}"
    else:
        now = f"住在{person.place_label}" if person.place_label else "已不住在本社区"
    reported = "已去世" if report.what == ChangeReport.What.DEATH else "已搬走"
    lines = [Difference("place", "住处", f"住在{report.dwelling}", now, reported)]
    if report.before.get("name", person.name) != person.name:
        lines.insert(0, Difference("name", "姓名", report.before["name"], person.name, person.name))
    return lines


def _of_correction(report: ChangeReport) -> list[Difference]:
    person, before = report.person, report.before
    home = home_of(person, report.dwelling)
    found = []
    if report.name:
        found.append(Difference("name", "姓名", before["name"], person.name, report.name))
    if report.sex:
        words = dict(Person.Sex.choices)
        then, now, said = (words.get(sex, "") for sex in (before["sex"], person.sex, report.sex))
        found.append(Difference("sex", "性别", then, now, said))
    if report.birth_year:
        year = person.birth_date.year if person.birth_date else None
        then, now, said = (f"{y}年" if y else "" for y in (before["birth_year"], year, report.birth_year))
        found.append(Difference("birth", "出生年份", then, now, said))
    if report.relation_word:
        now = home.relation_word if home else "已不住在此处"
        found.append(
            Difference("relation_word", "与户主关系", before["relation_word"], now, report.relation_word)
        )
    if report.phone or report.id_mask:
        then = _register_when(report)
        if report.phone:
            found.append(Difference("phone", "联系电话", then and then.phone, person.phone, report.phone))
        if report.id_mask:
            found.append(_id_difference(report, then))
    return found


def _id_difference(report: ChangeReport, then) -> Difference:
    """Certificates are compared by their keyed hash and shown masked; equal masks may hide two numbers."""
    from community.models.person import ID_COLUMN
    from portal.vault import blind_index

    person = report.person
    now_hash = bytes(person.id_hash or b"")
    now = person.id_mask
    if report.sealed and now_hash == blind_index(report.read_id(), ID_COLUMN):
        return Difference("id_number", "证件号码", now, now, now)
    reported = f"{report.id_mask}（上报）"
    if then is UNKNOWN:
        return Difference("id_number", "证件号码", UNKNOWN, now, reported)
    before = then.id_mask if bytes(then.id_hash or b"") == now_hash else f"{then.id_mask or '无'}（当时）"
    return Difference("id_number", "证件号码", before, now, reported)


def _register_when(report: ChangeReport):
    """The person's row at the time of the report, out of history: heads do not see phones and certificates."""
    return (
        report.person.events.filter(community_id=report.community_id, pgh_created_at__lte=report.reported_at)
        .order_by("-pgh_id")
        .first()
    )


def _listed(names: list[str]) -> str:
    return "、".join(names) or "无人居住"


_BY_KIND = {
    ChangeReport.What.MOVE_IN: _of_arrival,
    ChangeReport.What.MOVE_OUT: _of_departure,
    ChangeReport.What.DEATH: _of_departure,
    ChangeReport.What.CORRECTION: _of_correction,
}
