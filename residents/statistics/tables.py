"""Tables of the statistics: numbers that link to lists, with charts of the same numbers."""

from collections.abc import Callable, Iterable

from community.people import codes
from community.people.models import Person
from portal.access.permissions import Permission as P
from portal.access.user_access import Access
from portal.charts.chart import Chart, Series, Shape
from residents.homes.place_filters import NOWHERE
from residents.people.ages import FIVE_YEARS, GROUPS, OLD, UNKNOWN, AgeBand
from residents.people.filters import BLANK
from residents.statistics.cells import ListLinks, StatisticsCell, StatisticsLine, StatisticsTable
from residents.statistics.counts import DwellingCounts, StatisticsCounts

FEW = 3
"""Smaller counts of a care register are hidden from users who may not see the register."""
_MOST_IN_CHART = 15


# Age and sex


def _by_sex(
    numbers: StatisticsCounts, lists: ListLinks, bands: Iterable[int], conditions: dict
) -> tuple[StatisticsCell, ...]:
    """Men, women, whose sex is not known if there are any, and all of them."""
    starts = set(bands)
    counts = dict.fromkeys(_sexes(numbers), 0)
    for (start, sex), count in numbers.ages.items():
        if start in starts:
            counts[sex] += count
    cells = [
        lists.people(count, **conditions, state="living", sex=sex or BLANK) for sex, count in counts.items()
    ]
    return (*cells, lists.people(sum(counts.values()), **conditions, state="living"))


def _sexes(numbers: StatisticsCounts) -> list[str]:
    sexes = list(Person.Sex.values)
    return [*sexes, ""] if any(sex == "" for _, sex in numbers.ages) else sexes


def _sex_header(numbers: StatisticsCounts, first: str) -> tuple[str, ...]:
    words = dict(Person.Sex.choices) | {"": "性别未填"}
    return (first, *(words[sex] for sex in _sexes(numbers)), "合计")


def _starts_in(numbers: StatisticsCounts, band: AgeBand) -> set[int]:
    return {start for start, _ in numbers.ages if start in band}


def _band_lines(
    numbers: StatisticsCounts, lists: ListLinks, bands: Iterable[AgeBand], name: str
) -> list[StatisticsLine]:
    return [
        StatisticsLine(band.words, _by_sex(numbers, lists, _starts_in(numbers, band), {name: band.key}))
        for band in bands
    ]


def _unknown_and_all(numbers: StatisticsCounts, lists: ListLinks) -> list[StatisticsLine]:
    starts = {start for start, _ in numbers.ages}
    lines = [StatisticsLine("合计", _by_sex(numbers, lists, starts, {}), is_sum=True)]
    if -1 in starts:
        lines.insert(0, StatisticsLine("出生日期不详", _by_sex(numbers, lists, {-1}, {"ages": UNKNOWN})))
    return lines


def pyramid(numbers: StatisticsCounts, lists: ListLinks) -> StatisticsTable:
    """Living people by sex and five years of age, the oldest on top."""
    lines = _band_lines(numbers, lists, FIVE_YEARS, "ages")
    men, women = (tuple(line.cells[at].value for line in lines) for at in (0, 1))
    chart = Chart(
        key="pyramid",
        title="现住人口年龄金字塔",
        unit="人",
        labels=tuple(band.words for band in FIVE_YEARS),
        series=(Series("女", women), Series("男", men)),  # men to the left, as is the custom
        label="年龄",
        short_labels=tuple(
            band.key.removesuffix("-") if band.high else f"{band.low}+" for band in FIVE_YEARS
        ),
        shape=Shape.PYRAMID,
    )
    return StatisticsTable(
        "pyramid",
        "年龄和性别",
        _sex_header(numbers, "年龄"),
        (*reversed(lines), *_unknown_and_all(numbers, lists)),
        "现住人口，按五岁一组。",
        chart,
    )


def groups(numbers: StatisticsCounts, lists: ListLinks) -> StatisticsTable:
    """Living people by age groups of services."""
    lines = _band_lines(numbers, lists, GROUPS, "age")
    older = [
        StatisticsLine(f"其中{line.label}", line.cells) for line in _band_lines(numbers, lists, OLD, "ages")
    ]
    chart = _chart("groups", "现住人口年龄段", "人", "年龄段", lines, {"人数": -1})
    return StatisticsTable(
        "groups",
        "年龄段",
        _sex_header(numbers, "年龄段"),
        (*lines, *_unknown_and_all(numbers, lists), *older),
        "现住人口。",
        chart,
    )


# Registration and residence


_STANDING = {
    "both": "现住，户籍在本社区",
    "lodger": "现住，户籍在外",
    "living": "现住人口合计",
    "away": "空挂户籍（人不在此）",
    "registered": "户籍人口合计",
    "separated": "户籍人口中人户分离",
}


def registration(numbers: StatisticsCounts, lists: ListLinks) -> StatisticsTable:
    """People by residence and registration (人户分离)."""
    people_by_state = numbers.people_by_state
    lines = []
    for key, label in _STANDING.items():
        count_of = lists.registered if key in ("away", "registered", "separated") else lists.people
        is_sum = key in ("living", "registered")
        lines.append(StatisticsLine(label, (count_of(people_by_state[key], state=key),), is_sum=is_sum))
    plain = [line for line, key in zip(lines, _STANDING, strict=True) if key in ("both", "lodger", "away")]
    return StatisticsTable(
        "registration",
        "户籍与居住",
        ("情况", "人数"),
        tuple(lines),
        "人户分离：户籍在本社区，人住在别处（社区内外均计）。"
        + ("" if numbers.place.is_whole else "现住的按住处统计，户籍的按户籍所在的房屋统计。"),
        _chart(
            "registration", "户籍与居住", "人", "情况", plain, {"人数": 0}, ("都在", "只居住", "只有户籍")
        ),
    )


# Places


def _door_cells(
    doors: DwellingCounts, days: int, lists: ListLinks, place: dict
) -> tuple[StatisticsCell, ...]:
    hukou = {f"hukou_{name}": value for name, value in place.items()}
    return (
        lists.dwellings(doors.dwellings, **place),
        lists.households(doors.households, kind="living", **place),
        lists.people(doors.living, state="living", **place),
        lists.households(doors.households_registered, kind="registered", **place),
        lists.registered(doors.registered, state="registered", **hukou),
        lists.dwellings(doors.fresh, fresh=days, **place),
    )


def _door_header(numbers: StatisticsCounts, first: str) -> tuple[str, ...]:
    return (first, "房屋", "住户", "现住人口", "户籍户", "户籍人口", f"近{numbers.fresh_days}天核实的房屋")


def _all_doors(numbers: StatisticsCounts, lists: ListLinks) -> StatisticsLine:
    total = DwellingCounts()
    for doors in numbers.doors.values():
        total.add(doors)
    return StatisticsLine("合计", _door_cells(total, numbers.fresh_days, lists, {}), is_sum=True)


def areas(numbers: StatisticsCounts, lists: ListLinks) -> StatisticsTable | None:
    """Counts per area including its groups; only for the whole community, if it has areas."""
    if not numbers.place.is_whole or not numbers.areas:
        return None
    of_stairwell = {s.pk: s.area and (s.area.parent_id or s.area_id) for s in numbers.stairwells}
    doors_by_area = {area.pk: DwellingCounts() for area in numbers.areas} | {None: DwellingCounts()}
    for stairwell, doors in numbers.doors.items():
        doors_by_area[of_stairwell.get(stairwell)].add(doors)
    lines = []
    for area in numbers.areas:
        place = {"area": str(area.uuid)}
        cells = _door_cells(doors_by_area[area.pk], numbers.fresh_days, lists, place)
        lines.append(StatisticsLine(area.name, cells, lists.page(**place)))
    if any(getattr(doors_by_area[None], name) for name in DwellingCounts.__slots__):
        cells = _door_cells(doors_by_area[None], numbers.fresh_days, lists, {"area": NOWHERE})
        lines.append(StatisticsLine("未划片区", cells))
    chart = None
    if len(lines) <= _MOST_IN_CHART:
        parts = {"现住人口": 2, "户籍人口": 4}
        chart = _chart("areas", "各片区人口", "人", "片区", lines, parts)
    return StatisticsTable(
        "areas", "片区", _door_header(numbers, "片区"), (*lines, _all_doors(numbers, lists)), _DOORS, chart
    )


_DOORS = "住户和户籍户只计有人的户；住户按住处统计，户籍按户籍所在的房屋统计。"


def stairwells(numbers: StatisticsCounts, lists: ListLinks) -> StatisticsTable:
    """Counts per stairwell, with the dwellings verified recently."""
    days = numbers.fresh_days
    lines = []
    for stairwell in numbers.stairwells:
        place = {"stairwell": str(stairwell.uuid)}
        cells = _door_cells(numbers.doors.get(stairwell.pk, DwellingCounts()), days, lists, place)
        lines.append(StatisticsLine(stairwell.label, cells, lists.page(**place)))
    if elsewhere := numbers.doors.get(None):
        cells = _door_cells(elsewhere, days, lists, {"stairwell": NOWHERE})
        lines.append(StatisticsLine("不属于楼道的房屋和集体户", cells))
    return StatisticsTable(
        "stairwells",
        "楼道",
        _door_header(numbers, "楼道"),
        (*lines, _all_doors(numbers, lists)),
        _DOORS,
    )


LARGEST_SIZE = 8
"""Households of this size or larger share one row."""


def sizes(numbers: StatisticsCounts, lists: ListLinks) -> StatisticsTable:
    """Living households by size."""
    counts = dict.fromkeys(range(1, LARGEST_SIZE + 1), 0)
    for people, households in numbers.sizes.items():
        counts[min(people, LARGEST_SIZE)] += households
    lines = [
        StatisticsLine(
            f"{size}人{'以上' if size == LARGEST_SIZE else ''}",
            (
                lists.households(
                    n,
                    kind="living",
                    people_from=size,
                    **({} if size == LARGEST_SIZE else {"people_to": size}),
                ),
            ),
        )
        for size, n in counts.items()
    ]
    total = lists.households(sum(counts.values()), kind="living")
    return StatisticsTable(
        "sizes",
        "住户规模",
        ("人数", "户数"),
        (*lines, StatisticsLine("合计", (total,), is_sum=True)),
        chart=_chart("sizes", "住户规模", "户", "人数", lines, {"户数": 0}),
    )


# Personal facts


def _fact(
    name: str, title: str, words: dict[str, str]
) -> Callable[[StatisticsCounts, ListLinks], StatisticsTable | None]:
    def table(numbers: StatisticsCounts, lists: ListLinks) -> StatisticsTable | None:
        if not lists.access.can(P.PEOPLE_VIEW, numbers.community):
            return None
        counts = numbers.facts[name]
        lines = [
            StatisticsLine(label, (lists.people(counts[code], state="living", **{name: code or BLANK}),))
            for code, label in (words | {"": "未填"}).items()
            if counts[code]
        ]
        total = lists.people(sum(counts.values()), state="living")
        return StatisticsTable(
            name,
            title,
            (title, "人数"),
            (*lines, StatisticsLine("合计", (total,), is_sum=True)),
            "现住人口。",
        )

    return table


# Care registers


def care(numbers: StatisticsCounts, lists: ListLinks) -> StatisticsTable:
    """People per care register as of today.

    Users who may not see the registers get the counts of the whole community only, without sums, and none below
    three: the difference of two counts would disclose a hidden one.
    """
    if lists.access.can(P.CARE, numbers.community):
        lines = [
            StatisticsLine(kind.label, (lists.people(count, care=kind.value),))
            for kind, count in numbers.care.items()
        ]
        note = "目前在册；低保按户登记，计户内的人。一人可在几个台账，因此不合计。"
        if not numbers.place.is_whole:
            note += "仅计现住的。"
        return StatisticsTable("care", "重点人群", ("类别", "人数"), tuple(lines), note)
    all_numbers = numbers.of_all()
    lines = [
        StatisticsLine(
            kind.label, (StatisticsCell(count) if count >= FEW else StatisticsCell(None, words=f"少于{FEW}"),)
        )
        for kind, count in all_numbers.care.items()
    ]
    note = f"全社区目前在册，不分片区；不足{FEW}人的不显示数字。"
    return StatisticsTable("care", "重点人群（全社区）", ("类别", "人数"), tuple(lines), note)


TABLES: dict[str, Callable[[StatisticsCounts, ListLinks], StatisticsTable | None]] = {
    "pyramid": pyramid,
    "groups": groups,
    "registration": registration,
    "sizes": sizes,
    "areas": areas,
    "education": _fact("education", "文化程度", codes.EDUCATION),
    "marital": _fact("marital", "婚姻状况", codes.MARITAL),
    "employment": _fact("employment", "从业状况", codes.EMPLOYMENT),
    "political": _fact("political", "政治面貌", codes.POLITICAL),
    "care": care,
    "stairwells": stairwells,
}


def tables_of(
    access: Access, numbers: StatisticsCounts, keys: Iterable[str] = TABLES
) -> list[StatisticsTable]:
    """The tables this user may see."""
    lists = ListLinks(access, numbers)
    return [table for key in keys if (table := TABLES[key](numbers, lists))]


def _chart(key: str, title: str, unit: str, label: str, lines, series: dict[str, int], short=()) -> Chart:
    """Column chart of the cells at these positions of the lines."""
    return Chart(
        key=key,
        title=title,
        unit=unit,
        labels=tuple(line.label for line in lines),
        series=tuple(
            Series(name, tuple(line.cells[at].value for line in lines)) for name, at in series.items()
        ),
        label=label,
        short_labels=short,
    )
