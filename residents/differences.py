"""What a change report would change: what the register said then, says now, and would say.

A conflict is a field that the register changed after the report was made, to something else than
the report says. It is shown and decided, never overwritten.
"""

import hashlib
import json
from dataclasses import dataclass

from community.codes import MARITAL, MARRIED
from community.models import Person
from residents.models import ChangeReport, Residence

What = ChangeReport.What

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


def people_of(report: ChangeReport) -> list[Person]:
    """Everybody whom the report is about, as far as the register still has them."""
    if report.people:
        found = Person.objects.filter(community_id=report.community_id, uuid__in=report.people)
        return sorted(found, key=lambda person: report.people.index(str(person.uuid)))
    return [report.person] if report.person_id else []


def _of_arrival(report: ChangeReport) -> list[Difference]:
    return [_at_the_door(report, report.name)]


def _at_the_door(report: ChangeReport, newcomer: str) -> Difference:
    living = (
        Residence.objects.filter(community_id=report.community_id, household__dwelling=report.dwelling)
        .living()
        .open()
        .order_by("-is_head", "id")
    )
    now = [r.person.name for r in living.select_related("person")]
    then = _in_any_order(report.before.get("people", now), now)
    reported = now if newcomer in now else [*now, newcomer]
    return Difference("people", "现住人员", _listed(then), _listed(now), _listed(reported))


def _of_departure(report: ChangeReport) -> list[Difference]:
    reported = "已去世" if report.what == What.DEATH else "已搬走"
    place = Difference(
        "place", "住处", f"住在{report.dwelling}", _place(report.person, report.dwelling), reported
    )
    return [*_renamed(report), place]


def _of_birth(report: ChangeReport) -> list[Difference]:
    newcomer = report.name or f"{report.person.name}的孩子"
    return [*_renamed(report), *_gone(report), _at_the_door(report, newcomer)]


def _of_marriage(report: ChangeReport) -> list[Difference]:
    person, then = report.person, _register_when(report)
    before = UNKNOWN if then is UNKNOWN else then.get_marital_display()
    marital = Difference("marital", "婚姻状况", before, person.get_marital_display(), MARITAL[MARRIED])
    return [*_renamed(report), *_gone(report), marital]


def _of_transfer(report: ChangeReport) -> list[Difference]:
    then, reported = f"住在{report.dwelling}", f"住在{report.other_address}"
    return [
        Difference(
            f"place_{person.uuid.hex}",
            f"{person.name}的住处",
            then,
            _place(person, report.dwelling),
            reported,
        )
        for person in people_of(report)
    ]


def _of_split(report: ChangeReport) -> list[Difference]:
    leaving = [person.name for person in people_of(report)]
    now = _members(report)
    staying = [name for name in now if name not in leaving]
    reported = f"{_listed(leaving)}分出（户主{report.person.name}），{_listed(staying)}留下"
    if sorted(now) == sorted(leaving):
        reported = _listed(now)
    return [*_renamed(report), *_gone(report), _household(report, now, reported)]


def _of_merge(report: ChangeReport) -> list[Difference]:
    household = _household(report, _members(report), f"全部并入：{report.other_address}")
    return [*_renamed(report), *_gone(report), household]


def _of_head(report: ChangeReport) -> list[Difference]:
    home = home_of(report.person, report.dwelling)
    heads = home.household.residences.open().filter(is_head=True).select_related("person") if home else []
    now = next((residence.person.name for residence in heads), "")
    head = Difference("head", "户主", report.before["head"] or "暂缺", now or "暂缺", report.person.name)
    return [*_renamed(report), *_gone(report), head]


def _household(report: ChangeReport, now: list[str], reported: str) -> Difference:
    then = _in_any_order(report.before["members"], now)
    return Difference("household", "这一户", _listed(then), _listed(now), reported)


def _members(report: ChangeReport) -> list[str]:
    """Names of those who are with the person in the household behind the door, the head first."""
    home = home_of(report.person, report.dwelling)
    if home is None:
        return []
    stays = home.household.residences.open().select_related("person").order_by("-is_head", "id")
    return [residence.person.name for residence in stays]


def _renamed(report: ChangeReport) -> list[Difference]:
    """Whether it is still the person of that name."""
    then, now = report.before.get("name", report.person.name), report.person.name
    return [] if then == now else [Difference("name", "姓名", then, now, now)]


def _gone(report: ChangeReport) -> list[Difference]:
    """Whether the person went from the door meanwhile, which the report does not say."""
    then, now = f"住在{report.dwelling}", _place(report.person, report.dwelling)
    return [] if then == now else [Difference("place", f"{report.person.name}的住处", then, now, then)]


def _place(person: Person, dwelling) -> str:
    """Where the person is now; the dwelling if at home there."""
    if person.died_on:
        return f"已于{person.died_on}登记死亡"
    if home_of(person, dwelling):
        return f"住在{dwelling}"
    return f"住在{person.place_label}" if person.place_label else "已不住在本社区"


def _in_any_order(then: list[str], now: list[str]) -> list[str]:
    """Only who is there counts, not in which order the names stand."""
    return now if sorted(then) == sorted(now) else then


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
    What.MOVE_IN: _of_arrival,
    What.MOVE_OUT: _of_departure,
    What.DEATH: _of_departure,
    What.BIRTH: _of_birth,
    What.MARRIAGE: _of_marriage,
    What.TRANSFER: _of_transfer,
    What.SPLIT: _of_split,
    What.MERGE: _of_merge,
    What.HEAD: _of_head,
    What.CORRECTION: _of_correction,
}
