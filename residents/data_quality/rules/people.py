"""Rules of people: duplicates, impossible dates, ID numbers, people without any record."""

import datetime
from collections.abc import Iterator

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.people.models import Person
from portal.access.permissions import Permission as P
from portal.database.foreign_keys import ForeignKeyReference, references_to
from portal.hooks.data_quality import Issue, Rule, Severity
from residents.data_quality import urls_of_rows
from residents.data_quality.findings import joined
from residents.data_quality.models import IdNumberIssue
from residents.event_log.models import PopulationEvent
from residents.events.actions.moves import end_after_death
from residents.homes.models import Kind, Residence
from residents.people.actions import update_place_label

IssueKind = IdNumberIssue.Kind
OLDEST = 120
"""Highest plausible age."""


def _birth_year(person: Person) -> str:
    """The year only: a card shows the text beside the masked ID number, and a full date would leave few candidates."""
    return f"{person.birth_date.year}年生" if person.birth_date else ""


def _summary_of(person: Person) -> str:
    """Enough to distinguish people, without secrets."""
    parts = [
        person.get_sex_display(),
        _birth_year(person),
        person.place_label or "不住本社区",
    ]
    return "，".join(part for part in parts if part)


def _describe_people(text, fix_links=lambda person, community: ()):
    """The usual `describe` of people: `text(person)` says what is wrong, the card and 更正 are always offered."""

    def describe(people, access, community) -> Iterator[Issue]:
        for person in people:
            correct = ("更正", urls_of_rows.event(community, "correct", person=person))
            yield Issue(
                person.name,
                urls_of_rows.page(community, "person", person),
                text(person),
                (*fix_links(person, community), correct),
            )

    return describe


# Duplicates


def _same_birth(community) -> models.QuerySet:
    """All but the last of people with the same name and birth date: one finding per merge."""
    alike = Person.objects.filter(
        community=OuterRef("community"),
        name=OuterRef("name"),
        birth_date=OuterRef("birth_date"),
        birth_precision="d",
    ).order_by()
    versions = alike.values("name").annotate(sum=Sum("version")).values("sum")
    people = Person.objects.of(community).filter(birth_precision="d")
    duplicates = people.filter(Exists(alike.filter(pk__gt=OuterRef("pk"))))
    return duplicates.annotate(mark=joined(Subquery(versions), "version"))


def _describe_same_birth(people, access, community) -> Iterator[Issue]:
    people = list(people)
    names = {(person.name, person.birth_date) for person in people}
    same = Person.objects.of(community).filter(birth_precision="d", name__in=[name for name, _ in names])
    groups: dict[tuple, list[Person]] = {}
    for other in same.filter(birth_date__in=[day for _, day in names]).order_by("pk"):
        groups.setdefault((other.name, other.birth_date), []).append(other)
    for person in people:
        other = next(o for o in groups[person.name, person.birth_date] if o.pk > person.pk)
        numbers = {"两人都没有证件号码"} if not (person.id_mask or other.id_mask) else set()
        if person.id_mask and other.id_mask:
            numbers = {"证件号码不同"}
        text = "；".join([f"{_summary_of(person)}；另一条：{_summary_of(other)}", *numbers])
        yield Issue(
            person.name,
            urls_of_rows.page(community, "person", person),
            text,
            (
                ("并排核对", urls_of_rows.merging(community, person, other)),
                ("查看另一条", urls_of_rows.page(community, "person", other)),
            ),
        )


def _with_finding(*kinds: str):
    """People with such a finding of the last check of ID numbers, unless one of them changed since."""

    def find(community) -> models.QuerySet:
        findings = IdNumberIssue.objects.filter(
            Q(other__isnull=True) | Q(other_version=F("other__version")),
            community=OuterRef("community"),
            person=OuterRef("pk"),
            kind__in=kinds,
            person_version=OuterRef("version"),
        ).order_by()
        people = Person.objects.of(community).filter(Exists(findings))
        return people.annotate(mark=joined("version", Subquery(findings.values("other_version")[:1])))

    return find


def _related_findings(person: Person) -> Q:
    """A finding is stored for one of two people with the same number; it relates to both."""
    findings = IdNumberIssue.objects.filter(community=person.community_id, other=person.pk).order_by()
    return Q(pk=person.pk) | Q(pk__in=findings.values("person"))


def _describe_numbers(people, access, community) -> Iterator[Issue]:
    people = list(people)
    findings = IdNumberIssue.objects.of(community).filter(person__in=people).select_related("other")
    by_person: dict[int, list[IdNumberIssue]] = {}
    for finding in findings.order_by("pk"):
        by_person.setdefault(finding.person_id, []).append(finding)
    for person in people:
        person_findings = by_person.get(person.pk, [])
        words = "、".join(dict.fromkeys(finding.get_kind_display() for finding in person_findings))
        other = next((finding.other for finding in person_findings if finding.other), None)
        fix_links = [("更正", urls_of_rows.event(community, "correct", person=person))]
        if other:
            words = f"与{other.name}（{other.place_label or '不住本社区'}）的号码相同"
            fix_links.insert(0, ("并排核对", urls_of_rows.merging(community, person, other)))
        certificate = f"{person.get_id_kind_display()} {person.id_mask}：{words}"
        text = "，".join(part for part in (_birth_year(person), certificate) if part)
        yield Issue(person.name, urls_of_rows.page(community, "person", person), text, tuple(fix_links))


def _without_number(community) -> models.QuerySet:
    residences = (
        Residence.objects.filter(community=OuterRef("community"), person=OuterRef("pk")).open().order_by()
    )
    return Person.objects.of(community).filter(Exists(residences), id_mask="")


# Ages and places


def _years_ago(years: int) -> datetime.date:
    today = timezone.localdate()
    return today.replace(year=today.year - years, day=min(today.day, 28))


def _impossible_birth(community) -> models.QuerySet:
    too_old = Q(birth_date__lt=_years_ago(OLDEST), died_on__isnull=True)
    wrong = Q(birth_date__gt=timezone.localdate()) | too_old | Q(died_on__lt=F("birth_date"))
    return Person.objects.of(community).filter(wrong)


def _birth_text(person: Person) -> str:
    if person.birth_date > timezone.localdate():
        return f"{_birth_year(person)}，出生日期在今天以后"
    if person.died_on and person.died_on < person.birth_date:
        return f"{_birth_year(person)}，去世日期{person.died_on}早于出生日期"
    return f"{_birth_year(person)}，已超过{OLDEST}岁，未登记去世"


def _home_label() -> Coalesce:
    home = Residence.objects.filter(community=OuterRef("community"), person=OuterRef("pk")).living().open()
    label = home.order_by().values("household__dwelling__label")[:1]
    return Coalesce(Subquery(label), models.Value(""))


def _stale_place(community) -> models.QuerySet:
    people = Person.objects.of(community).annotate(home_label=_home_label())
    people = people.exclude(place_label=F("home_label"))
    return people.annotate(mark=joined("version", "place_label", "home_label"))


def _rewrite_places(*, by, community, rows) -> int:
    rows = list(rows)
    for person in rows:
        update_place_label(person)
    return len(rows)


def _without_record(community) -> models.QuerySet:
    """People whom no row refers to, not even a former residence.

    Population events about corrections or merges do not count.
    """
    people = Person.objects.of(community).filter(died_on__isnull=True, place_label="")
    for reference in references_to(Person):
        if (
            not isinstance(reference, ForeignKeyReference)
            or reference.is_void
            or reference.model is PopulationEvent
        ):
            continue
        pointing = reference.model._base_manager.filter(**{reference.field.name: OuterRef("pk")}).order_by()
        if reference.model is Residence:
            pointing = pointing.filter(annulled=False)
        people = people.exclude(Exists(pointing))
    return people


# Death


def _dead_here(community) -> models.QuerySet:
    residences = Residence.objects.of(community).open().filter(person__died_on__isnull=False)
    return residences.annotate(mark=joined("version", "person__version"))


def _describe_dead_here(residences, access, community) -> Iterator[Issue]:
    for residence in residences.select_related("person", "household__dwelling"):
        verb = "居住" if residence.kind == Kind.LIVING else "户籍"
        yield Issue(
            residence.person.name,
            urls_of_rows.page(community, "person", residence.person),
            f"已于{residence.person.died_on}去世，{verb}仍在{residence.household.dwelling or '集体户'}",
            (("查看该户", urls_of_rows.page(community, "household", residence.household)),),
        )


def _end_residences(*, by, community, rows) -> int:
    return end_after_death(by=by, residences=rows.select_related("person"))


def checks() -> Iterator[Rule]:
    yield Rule(
        "number-double",
        "证件号码重复",
        "两条记录的证件号码实际是同一个，如一条按15位、一条按18位，或证件类别不同。核对后合并。每晚核对。",
        Severity.SERIOUS,
        _with_finding(IssueKind.DOUBLE),
        _describe_numbers,
        P.PEOPLE_EDIT,
        10,
        related_to=_related_findings,
    )
    yield Rule(
        "number-damaged",
        "证件号码损坏或校验不符",
        "号码无法读取，或校验码不符。请对照证件更正。每晚核对。",
        Severity.SERIOUS,
        _with_finding(IssueKind.UNREADABLE, IssueKind.WRONG),
        _describe_numbers,
        P.PEOPLE_EDIT,
        11,
    )
    yield Rule(
        "birth-impossible",
        "出生、去世日期有误",
        f"出生日期在今天以后，超过{OLDEST}岁，或去世早于出生。请更正；已去世的登记去世。",
        Severity.SERIOUS,
        _impossible_birth,
        _describe_people(_birth_text, lambda person, community: _death_link(person, community)),
        P.PEOPLE_EDIT,
        20,
    )
    yield Rule(
        "dead-living",
        "去世居民仍有居住或户籍登记",
        "仍计入人口。“全部更正”按去世日期终止其居住和户籍。",
        Severity.SERIOUS,
        _dead_here,
        _describe_dead_here,
        P.PEOPLE_EDIT,
        21,
        _end_residences,
    )
    yield Rule(
        "place-stale",
        "住处与居住登记不一致",
        "居民卡片上的住处与居住登记不同，影响查找。“全部更正”按居住登记改写。",
        Severity.SERIOUS,
        _stale_place,
        _describe_people(
            lambda p: f"卡片上是“{p.place_label or '不住本社区'}”，居住登记是“{p.home_label or '没有'}”"
        ),
        P.PEOPLE_EDIT,
        22,
        _rewrite_places,
    )
    yield Rule(
        "birth-double",
        "同名且同出生日期",
        "可能同一人登记了两次。并排核对后合并；确实是两个人的，核对无误。",
        Severity.DOUBTFUL,
        _same_birth,
        _describe_same_birth,
        P.PEOPLE_EDIT,
        10,
        related_to=lambda person: Q(name=person.name, birth_date=person.birth_date),
    )
    yield Rule(
        "number-disagrees",
        "出生日期或性别与证件号码不符",
        "登记的出生日期或性别与身份证号码中的不同。请对照证件更正。每晚核对。",
        Severity.DOUBTFUL,
        _with_finding(IssueKind.BIRTH, IssueKind.SEX),
        _describe_numbers,
        P.PEOPLE_EDIT,
        11,
    )
    yield Rule(
        "number-missing",
        "没有证件号码",
        "现住或户籍在册而没有证件号码的居民。入户或来访时补录。",
        Severity.HINT,
        _without_number,
        _describe_people(_summary_of),
        P.PEOPLE_EDIT,
        10,
    )
    yield Rule(
        "person-nowhere",
        "无任何登记的居民",
        "未去世，也无居住、户籍或其他登记。住在本社区的办理迁入，录错的删除。",
        Severity.HINT,
        _without_record,
        _describe_people(
            _summary_of,
            lambda person, community: (("迁入", urls_of_rows.event(community, "move_in", person=person)),),
        ),
        P.PEOPLE_EDIT,
        30,
    )


def _death_link(person: Person, community) -> tuple[tuple[str, str], ...]:
    if person.died_on or person.birth_date > timezone.localdate():
        return ()
    return (("死亡", urls_of_rows.event(community, "death", person=person)),)
