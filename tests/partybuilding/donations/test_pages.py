"""Pages of donations, as clerks use them."""

from decimal import Decimal

import pytest
from django.utils import timezone

from community.finance.models import FinanceEntry
from community.units.models import Unit
from partybuilding.donations.actions.uses import record_use
from partybuilding.donations.models import Donation, DonationReceipt, DonationUse, Donor
from portal.audit.models import AccessLog
from portal.pdf import rendering
from tests.partybuilding.donations import gifts

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def url(noun: str, row=None, page: str = "") -> str:
    parts = ["/c/kuocang", noun, *([str(row.uuid)] if row else []), *([page] if page else [])]
    return "/".join(parts) + "/"


def page_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.fixture
def party(client, cast):
    client.force_login(cast["party"])
    return client


@pytest.fixture
def finance(client, cast):
    client.force_login(cast["finance"])
    return client


def give(client, **values):
    data = {"donor": "刘好心", "on": str(TODAY), "amount": "500", "phone": "13800000000"} | values
    return client.post(url("donations", page="new"), data)


def test_a_first_donor_is_registered_with_the_gift(party, house):
    assert give(party).status_code == 302
    gift = Donation.objects.get(donor__name="刘好心")
    assert (gift.donor.phone, gift.amount) == ("13800000000", 500)
    assert give(party, amount="20").status_code == 302
    assert Donor.objects.filter(name="刘好心").count() == 1
    assert give(party, donor="括苍小学").status_code == 302
    assert Donor.objects.get(unit__isnull=False).unit == Unit.objects.get(name="括苍小学")


def test_what_a_form_refuses_keeps_what_was_typed(party, house):
    answer = give(party, amount="0", phone="123")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "认不出这个电话号码" in text
    assert 'value="刘好心"' in text
    assert not Donor.objects.filter(name="刘好心").exists()


def test_history_is_from_before_the_book(party, house):
    assert "账本从" in give(party, is_earlier="on").content.decode()
    before = timezone.datetime(TODAY.year - 3, 5, 1).date()
    assert give(party, is_earlier="on", on=str(before), old_receipt="旧007").status_code == 302
    gift = Donation.objects.get(donor__name="刘好心")
    text = page_of(party, url("donations", gift))
    assert "启用前已收" in text
    assert "登记收款" not in text


def test_finance_receives_and_the_director_approves_before_it_prints(finance, house, cast, monkeypatch):
    gift, category = gifts.donation(house), gifts.category(house)
    data = {"amount": "500", "on": str(TODAY), "manner": "bank", "category": category.pk}
    assert "还应收500.00元" in page_of(finance, url("donations", gift, "receive"))
    answer = finance.post(url("donations", gift, "receive"), data | {"amount": "600"})
    assert answer.status_code == 422
    assert "还应收500.00元；多捐的" in answer.content.decode()
    assert finance.post(url("donations", gift, "receive"), data).status_code == 302
    receipt = DonationReceipt.objects.get(donation=gift)
    monkeypatch.setattr(rendering, "pdf_from_html", lambda *args, **kwargs: b"%PDF-")
    printing = url("donation-receipts", receipt, "print")
    assert "还没有审批入账" in page_of(finance, printing)
    assert finance.post(printing, {}).status_code == 422
    gifts.approve(cast, receipt.entry)
    answer = finance.post(printing, _form(finance, printing))
    assert answer.content.startswith(b"%PDF-")
    assert AccessLog.objects.filter(action="print", ids=[receipt.pk]).exists()
    gift.refresh_from_db()
    assert gift.code_hash


def _form(client, address: str) -> dict:
    form = client.get(address).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_whoever_may_not_enter_money_does_not_receive_it(party, house):
    gift = gifts.donation(house)
    assert party.get(url("donations", gift, "receive")).status_code == 403
    assert "登记收款" not in page_of(party, url("donations", gift))


def test_a_promise_lapses_with_a_reason_and_comes_back(party, house):
    gift = gifts.donation(house)
    assert party.post(url("donations", gift, "lapse"), {"because": ""}).status_code == 422
    party.post(url("donations", gift, "lapse"), {"because": "企业停业"})
    assert "企业停业" in page_of(party, url("donations", gift))
    assert (
        "已登记为未兑现"
        in party.post(url("donations", gift, "lapse"), {"because": "再"}, follow=True).content.decode()
    )
    party.post(url("donations", gift, "restore"))
    gift.refresh_from_db()
    assert gift.lapsed_on is None


def test_uses_are_linked_from_the_donation_and_from_the_expense(finance, house, cast):
    receipt = gifts.booked(house, cast, gifts.donation(house))
    entry = gifts.expense(house, cast, "80")
    data = {"receipt": receipt.pk, "entry": entry.pk, "amount": "30"}
    answer = finance.post(url("donations", receipt.donation, "use"), data | {"amount": "90"})
    assert "本次最多80.00元" in answer.content.decode()
    assert finance.post(url("donations", receipt.donation, "use"), data).status_code == 302
    address = f"/c/kuocang/donation-uses/of/{entry.uuid}/"
    assert "还可由捐款支出50.00元" in page_of(finance, address)
    assert finance.post(address, data | {"amount": "50", "words": "慰问品"}).status_code == 302
    assert finance.get(address).status_code == 404
    assert list(DonationUse.objects.filter(entry=entry).order_by("id").values_list("words", flat=True)) == [
        "办公费", "慰问品",
    ]  # fmt: skip
    text = page_of(finance, url("donations", receipt.donation))
    assert "慰问品" in text
    assert "420.00" in text


def test_the_page_of_an_expense_names_the_gifts_that_paid_for_it(finance, house, cast):
    receipt = gifts.booked(house, cast, gifts.donation(house))
    entry = gifts.expense(house, cast, "80")
    from portal.registers.registry import all_registers

    register = next(r for r in all_registers() if r.model is FinanceEntry)
    address = register.url("detail", house.kuocang.ref, entry)
    assert "由捐款支出" in page_of(finance, address)
    record_use(receipt=receipt, entry=entry, amount=Decimal(80), words="学习用品")
    text = page_of(finance, address)
    assert "学习用品" in text
    assert f"/donation-uses/of/{entry.uuid}/" not in text
    assert receipt.number in page_of(finance, register.url("detail", house.kuocang.ref, receipt.entry))


def test_the_list_of_donors_by_year_and_purpose(party, house, cast):
    donor = gifts.donor(house, "赵慈善")
    gifts.booked(house, cast, gifts.donation(house, "100", by=donor, purpose="助学"))
    gifts.booked(house, cast, gifts.donation(house, "50", by=donor, purpose="敬老"))
    gifts.donor(house, "没捐的人")
    everybody = page_of(party, url("donors"))
    assert "150.00" in everybody
    assert "没捐的人" in everybody
    narrowed = page_of(party, f"{url('donors')}?year={TODAY.year}&purpose=敬老&sort=-given")
    assert "50.00" in narrowed
    assert "150.00" not in narrowed
    assert "没捐的人" not in narrowed
    assert "赵慈善" not in page_of(party, f"{url('donors')}?year={TODAY.year - 1}")
    assert "助学" in page_of(party, url("donors", donor))


def test_receipts_change_neither_donor_nor_purpose(party, house, cast):
    gift = gifts.donation(house, purpose="助学")
    gifts.receive(house, cast, gift)
    values = _form(party, url("donations", gift, "edit")) | {"donor": "王捐款"}
    answer = party.post(url("donations", gift, "edit"), values | {"purpose": "敬老"})
    assert "已开收据，用途和专项资金不能再改" in answer.content.decode()
    answer = party.post(url("donations", gift, "edit"), values | {"amount": "499"})
    assert "已收款500.00元" in answer.content.decode()
    assert party.post(url("donations", gift, "edit"), values | {"note": "已致谢"}).status_code == 302


def test_what_is_due(house, cast):
    from portal.access.user_access import Access
    from portal.hooks.registry import Hook, call_hooks
    from portal.values.months import months_later

    long_ago = months_later(TODAY, -11).replace(day=1)
    gifts.donation(house, due=TODAY - timezone.timedelta(days=1), on=long_ago)
    gifts.booked(house, cast, gifts.donation(house, on=long_ago), on=long_ago)
    gifts.receive(house, cast, gifts.donation(house))

    def titles(who: str, today) -> set[str]:
        found = call_hooks(Hook.DUE, Access.of(cast[who]), [house.kuocang.ref], today)
        return {due.title for due in found if "捐款" in due.title}

    assert titles("party", TODAY) == {"捐款逾期未到账 1笔", "捐款收据等待审批入账 1张"}
    assert "捐款收到满12个月还有结余 1笔" in titles("finance", months_later(TODAY, 2))
    assert titles("supervisor", TODAY) == set()
