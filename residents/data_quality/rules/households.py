"""Rules of households and relations: heads, spouses, ages within a family, dwellings with several households."""

import datetime
from collections.abc import Iterable, Iterator

from django.db import models
from django.db.models import Case, Count, Exists, ExpressionWrapper, OuterRef, Q, Subquery, Sum, When
from django.utils import timezone

from portal.access.permissions import Permission as P
from portal.hooks.data_quality import Issue, Rule, Severity
from residents.data_quality import urls_of_rows
from residents.data_quality.findings import joined
from residents.homes.models import Dwelling, Household, Residence

SPOUSES = ("10", "11", "12")
HEAD = "02"
HEAD_AGE = 16
"""Age at which one may live by own work (民法典第十八条), and so head a household."""
MARRIAGE_AGE = {"M": 22, "F": 20}
"""民法典第一千零四十七条."""
_YEAR = datetime.timedelta(days=365.2425)

# Relations to the head: name, codes of GB/T 4761, and minimum years by which the member is younger.
GAPS = (
    ("子女", "20 21 22 23 24 25 26 29 30 31 32 33 34 35 36 39", 12),
    ("继养子女", "27 37", 0),
    ("孙辈", "40 41 42 43 44 49", 24),
    ("父母", "50 51 52 59", -12),
    ("继养父母", "57 58", 0),
    ("祖辈", "60 61 62 63 64", -24),
)
_NAMES = {code: name for name, codes, _ in GAPS for code in codes.split()}


def _members_mark() -> models.Func:
    """Mark that changes with the members of the household and their residences."""
    members = Residence.objects.filter(community=OuterRef("community"), household=OuterRef("pk")).open()
    of_one = members.order_by().values("household")
    return joined(
        "version",
        Subquery(of_one.annotate(n=Count("pk")).values("n")),
        Subquery(of_one.annotate(n=Sum("pk")).values("n")),
        Subquery(of_one.annotate(n=Sum("version")).values("n")),
    )


def _households(community) -> models.QuerySet:
    return Household.objects.of(community).valid().annotate(mark=_members_mark())


def _with_several(community, members: Q) -> models.QuerySet:
    """Households with more than one such member."""
    residences = Residence.objects.of(community).open().filter(members).order_by()
    several = residences.values("household").annotate(n=Count("pk")).filter(n__gt=1).values("household")
    return _households(community).filter(pk__in=several)


def _describe_households(*fix_links: tuple[str, str], only: Q | None = None):
    """The usual `describe` of households: who is in it (or those meant by `only`), and the events that fix it."""

    def describe(households, access, community) -> Iterator[Issue]:
        households = list(households.select_related("dwelling"))
        members = Residence.objects.of(community).open().filter(only or Q(), household__in=households)
        names: dict[int, list[str]] = {}
        for member in members.select_related("person").order_by("-is_head", "id"):
            word = f"（{member.relation_word}）" if member.relation_word else ""
            names.setdefault(member.household_id, []).append(f"{member.person.name}{word}")
        for household in households:
            yield Issue(
                str(household),
                urls_of_rows.page(community, "household", household),
                "、".join(names.get(household.pk, [])),
                tuple(
                    (word, urls_of_rows.event(community, name, household=household))
                    for word, name in fix_links
                ),
            )

    return describe


def _crowded(community) -> models.QuerySet:
    living = Household.objects.of(community).valid().living().occupied().order_by()
    several = living.values("dwelling").annotate(n=Count("pk")).filter(n__gt=1).values("dwelling")
    households = (
        Household.objects.filter(community=OuterRef("community"), dwelling=OuterRef("pk")).valid().living()
    )
    which = households.occupied().order_by().values("dwelling").annotate(n=Sum("pk")).values("n")
    return Dwelling.objects.of(community).filter(pk__in=several).annotate(mark=joined(Subquery(which)))


def _describe_crowded(dwellings, access, community) -> Iterator[Issue]:
    dwellings = list(dwellings)
    living = Household.objects.of(community).valid().living().occupied().filter(dwelling__in=dwellings)
    heads = Residence.objects.filter(household=OuterRef("pk"), is_head=True).open().order_by()
    by_dwelling: dict[int, list] = {}
    for household in living.annotate(head=Subquery(heads.values("person__name")[:1])).order_by("pk"):
        by_dwelling.setdefault(household.dwelling_id, []).append(household)
    for dwelling in dwellings:
        homes = by_dwelling[dwelling.pk]
        yield Issue(
            dwelling.label,
            urls_of_rows.page(community, "dwelling", dwelling),
            f"{len(homes)}户：{'、'.join(h.head or '没有户主' for h in homes)}",
            tuple(
                (f"并户：{h.head or '没有户主的户'}", urls_of_rows.event(community, "merge", household=h))
                for h in homes
            ),
        )


# Ages within a family


def _residences(community) -> models.QuerySet:
    residences = Residence.objects.of(community).open()
    return residences.annotate(mark=joined("version", "person__version"))


def _wrong_generation(community) -> models.QuerySet:
    """Members whose age contradicts their relation to the head, such as children as old as their parents."""
    heads = Residence.objects.filter(
        community=OuterRef("community"), household=OuterRef("household"), is_head=True
    )
    heads = heads.open().order_by()
    days = [
        When(relation_class__in=codes.split(), then=models.Value(years * _YEAR)) for _, codes, years in GAPS
    ]
    residences = Residence.objects.of(community).open()
    residences = residences.filter(
        relation_class__in=list(_NAMES), person__birth_date__isnull=False, is_head=False
    )
    # Latest birth date of the head for a child, earliest for a parent.
    bound = models.F("person__birth_date") - Case(*days, output_field=models.DurationField())
    residences = residences.annotate(bound=ExpressionWrapper(bound, output_field=models.DateTimeField()))
    younger = Q(relation_class__in=[code for _, codes, years in GAPS if years >= 0 for code in codes.split()])
    residences = residences.filter(
        younger & Exists(heads.filter(person__birth_date__gt=OuterRef("bound")))
        | ~younger & Exists(heads.filter(person__birth_date__lt=OuterRef("bound")))
    )
    versions = heads.values("person__version")[:1]
    return residences.annotate(mark=joined("version", "person__version", Subquery(versions)))


def _younger_than(years: int) -> Q:
    today = timezone.localdate()
    return Q(person__birth_date__gt=today.replace(year=today.year - years, day=min(today.day, 28)))


def _young_head(community) -> models.QuerySet:
    return _residences(community).filter(_younger_than(HEAD_AGE), is_head=True)


def _young_spouse(community) -> models.QuerySet:
    young = Q()
    for sex, years in MARRIAGE_AGE.items():
        young |= Q(person__sex=sex) & _younger_than(years)
    return _residences(community).filter(young, relation_class__in=SPOUSES)


def _describe_members(text, fix_links):
    """The usual `describe` of a member: `text(member, head)`, 更正 of the person, and the household's events."""

    def describe(residences, access, community) -> Iterator[Issue]:
        residences = list(residences.select_related("person", "household__dwelling"))
        heads = _heads_of(residences, community)
        for member in residences:
            links = tuple(
                (word, urls_of_rows.event(community, name, household=member.household))
                for word, name in fix_links
            )
            yield Issue(
                member.person.name,
                urls_of_rows.page(community, "person", member.person),
                f"{member.household}：{text(member, heads.get(member.household_id))}",
                (("更正", urls_of_rows.event(community, "correct", person=member.person)), *links),
            )

    return describe


def _heads_of(residences: Iterable[Residence], community) -> dict[int, Residence]:
    heads = (
        Residence.objects.of(community)
        .open()
        .filter(is_head=True, household__in=[residence.household_id for residence in residences])
    )
    return {head.household_id: head for head in heads.select_related("person")}


def _generation_text(member: Residence, head: Residence | None) -> str:
    """Years only: a card shows the text beside the masked ID number."""
    text = f"{member.relation_word or _NAMES[member.relation_class]}，{member.person.birth_date.year}年生"
    return f"{text}；户主{head.person.name}，{head.person.birth_date.year}年生" if head else text


def _age_text(member: Residence, head: Residence | None) -> str:
    word = member.relation_word or "户主"
    return f"{word}，{member.person.birth_date.year}年生（{member.person.age}岁）"


# Homes


_NO_HOME = (
    Dwelling.Use.SHOP,
    Dwelling.Use.OFFICE,
    Dwelling.Use.BASEMENT,
    Dwelling.Use.GARAGE,
    Dwelling.Use.STORAGE,
)


def _no_home(community) -> models.QuerySet:
    """Households in non-residential rooms or buildings."""
    wrong = Q(dwelling__use__in=_NO_HOME) | ~Q(dwelling__building__use="residential")
    households = Household.objects.of(community).valid().living().occupied().filter(wrong)
    return households.annotate(mark=joined("version", "dwelling__version", "dwelling__building__version"))


def _describe_no_home(households, access, community) -> Iterator[Issue]:
    households = households.select_related("dwelling__building")
    for household in households:
        dwelling = household.dwelling
        is_room = dwelling.use in _NO_HOME
        text = f"房屋用途是{dwelling.get_use_display()}" if is_room else f"{dwelling.building}不是住宅"
        yield Issue(
            str(household),
            urls_of_rows.page(community, "household", household),
            text,
            (
                ("查看该户", urls_of_rows.page(community, "household", household)),
                ("修改房屋", urls_of_rows.page(community, "dwelling", dwelling, "edit")),
            ),
        )


def _vacant(community) -> models.QuerySet:
    living = (
        Household.objects.filter(community=OuterRef("community"), dwelling=OuterRef("pk")).valid().living()
    )
    return Dwelling.objects.of(community).filter(
        Exists(living.occupied().order_by()), use=Dwelling.Use.VACANT
    )


def _describe_vacant(dwellings, access, community) -> Iterator[Issue]:
    for dwelling in dwellings:
        yield Issue(
            dwelling.label,
            urls_of_rows.page(community, "dwelling", dwelling),
            "登记为空置，但有人居住",
            (("修改房屋", urls_of_rows.page(community, "dwelling", dwelling, "edit")),),
        )


def checks() -> Iterator[Rule]:
    heads = Q(is_head=True) | Q(relation_class=HEAD)
    spouses = Q(relation_class__in=SPOUSES)
    yield Rule(
        "household-two-heads",
        "同户两名户主",
        "同一户两人均登记为户主。请变更户主，或更正其中一人与户主的关系。",
        Severity.SERIOUS,
        lambda community: _with_several(community, heads),
        _describe_households(("变更户主", "head"), only=heads),
        P.PEOPLE_EDIT,
        30,
    )
    yield Rule(
        "household-headless",
        "无户主的户",
        "户主去世、迁出或未能导入后，尚未确定新户主。",
        Severity.DOUBTFUL,
        lambda community: _households(community).without_head(),
        _describe_households(("变更户主", "head")),
        P.PEOPLE_EDIT,
        20,
    )
    yield Rule(
        "household-two-spouses",
        "户主两名配偶",
        "同一户两人均登记为配偶。请更正其中一人与户主的关系；儿媳、女婿等请写明。",
        Severity.DOUBTFUL,
        lambda community: _with_several(community, spouses),
        _describe_households(("变更户主", "head"), only=spouses | Q(is_head=True)),
        P.PEOPLE_EDIT,
        21,
    )
    yield Rule(
        "relation-generation",
        "辈分与年龄不符",
        "子女、孙辈与户主年龄差过小，或父母年龄小于户主。更正出生日期或与户主的关系。",
        Severity.DOUBTFUL,
        _wrong_generation,
        _describe_members(_generation_text, (("变更户主", "head"),)),
        P.PEOPLE_EDIT,
        22,
    )
    yield Rule(
        "head-young",
        f"户主不满{HEAD_AGE}周岁",
        "由监护人任户主，或更正出生日期。",
        Severity.DOUBTFUL,
        _young_head,
        _describe_members(_age_text, (("变更户主", "head"),)),
        P.PEOPLE_EDIT,
        23,
    )
    yield Rule(
        "spouse-young",
        "配偶未到法定婚龄",
        "男不满22周岁、女不满20周岁而登记为配偶。更正出生日期或与户主的关系。",
        Severity.DOUBTFUL,
        _young_spouse,
        _describe_members(_age_text, ()),
        P.PEOPLE_EDIT,
        24,
    )
    yield Rule(
        "dwelling-crowded",
        "同一房屋多个居住户",
        "同一房屋登记了两个以上居住户。同一家的办理并户；合租的核对无误。",
        Severity.DOUBTFUL,
        _crowded,
        _describe_crowded,
        P.PEOPLE_EDIT,
        30,
    )
    yield Rule(
        "home-impossible",
        "非住宅房屋有人居住",
        "居住户登记在商铺、车库、地下室等处，或在非住宅楼。办理户间转移，或修改房屋用途。",
        Severity.DOUBTFUL,
        _no_home,
        _describe_no_home,
        P.PEOPLE_EDIT,
        31,
    )
    yield Rule(
        "dwelling-not-vacant",
        "空置房屋有人居住",
        "请将房屋用途改为自住或出租。",
        Severity.HINT,
        _vacant,
        _describe_vacant,
        P.PEOPLE_EDIT,
        20,
    )
