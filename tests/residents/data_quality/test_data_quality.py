"""Data quality: each rule finds its fault and not the correct row beside it; reviews; repairs; the nightly run."""

import datetime
import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.accounts.models import User
from community.communities.models import Community
from community.people.models import Person
from community.places.models import Building, HeadAppointment
from portal.access.db_scope import APP, scope
from portal.access.user_access import Access
from portal.audit.models import AccessLog
from portal.hooks.data_quality import Severity
from portal.hooks.registry import Hook, call_hooks
from residents.data_quality import findings
from residents.data_quality import tasks as data_quality_tasks
from residents.data_quality.actions import run_data_quality_checks
from residents.data_quality.models import DataQualityRun, IdNumberIssue, IssueReview
from residents.head_reports.models import ChangeReport
from residents.homes.models import Dwelling, Household, Residence
from tests.imports import Pages, person, roster, run_jobs
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db


def person_of(house, name="李四", *, born=None, **values) -> Person:
    birth = {"birth_date": datetime.date(born, 5, 1), "birth_precision": "d"} if born else {}
    return Person.objects.create(community=house.kuocang, name=name, **birth | values)


def member(house, word="", code="", *, household=None, person=None, **values) -> Residence:
    household = household or house.household
    person = person or person_of(house, **values)
    if household.kind == "living" and household.dwelling:
        Person.objects.filter(pk=person.pk).update(place_label=household.dwelling.label)
    return Residence.objects.create(
        community=house.kuocang, person=person, household=household, kind=household.kind,
        relation_word=word, relation_class=code, is_head=word == "户主" and household != house.household,
    )  # fmt: skip


def home_of(house, *, kind="living", use="self", stairwell=True, building=None) -> Household:
    dwelling = Dwelling.objects.create(
        community=house.kuocang, building=building or house.building, room="801", use=use,
        stairwell=house.second if stairwell else None,
    )  # fmt: skip
    return Household.objects.create(community=house.kuocang, kind=kind, dwelling=dwelling)


# Faults: each function creates one, and a similar correct row; it returns the row that the rule must find.


def same_birth(house):
    person_of(house, "张三", birth_date=house.person.birth_date, birth_precision="y")
    person_of(house, "张三丰", born=1970)
    person_of(house, "张三", birth_date=house.person.birth_date, birth_precision="d")
    return house.person


def born_tomorrow(house):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    return person_of(house, birth_date=tomorrow, birth_precision="d")


def too_old(house):
    person_of(house, "已故", born=1880, died_on=datetime.date(1950, 1, 1))
    return person_of(house, born=1880)


def died_before_birth(house):
    return person_of(house, born=1980, died_on=datetime.date(1970, 1, 1))


def dead_but_living(house):
    member(house, "父亲", "51", person=person_of(house, born=1940))
    return member(house, "母亲", "52", person=person_of(house, born=1940, died_on=datetime.date(2026, 1, 1)))


def stale_place(house):
    person = member(house, "妻", "12", born=1972).person
    Person.objects.filter(pk=person.pk).update(place_label="3幢9单元901室")
    return person


def without_number(house):
    person_of(house, "不在册")
    return house.person


def nowhere(house):
    owner = person_of(house, "房东")
    Dwelling.objects.filter(pk=house.dwelling.pk).update(owner=owner)
    residence = member(house, "租客", "99", name="搬走的")
    Residence.objects.filter(pk=residence.pk).update(end=datetime.date(2026, 1, 1))
    Person.objects.filter(pk=residence.person.pk).update(place_label="")
    return person_of(house)


def two_heads(house):
    member(house, "妻", "12", born=1972)
    member(house, "户主", "02", born=1972)
    return house.household


def headless(house):
    home = home_of(house)
    member(house, "子", "20", household=home, born=2000)
    return home


def two_spouses(house):
    for word, code in (("妻", "12"), ("配偶", "10"), ("儿媳", "38")):
        member(house, word, code, born=1985 if code != "38" else 1998)
    return house.household


def child_older(house):
    member(house, "女", "30", born=1995)
    return member(house, "子", "20", born=1969)


def mother_younger(house):
    member(house, "母亲", "52", born=1948)
    return member(house, "父亲", "51", born=1990)


def young_head(house):
    return member(house, "户主", "02", household=home_of(house), born=timezone.localdate().year - 12)


def young_spouse(house):
    member(house, "儿媳", "38", born=timezone.localdate().year - 18)
    return member(house, "妻", "12", born=timezone.localdate().year - 18, sex="F")


def crowded(house):
    for use, word in (("living", "户主"), ("registered", "户主")):
        home = Household.objects.create(community=house.kuocang, kind=use, dwelling=house.dwelling)
        member(house, word, "02", household=home, born=1980)
    Household.objects.create(community=house.kuocang, kind="living", dwelling=house.dwelling, annulled=True)
    return house.dwelling


def in_a_shop(house):
    home = home_of(house, use="shop", stairwell=False)
    member(house, "户主", "02", household=home, born=1980)
    return home


def in_an_office_building(house):
    market = Building.objects.create(community=house.kuocang, label="9幢", key="9", use="other")
    home = home_of(house, stairwell=False, building=market)
    member(house, "户主", "02", household=home, born=1980)
    return home


def not_vacant(house):
    home_of(house, use="vacant")
    Dwelling.objects.filter(pk=house.dwelling.pk).update(use="vacant")
    return house.dwelling


def no_head_of_stairwell(house):
    """The first stairwell has its own head; the second has none, until its group or area has one."""
    HeadAppointment.objects.create(
        community=house.kuocang, person=house.person, area=house.group, start=datetime.date(2024, 1, 1),
        end=datetime.date(2024, 12, 31),
    )  # fmt: skip
    return house.second


def report_waits(house):
    head = User.objects.get(username="head")
    fields = {
        "community": house.kuocang, "stairwell": house.first, "dwelling": house.dwelling, "what": "move_out",
        "on": datetime.date(2026, 1, 1), "proposer": head,
    }  # fmt: skip
    ChangeReport.objects.create(
        **fields, state="rejected", reason="没有搬", reviewer=head, reviewed_at=timezone.now()
    )
    return ChangeReport.objects.create(**fields)


FAULTS = {
    same_birth: "birth-double",
    born_tomorrow: "birth-impossible",
    too_old: "birth-impossible",
    died_before_birth: "birth-impossible",
    dead_but_living: "dead-living",
    stale_place: "place-stale",
    without_number: "number-missing",
    nowhere: "person-nowhere",
    two_heads: "household-two-heads",
    headless: "household-headless",
    two_spouses: "household-two-spouses",
    child_older: "relation-generation",
    mother_younger: "relation-generation",
    young_head: "head-young",
    young_spouse: "spouse-young",
    crowded: "dwelling-crowded",
    in_a_shop: "home-impossible",
    in_an_office_building: "home-impossible",
    not_vacant: "dwelling-not-vacant",
    no_head_of_stairwell: "stairwell-headless",
    report_waits: "report-waiting",
}
BY_THE_RUN = {"number-double", "number-damaged", "number-disagrees"}


def check_of(key: str):
    return next(check for check in call_hooks(Hook.DATA_QUALITY) if check.key == key)


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_rule_finds_its_fault_and_not_the_correct_row(house, plant):
    check = check_of(FAULTS[plant])
    row = plant(house)
    assert list(findings.open_findings(check, house.kuocang)) == [row]
    assert not findings.open_findings(check, house.xizhigou).exists()


def test_every_rule_has_a_fault_in_this_file():
    assert {check.key for check in call_hooks(Hook.DATA_QUALITY)} == {*FAULTS.values()} | BY_THE_RUN


def test_stairwell_has_a_head_if_its_area_has(house):
    Building.objects.filter(pk=house.building.pk).update(use="residential")
    check = check_of("stairwell-headless")
    house.second.area = house.group
    house.second.save()
    HeadAppointment.objects.create(
        community=house.kuocang, person=house.person, area=house.area, start=datetime.date(2024, 1, 1)
    )
    assert not findings.open_findings(check, house.kuocang).exists()


# Certificate numbers, which only the nightly run decrypts

MAN = resident_id("19700301", "001")


def _numbered(house, name, kind, number, **values) -> Person:
    person = person_of(house, name, **values)
    person.set_id(kind, number, "3301**************")
    person.save()
    return person


def test_run_finds_faulty_id_numbers(house):
    of_1970 = {"birth_date": datetime.date(1970, 3, 1), "birth_precision": "m", "sex": "M"}
    right = _numbered(house, "对的", "resident_id", MAN, **of_1970)
    old = _numbered(house, "旧号", "other", MAN[:6] + MAN[8:17])
    wrong = _numbered(house, "校验", "resident_id", MAN[:17] + ("1" if MAN[17] != "1" else "2"))
    other_birth = _numbered(house, "生日", "resident_id", resident_id("19700301", "005"), born=1971)
    other_sex = _numbered(
        house, "性别", "resident_id", resident_id("19700301", "007"), **of_1970 | {"sex": "F"}
    )
    passport = _numbered(house, "护照", "passport", "E12345678", born=1971)
    broken = _numbered(house, "坏的", "resident_id", resident_id("19700301", "009"))
    Person.objects.filter(pk=broken.pk).update(id_cipher=right.id_cipher)
    run_data_quality_checks(community=house.kuocang)
    rows_by_check = {key: set(findings.open_findings(check_of(key), house.kuocang)) for key in BY_THE_RUN}
    assert rows_by_check == {
        "number-double": {old},
        "number-damaged": {wrong, broken},
        "number-disagrees": {other_birth, other_sex},
    }
    (double,) = IdNumberIssue.objects.filter(kind="double")
    assert (double.person, double.other) == (old, right)
    assert passport not in set().union(*rows_by_check.values())
    right.version += 1  # as any correction does
    right.save()
    assert not findings.open_findings(check_of("number-double"), house.kuocang).exists()


def test_issues_and_reviews_do_not_block_deletion(house, cast, client):
    """A person is deleted and an import undone, although there are issues and reviews of the people."""
    client.force_login(cast["staff"])
    pages = Pages(client)
    batch = pages.check(roster(person("李明", "3幢2单元501室", 与户主关系="户主", 身份证号码=MAN)))
    client.post(pages.url("import_apply", batch))
    run_jobs()
    imported = Person.objects.get(community=house.xizhigou)
    misentered = person_of(house, "录错的")
    for row in (imported, misentered):
        IdNumberIssue.objects.create(community_id=row.community_id, person=row, person_version=1, kind="sex")
        IssueReview.objects.create(
            community_id=row.community_id, finding="x", subject="community.Person", row_id=row.pk, name="x",
            mark="1", reason="看过", by=cast["staff"],
        )  # fmt: skip
    kwargs = {"community": "kuocang", "row": misentered.uuid}
    client.post(reverse("residents:person_delete", kwargs=kwargs))
    client.post(pages.url("import_undo", batch))
    run_jobs()
    assert not Person.objects.filter(pk__in=[imported.pk, misentered.pk]).exists()
    assert not IssueReview.objects.exists()


# The pages


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def _url(page: str, key: str = "") -> str:
    kwargs = {"community": "kuocang"} | ({"check": key} if key else {})
    return reverse(f"residents:{page}", kwargs=kwargs)


def _boxes(client, key: str) -> list[str]:
    return [box for box, _ in client.get(_url("data_quality_list", key)).context["lines"]]


def test_reviewed_issue_returns_when_the_row_changes(house, staff):
    double = same_birth(house) and Person.objects.filter(name="张三").last()
    (box,) = _boxes(staff, "birth-double")
    answer = staff.post(_url("data_quality_list", "birth-double"), {"row": [box]})
    assert answer.status_code == 422
    assert 'value="' + box + '" aria-label="张三核对无误" checked' in answer.text
    for _ in range(2):
        staff.post(_url("data_quality_list", "birth-double"), {"row": [box], "reason": "看过身份证"})
    assert _boxes(staff, "birth-double") == []
    assert "看过身份证" in staff.get(_url("data_quality_list", "birth-double")).text
    assert IssueReview.objects.count() == 1
    Person.objects.filter(pk=double.pk).update(version=2)
    (new_box,) = _boxes(staff, "birth-double")
    assert new_box != box


def test_issue_changed_since_display_is_not_reviewed(house, staff):
    same_birth(house)
    (box,) = _boxes(staff, "birth-double")
    Person.objects.filter(pk=house.person.pk).update(version=9)
    answer = staff.post(
        _url("data_quality_list", "birth-double"), {"row": [box], "reason": "看过"}, follow=True
    )
    assert "刚刚有变化" in answer.text
    assert not IssueReview.objects.exists()


def test_reviewed_issue_can_be_listed_again(house, staff):
    same_birth(house)
    boxes = _boxes(staff, "birth-double")
    staff.post(_url("data_quality_list", "birth-double"), {"row": boxes, "reason": "看过身份证"})
    review = IssueReview.objects.get()
    staff.post(_url("data_quality_again", "birth-double"), {"review": review.uuid})
    assert _boxes(staff, "birth-double") == boxes


def test_derived_values_are_repaired_in_bulk(house, staff):
    stale, dead = stale_place(house), dead_but_living(house)
    for key in ("place-stale", "dead-living"):
        staff.post(_url("data_quality_repair", key))
        assert _boxes(staff, key) == []
    stale.refresh_from_db()
    dead.refresh_from_db()
    assert (stale.place_label, dead.end) == ("3幢1单元101室", dead.person.died_on)
    assert dead.person.population_events.get().what == "death"
    assert staff.post(_url("data_quality_repair", "birth-double")).status_code == 404


def test_issues_are_on_overview_person_pages_and_todo(house, staff, cast, today):
    two_heads(house)
    access = Access.of(cast["staff"])
    assert "数据体检严重问题" not in str(list(call_hooks(Hook.DUE, access, [house.kuocang.ref], today)))
    run_data_quality_checks(community=house.kuocang)
    (due,) = [
        due for due in call_hooks(Hook.DUE, access, [house.kuocang.ref], today) if due.key == "soundness"
    ]
    assert due.title == "数据体检严重问题 1类，共1处"
    groups = {weight: total for weight, total, _ in staff.get(due.url).context["groups"]}
    assert groups[Severity.SERIOUS] == 1
    home = reverse("residents:household_detail", kwargs={"community": "kuocang", "row": house.household.uuid})
    assert _url("data_quality_list", "household-two-heads") in staff.get(home).text
    same_birth(house)
    for double in Person.objects.filter(name="张三", birth_precision="d"):
        card = reverse("residents:person_detail", kwargs={"community": "kuocang", "row": double.uuid})
        assert _url("data_quality_list", "birth-double") in staff.get(card).text


def test_issues_are_exported_masked_and_logged(house, staff):
    of_1971 = _numbered(house, "李四", "resident_id", MAN, born=1971)
    run_data_quality_checks(community=house.kuocang)
    answer = staff.post(_url("data_quality_export") + "?check=number-disagrees")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    header, row = sheet.iter_rows(values_only=True)
    assert list(header) == ["项目", "程度", "名称", "情况"]
    assert row[2] == "李四"
    assert "3301**************" in row[3]
    assert MAN not in str(row)
    log = AccessLog.objects.get(action="export")
    assert (log.subject, log.ids) == ("community.Person", [of_1971.pk])


def test_nightly_run_checks_every_community(house):
    two_heads(house)
    data_quality_tasks.check_everywhere(timestamp=0)
    counts = {run.community_id: run.counts["household-two-heads"] for run in DataQualityRun.objects.all()}
    assert counts == {community.pk: int(community == house.kuocang) for community in Community.objects.all()}


def test_supervisor_sees_no_issues(house, cast):
    two_heads(house)
    client = Client()
    client.force_login(cast["supervisor"])
    page = reverse("residents:household_detail", kwargs={"community": "kuocang", "row": house.household.uuid})
    assert "数据体检" not in client.get(page).text
    with scope(APP, communities=[house.xizhigou.id]):
        assert not findings.open_findings(check_of("household-two-heads"), house.kuocang).exists()
