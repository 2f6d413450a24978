"""Reports that are accepted by the form of their event, which is filled from the report (event basis)."""

import datetime
import re
import uuid

import pytest
from django.forms import Select
from django.urls import reverse

from community.people.models import Person
from portal.access.db_scope import APP, HEAD, scope
from residents.event_log.models import PopulationEvent
from residents.events.actions.households import JoiningMember, change_head, transfer
from residents.head_reports import report_diff
from residents.head_reports.actions.submit import ReportData, submit_report
from residents.head_reports.models import ChangeReport
from residents.homes.models import Dwelling, Residence
from residents.people.actions import correct_person
from tests.checked_forms import confirm, to_check

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 3, 10)


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def door(house):
    """Another dwelling, with the household of 孙六."""
    door = Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="201"
    )
    sun = Person.objects.create(community=house.kuocang, name="孙六", sex="M", place_label=door.label)
    household = door.households.create(community=house.kuocang, kind="living")
    Residence.objects.create(
        community=house.kuocang, person=sun, household=household, kind="living", relation_word="户主", is_head=True
    )  # fmt: skip
    return door


def make_report(house, by, what, *people, person=None, **values) -> ChangeReport:
    """A report submitted by the head, in the head's own scope."""
    reach = {"communities": [house.kuocang.id], "write": [house.kuocang.id]}
    with scope(HEAD, **reach, stairwells=[house.first.id], user_id=by.id):
        return submit_report(
            by=by,
            dwelling=house.dwelling,
            what=what,
            data=ReportData(**({"on": DAY} | values)),
            person_id=person.pk if person else None,
            people=[one.uuid for one in people],
        )


def as_staff(house, cast, write):
    ids = [house.kuocang.id]
    with scope(APP, communities=ids, write=ids, user_id=cast["director"].id):
        return write(by=cast["director"])


def url_of(report, action="detail") -> str:
    return reverse(f"residents:report_{action}", kwargs={"community": "kuocang", "row": report.uuid})


def shown(form) -> dict:
    """The data a browser submits for an unchanged form; of a select without an empty option the first."""
    values = {name: form[name].value() for name in form.fields}
    for name, field in form.fields.items():
        if isinstance(field.widget, Select) and values[name] is None:
            values[name] = field.choices[0][0]
    return {name: value for name, value in values.items() if value not in (None, False, "")}


def to_event(client, report, **answers) -> str:
    """Press 照此办理 on the page of the report; return the URL of the event's form."""
    page = client.get(url_of(report))
    answer = client.post(url_of(report), shown(page.context["form"]) | answers)
    assert answer.status_code == 302, answer.content.decode()
    assert f"report={report.uuid}" in answer["Location"]
    return answer["Location"]


def registered(client, url: str, **answers):
    """Submit the event's prefilled form, check the diff, confirm."""
    page = client.get(url)
    assert "按楼道长上报办理" in page.content.decode()
    data = shown(page.context["form"]) | answers | {"token": str(uuid.uuid4())}
    check = to_check(client, url, data)
    assert "按楼道长上报办理" in check.content.decode()
    return confirm(client, check, follow=True)


EVENTS = {
    "birth": ("李芳", [], {"name": "张小宝", "sex": "M"}, "张小宝"),
    "marriage": ("张小燕", [], {"name": "赵刚"}, "已婚"),
    "transfer": (None, ["李芳", "张小燕"], {"other_address": "3-2-201"}, "住在3-2-201"),
    "split": ("张小燕", ["张小燕", "王桂英"], {}, "张小燕、王桂英分出（户主张小燕），张三、李芳留下"),
    "head": ("李芳", [], {}, "李芳"),
}
"""Kind → the person, the people who go together, the reported values, the sentence on the page."""


@pytest.mark.parametrize("what", EVENTS)
def test_event_form_is_prefilled_and_accepts_the_report(staff, house, cast, family, door, what):
    who, together, values, sentence = EVENTS[what]
    people = [family[name] for name in together]
    report = make_report(
        house, cast["head"], what, *people, person=family.get(who), note="听本人说的", **values
    )
    text = staff.get(url_of(report)).content.decode()
    assert sentence in text
    assert "有冲突" not in text
    more = {f"relation_{one.uuid.hex}": "亲属" for one in people} if what == "transfer" else {}
    page = registered(staff, to_event(staff, report), **more)
    assert "已登记，上报已采纳。" in page.content.decode()
    assert page.redirect_chain[-1][0] == reverse("residents:report_list", kwargs={"community": "kuocang"})
    report.refresh_from_db()
    assert (report.state, report.reviewer) == ("accepted", cast["staff"])
    events = PopulationEvent.objects.filter(what=what)
    assert events.exists()
    assert all(event.on == DAY and "楼道长上报：听本人说的" in event.note for event in events)


def test_staff_choose_the_household_of_a_merge(staff, house, cast, family, door):
    """For a merge the head gives a dwelling or a name, which the page of the event shows as a hint."""
    report = make_report(house, cast["head"], "merge", person=family["张三"], other_address="201孙家")
    page = staff.get(url_of(report))
    # 张三 is also registered here: two households are possible.
    assert "办理的是哪一户" in page.content.decode()
    url = to_event(staff, report)
    page = staff.get(url)
    assert "楼道长说并到：201孙家" in page.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', page.content.decode()))
    assert {"report", "seen"} <= hidden.keys()
    url = f"{url.partition('?')[0]}?report={hidden['report']}&seen={hidden['seen']}&member=孙六"
    relations = {f"relation_{person.uuid.hex}": "亲属" for person in family.values()}
    registered(staff, url, **relations)
    report.refresh_from_db()
    assert report.state == "accepted"
    assert PopulationEvent.objects.filter(what="merge").count() == 4


def test_report_with_a_month_needs_the_day(staff, house, cast, family):
    """Accepted at once or by an event's form: the day is required and not guessed."""
    birth = make_report(house, cast["head"], "birth", person=family["李芳"], sex="M", on_precision="m")
    assert staff.get(to_event(staff, birth)).context["form"]["on"].value() is None
    death = make_report(house, cast["head"], "death", person=family["王桂英"], on_precision="m")
    page = staff.get(url_of(death))
    answer = staff.post(url_of(death), shown(page.context["form"]))
    assert answer.status_code == 422
    assert "请填写日期" in answer.content.decode()
    staff.post(url_of(death), shown(page.context["form"]) | {"on": "2026-03-17"})
    family["王桂英"].refresh_from_db()
    assert family["王桂英"].died_on == datetime.date(2026, 3, 17)


# Conflicts


def test_concurrent_change_is_a_conflict_to_confirm(staff, house, cast, family):
    report = make_report(house, cast["head"], "head", person=family["李芳"])
    as_staff(
        house, cast,
        lambda by: change_head(
            by=by, household=house.household, head=family["张小燕"], on=DAY,
            relations={p.pk: "亲属" for p in family.values() if p.name != "张小燕"},
        ),
    )  # fmt: skip
    text = staff.get(url_of(report)).content.decode()
    for word in ("有冲突", "上报时的登记", "张三", "张小燕"):
        assert word in text
    page = staff.get(url_of(report))
    answer = staff.post(url_of(report), shown(page.context["form"]))
    assert answer.status_code == 422
    assert "户主在上报后有变化" in answer.content.decode()
    assert to_event(staff, report, checked_head="on")


def test_person_who_left_meanwhile_cannot_split_off(staff, house, cast, family, door):
    report = make_report(house, cast["head"], "split", family["李芳"], person=family["李芳"])
    as_staff(
        house, cast,
        lambda by: transfer(
            by=by, members=[JoiningMember(family["李芳"], "亲属")], dwelling=door, on=DAY, targets={"living": None}
        ),
    )  # fmt: skip
    page = staff.get(url_of(report))
    assert "住在3幢2单元201室" in page.content.decode()
    ticked = {name: "on" for name in page.context["form"].fields if name.startswith("checked_")}
    answer = staff.post(url_of(report), shown(page.context["form"]) | ticked)
    assert answer.status_code == 422
    assert "李芳已不住在3幢1单元101室" in answer.content.decode()


@pytest.mark.parametrize("step", ["form", "check"])
def test_outdated_report_redirects_to_its_page(staff, house, cast, family, step):
    report = make_report(house, cast["head"], "head", person=family["李芳"])
    url = to_event(staff, report)
    data = shown(staff.get(url).context["form"]) | {"token": str(uuid.uuid4())}
    check = to_check(staff, url, data)
    as_staff(
        house, cast,
        lambda by: correct_person(
            by=by, person=family["李芳"], version=Person.objects.get(name="李芳").version, changes={"name": "李方"}
        ),
    )  # fmt: skip
    page = staff.post(url, data, follow=True) if step == "form" else confirm(staff, check, follow=True)
    assert page.redirect_chain == [(url_of(report), 302)]
    text = page.content.decode()
    assert "登记内容刚刚有变化" in text
    assert "李方" in text
    assert not PopulationEvent.objects.filter(what="head").exists()
    report.refresh_from_db()
    assert report.state == "pending"


# Idempotency, four eyes, kind of event


def test_report_is_accepted_once(staff, house, cast, family):
    report = make_report(house, cast["head"], "birth", person=family["李芳"], name="张小宝", sex="M")
    url = to_event(staff, report)
    data = shown(staff.get(url).context["form"]) | {"token": str(uuid.uuid4())}
    check = to_check(staff, url, data)
    registered(staff, url)
    for page in (
        staff.post(url, data | {"same": "new"}, follow=True),
        confirm(staff, check, follow=True, same="new"),
    ):
        assert page.redirect_chain == [(url_of(report), 302)]
        assert "staff某已处理这条上报（已采纳）" in page.content.decode()
    assert Person.objects.filter(name="张小宝").count() == 1


def test_proposer_cannot_accept_the_own_report_by_its_event(staff, house, cast, family):
    """The same person has a head's and a staff account, and enters the URL by hand."""
    for name in ("head", "staff"):
        cast[name].person = family["张三"]
        cast[name].save(update_fields=["person"])
    report = make_report(house, cast["head"], "head", person=family["李芳"])
    seen = report_diff.fingerprint(report_diff.differences(ChangeReport.objects.get()))
    kwargs = {"community": "kuocang", "household": house.household.uuid}
    url = reverse("residents:event_head", kwargs=kwargs)
    url = f"{url}?report={report.uuid}&seen={seen}&head={family['李芳'].uuid}"
    data = shown(staff.get(url).context["form"]) | {"token": str(uuid.uuid4())}
    page = staff.post(url, data, follow=True)
    assert page.redirect_chain == [(url_of(report), 302)]
    assert "这是本人的上报，请由其他工作人员审核" in page.content.decode()
    assert not PopulationEvent.objects.filter(what="head").exists()


@pytest.mark.parametrize("named", ["another kind", "no report", "a stranger's"])
def test_event_accepts_only_reports_of_its_kind(client, house, cast, family, named):
    report = make_report(house, cast["head"], "marriage", person=family["李芳"], name="赵刚")
    value = "x" if named == "no report" else report.uuid
    kwargs = {"community": "kuocang", "person": family["李芳"].uuid}
    url = reverse("residents:event_birth", kwargs=kwargs)
    if named == "a stranger's":
        ChangeReport.objects.update(community=house.kuocang, what="birth")
        url = url.replace("kuocang", "xizhigou")
    client.force_login(cast["staff"])
    assert client.get(f"{url}?report={value}&seen=").status_code == 404


# Departures of heads of household


@pytest.mark.parametrize("what", ["death", "move_out"])
def test_the_departure_of_a_head_asks_for_the_new_one(staff, house, cast, family, what):
    head = house.household.residences.get(is_head=True).person
    new = next(person for person in family.values() if person != head)
    report = make_report(house, cast["head"], what, person=head, other_address="杭州")
    url = to_event(staff, report)
    form = staff.get(url).context["form"]
    assert form["on"].value() == DAY
    if what == "move_out":
        assert form["destination"].value() == "杭州"
    answers = {f"head_{house.household.uuid.hex}": str(new.uuid), "token": str(uuid.uuid4())}
    check = to_check(staff, url, shown(form) | answers)
    assert "按楼道长上报办理" in check.content.decode()
    form = check.context["form"]
    proposed = {name: form[name].value() or "亲属" for name in form.fields if name.startswith("relation_")}
    assert proposed
    ended = {name: form.fields[name].choices[0][0] for name in form.fields if name.startswith("ending_")}
    confirm(staff, check, **proposed, **ended)
    report.refresh_from_db()
    assert report.state == "accepted"
    assert house.household.residences.open().get(is_head=True).person == new


def test_the_departure_of_another_member_is_accepted_at_once(staff, house, cast, family):
    report = make_report(house, cast["head"], "death", person=family["王桂英"])
    page = staff.get(url_of(report))
    assert "确认无误，更新台账" in page.content.decode()
