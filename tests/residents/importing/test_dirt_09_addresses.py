"""Dirty data 9 (decision 0097): spellings of addresses, and ambiguities that are never guessed."""

import datetime

import pytest

from residents.homes.addresses import (
    AddressProblem,
    PlaceRef,
    PlaceWords,
    building_of_sheet,
    estate_in,
    place_label,
    read_address,
    read_building,
    read_stairwell,
)
from residents.homes.register_places import PlaceResolver, RegisteredBuilding
from tests.workbooks import messages, people, resident_id, roster, workbook

DOOR = ("3", "2", "501")


@pytest.mark.parametrize(
    "text",
    [
        "3幢2单元501室",
        "3-2-501",
        "3#2-501",
        "3栋二单元501",
        "3号楼2单元5楼501",
        "３－２－５０１",
        "滨江花园3-2-501",
        "3座2梯501",
        "3幢2门501号",
        "03幢02单元0501室",
        "三幢二单元五〇一室",
        "3 幢 2 单元 501",
        "3 2 501",
        "3—2—501",
        "3/2/501",
        "3.2.501",
        "3#楼2单元501",
        "3幢-2单元-501室",
        "3幢2单元501室（租）",
        "文二路10号3-2-501",
        "浙江省杭州市西湖区文二路10号滨江花园3幢2单元501室",
    ],
)
def test_all_spellings_of_one_dwelling(text):
    ref = read_address(text)
    assert (ref.building_key, ref.stairwell_key, ref.room, ref.floor, ref.use) == (*DOOR, 5, "")
    assert place_label(ref) == "3幢2单元501室"


def test_letters_floors_and_uses_are_parsed():
    assert read_address("A座12F-B") == PlaceRef("A", None, "B", 12)
    assert read_address("A座12楼B室") == PlaceRef("A", None, "B", 12)
    assert read_address("A座1203") == PlaceRef("A", None, "1203", 12)
    assert read_address("3幢东单元501") == PlaceRef("3", "东", "501", 5)
    assert read_address("3幢2单元501-1") == PlaceRef("3", "2", "501-1", 5)
    assert read_address("商铺3-1") == read_address("3幢商铺1") == PlaceRef("3", "", "1", use="shop")
    assert (
        read_address("3幢地下室")
        == read_address("地下室", building="3")
        == PlaceRef("3", "", "", use="basement")
    )
    assert read_address("3幢2单元地下室").stairwell_key == "2"


def test_labels_of_parsed_addresses():
    assert [
        place_label(ref)
        for ref in (read_address("A座12F-B"), read_address("商铺3-1"), read_address("3幢地下室"))
    ] == [
        "A幢12F-B室",
        "3幢商铺1",
        "3幢地下室",
    ]
    assert read_address("A座5F-B").door != read_address("A座12F-B").door
    assert not read_address("商铺3-1").has_stairwell
    assert read_address("3-2-501").has_stairwell


def test_labels_use_the_words_of_the_community():
    words = PlaceWords.of("号院 苑", "栋口")
    assert read_address("3号院2栋口501", words).key == ("", *DOOR)
    assert place_label(PlaceRef(*DOOR), words) == "3号院2栋口501室"
    with pytest.raises(AddressProblem):
        read_address("3苑2门501", PlaceWords.of("幢", "单元"))


def test_room_without_building_is_a_problem():
    assert read_address("2501", building="3", stairwell="1") == PlaceRef("3", "1", "2501", 25)
    assert read_address(2501.0, building="3") == PlaceRef("3", None, "2501", 25)
    assert read_address("2-501", building="3") == PlaceRef("3", "2", "501", 5)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("2501", "没有楼幢"),
        (2501.0, "没有楼幢"),
        ("地下室", "哪一幢"),
        ("商铺1", "哪一幢"),
        ("3-2", "两个数字"),
        ("3幢", "没有房号"),
        ("3幢2单元", "没有房号"),
        ("3幢2单元101、102", "认不出"),
        ("1-3-2-501", "认不出"),
        ("3幢2单元501室旁边", "认不出"),
        ("四川省成都市", "认不出"),
        ("", "没有门牌"),
        (datetime.date(2026, 3, 2), "变成了日期"),
    ],
)
def test_ambiguous_address_is_a_problem(value, sentence):
    with pytest.raises(AddressProblem, match=sentence):
        read_address(value)


def test_columns_contradicting_the_address_are_a_problem():
    with pytest.raises(AddressProblem, match="不一致"):
        read_address("4-2-501", building="3")
    with pytest.raises(AddressProblem, match="不一致"):
        read_address("3-2-501", building="3", stairwell="1")
    with pytest.raises(AddressProblem, match="是楼幢还是单元"):
        read_address("3-501", building="3")
    assert read_address("3-501", building="3", stairwell="2") == PlaceRef("3", "2", "501", 5)


@pytest.mark.parametrize(
    ("cell", "building"),
    [
        ("3幢", ("3", None, "")),
        (3.0, ("3", None, "")),
        ("3#", ("3", None, "")),
        ("三号楼", ("3", None, "")),
        ("3幢2单元", ("3", "2", "")),
        ("3-2", ("3", "2", "")),
        ("A座", ("A", None, "")),
        ("滨江花园3幢", ("3", None, "滨江花园")),
        ("滨江花园", ("", None, "滨江花园")),
        ("", ("", None, "")),
    ],
)
def test_buildings(cell, building):
    assert read_building(cell) == building


def test_sheet_name_is_a_building_only_with_the_word():
    assert building_of_sheet("3幢") == ("3", None, "")
    assert building_of_sheet("3栋2单元") == ("3", "2", "")
    assert building_of_sheet("3") == building_of_sheet("Sheet1") == building_of_sheet("3月") == ("", None, "")


def test_stairwells():
    assert [read_stairwell(cell) for cell in ("2单元", "二梯", 2.0, "02", "", "无")] == [
        "2",
        "2",
        "2",
        "2",
        None,
        None,
    ]
    with pytest.raises(AddressProblem):
        read_stairwell("中间那个")


@pytest.mark.parametrize(
    ("before", "estate"),
    [
        ("浙江省杭州市西湖区文二路10号滨江花园", "滨江花园"),
        ("括苍社区阳光小区", "阳光小区"),
        ("", ""),
        ("住", ""),
        ("浙江省杭州市西湖区", ""),
        ("天津市河西区", ""),
        ("岩泉街道", ""),
        ("文二路10号", "文二路10号"),
        ("莲都区解放路10号", "解放路10号"),
        ("解放路10号院", "解放路10号院"),
        ("3号院", "3号院"),
        ("丽阳街", "丽阳街"),
        ("A区", "A区"),
        ("滨江花园东区", "滨江花园东区"),
        ("丽水市莲都区滨江花园A区", "滨江花园A区"),
        ("文二路10号滨江花园二期", "滨江花园二期"),
        ("2期", "2期"),
        ("解放路小区", "解放路小区"),
    ],
)
def test_estate_of_equally_numbered_buildings_is_kept(before, estate):
    assert estate_in(before) == estate
    assert read_address(f"{before}31幢2单元501室").estate == estate


def places(*buildings: RegisteredBuilding, file: tuple[str, ...] = ()) -> PlaceResolver:
    places_read = PlaceResolver(buildings, PlaceWords())
    places_read.learn(read_address(text) for text in file)
    return places_read


def test_missing_stairwell_defaults_to_the_only_one():
    assert places(RegisteredBuilding("3", "", ("2",))).resolve(read_address("3幢501")).key == ("", *DOOR)
    assert places(RegisteredBuilding("3", "", ("",))).resolve(read_address("3幢501")).stairwell_key == ""


def test_ambiguous_stairwell_lists_the_choices():
    with pytest.raises(AddressProblem, match="1单元、2单元、10单元"):
        places(RegisteredBuilding("3", "", ("10", "2", "1"))).resolve(read_address("3幢501"))


def test_new_building_gets_the_named_or_a_nameless_stairwell():
    assert places(file=("3-2-401",)).resolve(read_address("3幢501")).stairwell_key == "2"
    assert places(file=("4-2-401",)).resolve(read_address("3幢501")).stairwell_key == ""
    with pytest.raises(AddressProblem, match="1单元、2单元"):
        places(file=("3-1-401", "3-2-401")).resolve(read_address("3幢501"))


def test_estates_of_one_community_are_distinguished():
    two = (RegisteredBuilding("3", "滨江花园", ("1",)), RegisteredBuilding("3", "江南苑", ("2",)))
    places_read = places(*two)
    assert places_read.resolve(read_address("滨江花园3幢501")).key == ("滨江花园", "3", "1", "501")
    assert places_read.resolve(read_address("江南苑3-2-501")).key == ("江南苑", *DOOR)
    with pytest.raises(AddressProblem, match="江南苑、滨江花园"):
        places_read.resolve(read_address("3-2-501"))


def test_estate_matches_with_and_without_its_name():
    assert (
        places(RegisteredBuilding("3", "滨江花园", ("2",))).resolve(read_address("3-2-501")).estate
        == "滨江花园"
    )
    assert places(RegisteredBuilding("3", "", ("2",)), file=("滨江花园3-2-501",)).resolve(
        read_address("滨江花园3-2-501")
    ).key == ("", *DOOR)
    mixed = ("滨江花园3-2-501", "3-2-501")
    assert len({places(file=mixed).resolve(read_address(text)).key for text in mixed}) == 1


def test_one_unknown_estate_is_a_new_building_and_two_are_ambiguous():
    building = RegisteredBuilding("3", "滨江花园", ("2",))
    assert places(building, file=("望江苑3-2-501",)).resolve(read_address("望江苑3-2-501")).estate == "望江苑"
    nameless = places(RegisteredBuilding("3", "", ("2",)), file=("望江苑3-2-501", "江南苑3-2-501"))
    with pytest.raises(AddressProblem, match="不止一处"):
        nameless.resolve(read_address("望江苑3-2-501"))


PAIRS = [
    ("滨江花园东区31幢2单元501", "滨江花园西区31幢2单元501"),
    ("A区31幢2单元501", "B区31幢2单元501"),
    ("解放路10号31幢2单元501", "解放路12号31幢2单元501"),
    ("1号院31幢2单元501", "2号院31幢2单元501"),
    ("滨江花园一期31-2-501", "滨江花园二期31-2-501"),
]


@pytest.mark.parametrize("pair", PAIRS)
def test_two_buildings_with_one_number_are_distinguished(pair):
    places_read = places(file=pair)
    assert len({places_read.resolve(read_address(text)).key for text in pair}) == 2


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("estate", ["", "滨江花园"])
def test_ambiguity_with_a_registered_building_names_both(pair, estate):
    places_read = places(RegisteredBuilding("31", estate, ("2",)), file=pair)
    estates = {read_address(text).estate for text in pair}
    assert {_estate_or_sentence(places_read, text) for text in pair} in (
        estates,
        {_both_named(estate, estates)},
    )


def _estate_or_sentence(places_read: PlaceResolver, text: str) -> str:
    try:
        return places_read.resolve(read_address(text)).estate
    except AddressProblem as problem:
        return str(problem)


def _both_named(estate: str, estates: set[str]) -> str:
    choices = "、".join(sorted({estate or "（未写小区）", *estates}))
    return f"31幢不止一处（{choices}），请写明小区名称"


def test_street_may_be_the_address_of_the_estate():
    building = RegisteredBuilding("3", "滨江花园", ("2",))
    assert (
        places(building, file=("文二路10号3-2-501",)).resolve(read_address("文二路10号3-2-501")).estate
        == "滨江花园"
    )
    with pytest.raises(AddressProblem, match="滨江花园东区、滨江花园西区"):
        places(RegisteredBuilding("3", "滨江花园东区"), RegisteredBuilding("3", "滨江花园西区")).resolve(
            read_address("滨江花园3-2-501")
        )


HEADER = ["姓名", "身份证号码", "现住地址"]


def at(*addresses, names=(), **options):
    rows = [
        ["王芳", resident_id(order=f"{number * 2:03d}"), text]
        for number, text in enumerate(addresses, start=1)
    ]
    return people(workbook([HEADER, *rows], names=names), **options)


def test_all_spellings_in_a_file_match_one_dwelling():
    forms = [
        "3幢2单元501室",
        "3-2-501",
        "3#2-501",
        "3栋二单元501",
        "3号楼2单元5楼501",
        "３－２－５０１",
        "滨江花园3-2-501",
        "3幢501",
    ]
    dwellings = at(*forms)
    assert all(row.is_good for row in dwellings)
    assert len({row.living_place.key for row in dwellings}) == 1


def test_date_in_an_address_column_is_an_error_with_a_hint():
    [person] = at(datetime.date(2026, 3, 2))
    assert messages(person) == [("现住地址", "error")]
    assert person.errors[0].value == "2026-03-02"
    assert "3-2" in person.errors[0].message
    for column in ("楼栋", "单元", "房号", "户籍地址"):
        assert (column, "error") in messages(roster({column: datetime.date(2026, 3, 2)})[0])


def test_undecided_stairwell_is_an_error_listing_the_choices():
    person = at("3幢501", buildings=(RegisteredBuilding("3", "", ("1", "2")),))[0]
    [error] = person.errors
    assert (error.column, error.value) == ("现住地址", "3幢501")
    assert "1单元、2单元" in error.message
    assert person.living_place is None


def test_sheet_name_gives_the_building():
    assert at("2单元501", names=["3幢"])[0].living_place.key == ("", *DOOR)
    assert at("2501", names=["3幢"])[0].living_place.room == "2501"
    assert at("4-2-501", names=["3幢"])[0].living_place.building_key == "4"
    assert "没有楼幢" in at("2501", names=["一季度"])[0].errors[0].message


def test_sheets_of_one_file_share_their_buildings():
    rows = [
        [HEADER, ["王芳", resident_id(order="002"), "3幢501"]],
        [HEADER, ["李强", resident_id(order="003"), "3-2-401"]],
    ]
    assert people(workbook(*rows))[0].living_place.key == ("", *DOOR)


def test_building_stairwell_and_room_in_separate_columns():
    for building, stairwell, room in (
        (3, 2, 501),
        ("3号楼", "二单元", "501室"),
        ("3-2", "", 501),
        ("3幢", "", "2-501"),
        ("", "", "3-2-501"),
    ):
        [person] = roster({"楼栋": building, "单元": stairwell, "房号": room})
        assert person.living_place.key == ("", *DOOR), (building, stairwell, room)


def test_missing_room_is_an_error_of_its_column():
    [person] = roster({"房号": ""})
    assert messages(person) == [("房号", "error")]


def test_floor_column_distinguishes_rooms_numbered_per_floor():
    header = ["姓名", "身份证号码", "楼号", "单元", "楼层", "房间"]
    rows = [["王芳", resident_id(order=f"{floor:03d}"), 3, 2, floor, "01"] for floor in (4, 5)]
    fourth, fifth = people(workbook([header, *rows]))
    assert (fourth.living_place.door, fifth.living_place.door) == ("4F-1", "5F-1")
    [plain] = people(workbook([header, ["王芳", resident_id(), 3, 2, 5, 501]]))
    assert plain.living_place.door == "501"
