"""Agreements: from draft over signature and renewal to the end, promises and their fulfilment, through the pages."""

import datetime
import io
from decimal import Decimal

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from community.activities.models import Activity
from community.agreements import bulletin_section
from community.agreements.hooks import figures, promises_due, renewals_due
from community.agreements.models import Agreement, Fulfilment, Promise, Standing
from community.agreements.rules import NOTICE_DAYS
from community.dated_rules.models import DatedRule
from community.units.models import Unit
from portal.access.user_access import Access
from portal.values.months import months_later

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate
DAY = datetime.timedelta(days=1)
_SEVERAL = forms.MultipleChoiceField | forms.ModelMultipleChoiceField


def url_of(name: str, **kwargs) -> str:
    return reverse(f"community:{name}", kwargs={"community": "kuocang", **kwargs})


def send(client, address: str, **values):
    """Fill the form of a page and send it."""
    form = client.get(address).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    data = {
        name: [] if isinstance(form.fields[name], _SEVERAL) and not value else "" if value is None else value
        for name, value in shown.items()
        if value is not False
    }
    return client.post(address.partition("?")[0], data | values)


def errors(response) -> dict:
    assert response.status_code == 422, response
    return {name: list(texts) for name, texts in response.context["form"].errors.items()}


@pytest.fixture
def party(cast):
    client = Client()
    client.force_login(cast["party"])
    return client


@pytest.fixture
def unit(house):
    return Unit.objects.create(
        community=house.kuocang, name="金桂弄书店", kinds=["located"], principal="叶某"
    )


@pytest.fixture
def make(house, unit):
    """An agreement that began a year less `left` days ago; signed unless it is a draft."""

    def of(*, left: int = 200, state="in_force", promises=1, **fields) -> Agreement:
        end = TODAY() + left * DAY
        start = end - 364 * DAY
        signed = {} if state == "draft" else {"signed_on": start}
        values = {"unit": unit, "start": start, "end": end} | signed | fields
        agreement = Agreement.objects.create(community=house.kuocang, state=state, **values)
        for number in range(promises):
            Promise.objects.create(
                community=house.kuocang, agreement=agreement, kind="service", text=f"义诊{number}", quantity=2
            )
        return agreement

    return of


def state_of(row) -> str:
    return type(row).objects.get(pk=row.pk).state


def draft(party, unit, **values):
    values = {"unit": unit.pk, "start": "2026-01-01", "end": "2026-12-31"} | values
    return send(party, url_of("agreement_create"), **values)


# The agreement


def test_an_agreement_that_ends_before_it_begins_is_refused_at_its_end(party, unit):
    answer = draft(party, unit, start="2026-12-31", end="2026-01-01", text="结对共建")
    assert errors(answer) == {"end": ["结束日期不能早于开始日期"]}
    assert "结对共建" in answer.content.decode(), "what was typed is still there"
    assert draft(party, unit).status_code == 302
    agreement = Agreement.objects.get(unit=unit)
    assert (agreement.state, agreement.start, agreement.end) == (
        "draft", datetime.date(2026, 1, 1), datetime.date(2026, 12, 31),
    )  # fmt: skip


def test_a_signature_needs_promises_and_makes_a_cobuilding_unit(party, unit, make):
    agreement = make(state="draft", promises=0)
    sign = url_of("agreement_sign", row=agreement.uuid)
    assert errors(send(party, sign)) == {"__all__": ["还没有承诺事项，请先登记双方的承诺。"]}
    answer = send(
        party,
        f"{url_of('promise_create')}?agreement={agreement.pk}",
        side="unit",
        kind="money",
        text="资助慰问",
    )
    assert errors(answer) == {"amount": ["资金承诺请填写金额"]}
    late = {"kind": "goods", "text": "冬被", "due": str(agreement.end + DAY)}
    answer = send(party, f"{url_of('promise_create')}?agreement={agreement.pk}", **late)
    assert "应在协议期限内" in errors(answer)["due"][0]
    send(party, f"{url_of('promise_create')}?agreement={agreement.pk}", kind="goods", text="冬被")
    assert errors(send(party, sign, on=str(TODAY() + DAY)))["on"]
    assert send(party, sign).status_code == 302
    unit.refresh_from_db()
    assert unit.kinds == ["located", "cobuilding"]
    assert state_of(agreement) == "in_force"
    assert "不用再办理签订" in errors(send(party, sign))["__all__"][0]


def test_a_signature_is_taken_back_with_what_followed(party, unit, make):
    agreement = make(state="draft")
    send(party, url_of("agreement_sign", row=agreement.uuid))
    send(party, url_of("agreement_unsign", row=agreement.uuid))
    unit.refresh_from_db()
    assert (unit.kinds, state_of(agreement)) == (["located"], "draft")


def test_who_it_is_with_and_the_term_change_in_a_draft_only(party, unit, make, house):
    agreement = make()
    other = Unit.objects.create(community=house.kuocang, name="丙单位", kinds=["located"])
    edit = url_of("agreement_edit", row=agreement.uuid)
    assert not {"unit", "start", "end", "body"} & set(party.get(edit).context["form"].fields)
    send(party, edit, unit=other.pk, end="2050-01-01", their_signer="王某")
    agreement.refresh_from_db()
    assert (agreement.unit, agreement.their_signer) == (unit, "王某")
    assert agreement.end == TODAY() + 200 * DAY


def test_only_a_draft_is_deleted(party, make):
    signed, unsigned = make(), make(state="draft")
    party.post(url_of("agreement_delete", row=signed.uuid))
    party.post(url_of("agreement_delete", row=unsigned.uuid))
    kept = Agreement.objects.filter(pk__in=[signed.pk, unsigned.pk])
    assert list(kept) == [signed]
    assert not Promise.objects.filter(agreement=unsigned).exists()


# Renewal


def test_standing_follows_from_the_end_and_the_dated_rule(make, house, cast):
    ends = {0: "due", 60: "due", 61: "in_force", -1: "expired"}
    rows = {left: make(left=left) for left in ends}
    standing = {row.pk: row.standing for row in Agreement.objects.with_standing()}
    assert {left: standing[row.pk] for left, row in rows.items()} == ends
    DatedRule.objects.create(
        community=house.kuocang,
        key=NOTICE_DAYS,
        value=30,
        start=datetime.date(2020, 1, 1),
        source="本社区",
        set_by=cast["director"],
    )
    assert rows[60] not in Agreement.objects.to_renew()
    assert {rows[0], rows[-1]} == set(Agreement.objects.to_renew())
    assert rows[-1] not in Agreement.objects.current()


def test_a_renewal_is_a_draft_that_points_to_its_predecessor(party, make):
    agreement = make(left=20, promises=2)
    first = agreement.promises.order_by("id").first()
    Promise.objects.filter(pk=first.pk).update(due=agreement.start + 10 * DAY)
    renew = url_of("agreement_renew", row=agreement.uuid)
    new_end = agreement.end + 365 * DAY
    wrong = {"start": str(agreement.end + DAY), "end": str(agreement.end), "promises": [first.pk]}
    assert errors(send(party, renew, **wrong)) == {"end": ["结束日期不能早于开始日期。"]}
    early = {"start": str(agreement.start), "end": str(new_end)}
    assert "应晚于原协议的开始日期" in errors(send(party, renew, **early))["start"][0]
    assert send(party, renew, end=str(new_end), promises=[first.pk]).status_code == 302
    new = Agreement.objects.get(predecessor=agreement)
    assert (new.start, new.state, state_of(agreement)) == (agreement.end + DAY, "draft", "in_force")
    assert [(each.text, each.due) for each in new.promises.all()] == [(first.text, new.start + 10 * DAY)]
    assert "已有续签的协议" in errors(send(party, renew))["__all__"][0]
    assert (
        "已有续签的协议"
        in errors(send(party, url_of("agreement_end", row=agreement.uuid), reason="不再续"))["__all__"][0]
    )
    # Signed, it renews the old one, whose term still runs; taken back, the old one waits for renewal again.
    send(party, url_of("agreement_sign", row=new.uuid))
    assert (state_of(new), state_of(agreement)) == ("in_force", "renewed")
    assert agreement in Agreement.objects.current()
    send(party, url_of("agreement_unsign", row=new.uuid))
    assert (state_of(new), state_of(agreement)) == ("draft", "in_force")


@pytest.mark.parametrize(
    ("start", "end", "new_end"),
    [
        ("2024-01-01", "2024-12-31", "2025-12-31"),
        ("2024-04-17", "2027-04-16", "2030-04-16"),
        ("2026-01-01", "2026-03-10", "2026-05-18"),
    ],
)
def test_the_next_term_is_as_long(party, make, start, end, new_end):
    agreement = make(start=start, end=end, signed_on=start)
    form = party.get(url_of("agreement_renew", row=agreement.uuid)).context["form"]
    assert str(form["end"].value()) == new_end


def test_an_end_drops_open_promises_and_is_taken_back(party, make):
    agreement = make(left=100)
    promise = agreement.promises.get()
    Promise.objects.filter(pk=promise.pk).update(due=TODAY() - DAY)
    end = url_of("agreement_end", row=agreement.uuid)
    assert errors(send(party, end)) == {"reason": ["请写明终止原因。"]}
    assert "不能早于" in errors(send(party, end, on=str(agreement.start - DAY), reason="单位搬迁"))["on"][0]
    assert send(party, end, reason="单位搬迁").status_code == 302
    assert state_of(agreement) == "ended"
    assert Promise.objects.with_standing().get(pk=promise.pk).standing == "dropped"
    assert not Promise.objects.overdue(TODAY()).filter(pk=promise.pk)
    answer = send(party, f"{url_of('promise_create')}?agreement={agreement.pk}", kind="goods", text="书")
    assert errors(answer)["agreement"]
    send(party, url_of("agreement_restore", row=agreement.uuid))
    assert Promise.objects.with_standing().get(pk=promise.pk).standing == "overdue"


# Promises


def test_a_promise_is_fulfilled_in_parts_with_evidence(party, make, cast):
    promise = make().promises.get()
    create = f"{url_of('fulfilment_create')}?promise={promise.pk}"
    assert "今天" in errors(send(party, create, on=str(TODAY() + DAY), note="义诊"))["on"][0]
    assert errors(send(party, create))["note"]
    send(party, create, note="第一次义诊", quantity="1")
    assert state_of(promise) == "open"
    send(party, create, note="第二次义诊", quantity="1", completes="on")
    assert state_of(promise) == "fulfilled"
    record = Fulfilment.objects.filter(promise=promise).latest("id")
    assert (record.recorded_by, record.quantity) == (cast["party"], Decimal(1))
    assert party.get(url_of("fulfilment_attach", row=record.uuid)).status_code == 200
    page = party.get(url_of("promise_detail", row=promise.uuid)).content.decode()
    assert "第一次义诊" in page
    assert "恢复待履行" in page
    for each in Fulfilment.objects.filter(promise=promise):
        party.post(url_of("fulfilment_delete", row=each.uuid))
    assert state_of(promise) == "open", "without any record it is not fulfilled"


def test_nothing_is_fulfilled_under_a_draft_or_before_the_term(party, make):
    promise = make(state="draft").promises.get()
    answer = send(party, f"{url_of('fulfilment_create')}?promise={promise.pk}", note="义诊")
    assert errors(answer)["promise"]
    agreement = make()
    create = f"{url_of('fulfilment_create')}?promise={agreement.promises.get().pk}"
    answer = send(party, create, note="义诊", on=str(agreement.start - DAY))
    assert "不能早于协议的开始日期" in errors(answer)["on"][0]


def test_a_promise_is_marked_unfulfilled_with_its_reason(party, make):
    promise = make().promises.get()
    mark = url_of("promise_unfulfilled", row=promise.uuid)
    assert errors(send(party, mark)) == {"reason": ["请写明未履行的原因。"]}
    send(party, mark, reason="经费不足")
    assert state_of(promise) == "unfulfilled"
    assert "经费不足" in party.get(url_of("promise_detail", row=promise.uuid)).content.decode()
    assert "不用再认定" in errors(send(party, mark, reason="再次"))["__all__"][0]
    answer = send(party, f"{url_of('fulfilment_create')}?promise={promise.pk}", note="义诊")
    assert errors(answer)["promise"], "not offered any more"
    send(party, url_of("promise_reopen", row=promise.uuid))
    promise.refresh_from_db()
    assert (promise.state, promise.closed_on, promise.reason) == ("open", None, "")


# What others see of it


def test_renewals_and_late_promises_are_due(cast, house, make):
    expired, due = make(left=-3), make(left=10)
    far = make(left=300)
    Promise.objects.filter(agreement=far).update(due=TODAY() - 2 * DAY)
    ref = house.kuocang.ref
    items = list(renewals_due(Access.of(cast["party"]), [ref], TODAY()))
    assert [(item.on, "已到期" in item.title) for item in items] == [(expired.end, True), (due.end, False)]
    late = list(promises_due(Access.of(cast["party"]), [ref], TODAY()))
    assert [(item.on, item.title) for item in late] == [
        (TODAY() - 2 * DAY, "金桂弄书店的承诺逾期未履行：义诊0")
    ]
    for name in ("staff", "supervisor", "street"):
        access = Access.of(cast[name])
        assert not list(renewals_due(access, [ref], TODAY()))
        assert not list(promises_due(access, [ref], TODAY()))


def test_the_page_of_a_unit_says_what_was_promised_and_done(party, unit, make, cast):
    agreement = make()
    promise = agreement.promises.get()
    send(party, f"{url_of('fulfilment_create')}?promise={promise.pk}", note="义诊", quantity="1")
    panels = {
        panel.title: panel for panel in party.get(url_of("unit_detail", row=unit.uuid)).context["panels"]
    }
    [line] = panels["承诺和履行"].rows
    assert [getattr(cell, "label", cell) for cell in line[1:]] == [
        "单位",
        "服务",
        "义诊0",
        "2",
        "1次，1",
        "待履行",
    ]
    assert len(panels["共建协议"].rows) == 1


def test_cobuilding_units_are_those_with_a_current_agreement(house, unit, make, party):
    [figure] = figures(house.kuocang.ref, 2026)
    assert figure.compute() == 0
    make()
    assert figure.compute() == 0, "located only"
    Unit.objects.filter(pk=unit.pk).update(kinds=["located", "cobuilding"])
    assert figure.compute() == 1
    page = party.get(figure.url)
    assert [row.name for row in page.context["page"]] == ["金桂弄书店"] if "page" in page.context else True
    Agreement.objects.filter(unit=unit).update(start=TODAY() - 400 * DAY, end=TODAY() - DAY)
    assert figure.compute() == 0


def test_the_bulletin_compares_with_last_month_and_last_year(house, make, cast):
    month = TODAY().replace(day=1)
    agreement = make(left=100, promises=4, start=months_later(month, -13), signed_on=months_later(month, -13))
    days = [month, months_later(month, -1), months_later(month, -1) + DAY, months_later(month, -12)]
    for promise, day in zip(agreement.promises.order_by("id"), days, strict=True):
        Promise.objects.filter(pk=promise.pk).update(state="fulfilled", closed_on=day)
    [section] = bulletin_section.sections(house.kuocang.ref, month)
    assert section.rows == (("服务", "1", "2", "1"), ("合计", "1", "2", "1"))
    access = Access.of(cast["director"])
    for number in section.numbers:
        [panel] = bulletin_section.drill_down_rows(access, house.kuocang.ref, month, number.rows)
        assert len(panel.rows) == number.value
    assert not list(bulletin_section.drill_down_rows(access, house.kuocang.ref, month, "community.media"))


def test_a_joint_meeting_names_the_agreements_made_there(party, unit, make, house):
    meeting = Activity.objects.create(
        community=house.kuocang,
        kind="joint",
        title="联席会议",
        starts_at=timezone.now(),
        body=house.committee,
    )
    page = url_of("activity_detail", row=meeting.uuid)
    create = f"{url_of('agreement_create')}?meeting={meeting.pk}"
    assert create in party.get(page).content.decode()
    send(party, create, unit=unit.pk, start="2026-01-01", end="2026-12-31")
    assert Agreement.objects.get(unit=unit).meeting == meeting
    assert "议定的共建协议" in party.get(page).content.decode()


def test_the_paper_names_both_parties_term_and_promises(party, unit, make):
    agreement = make(our_signer="张某", text="每季度商量一次\n互相开放场地")
    answer = party.get(url_of("agreement_paper", row=agreement.uuid))
    assert answer["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    text = "".join(text.split())
    for words in (
        "甲方：括苍社区居民委员会",
        "乙方：金桂弄书店",
        "每季度商量一次",
        "乙方承诺",
        "义诊0",
        "代表签字：张某",
    ):
        assert words in text
    assert f"{agreement.end:%Y}年{agreement.end.month}月{agreement.end.day}日止" in text


def test_every_standing_has_a_word():
    assert {state.value for state in Agreement.State} < set(Standing.values)
