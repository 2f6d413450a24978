"""Issue lists: people of a saved list, hand-over with signature, undo, end, departures and merging."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from community.people.models import Person
from community.stock.models import IssueLine, IssueList, StockBatch, StockSlip
from portal.access.user_access import Access
from portal.attachments import store
from portal.attachments.models import Attachment
from portal.hooks.departure import Departure
from portal.hooks.registry import Hook, call_hooks
from portal.saved_lists.models import SavedList
from residents.merging.actions.merge import merge_people
from residents.merging.preview import KEPT, merge_preview
from tests.community.stock.pages import DESK, errors_of, on_hand, send
from tests.community.stock.test_stock import TINY, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def rice(house) -> StockBatch:
    """Five bags of rice."""
    return StockBatch.objects.get(item__name="大米")


@pytest.fixture
def people(house) -> list[Person]:
    return [
        Person.objects.create(community=house.kuocang, name=name, name_key=name, place_label="3幢1单元101室")
        for name in ("赵甲", "钱乙", "孙丙")
    ]


@pytest.fixture
def spring(house, rice, people) -> IssueList:
    """An open list of three people, a bag each."""
    row = IssueList.objects.create(community=house.kuocang, title="春节慰问", item=rice.item, quantity=1)
    for person in people:
        IssueLine.objects.create(community=house.kuocang, issue_list=row, person=person, quantity=1)
    return row


@pytest.fixture
def desk(client, cast):
    client.force_login(cast["finance"])
    return client


def line_of(issue_list, name) -> IssueLine:
    return issue_list.lines.get(person__name=name)


def hand(client, line, **data):
    return send(client, f"{DESK}/issue-lines/{line.uuid}/hand/", on=today(), **data)


def test_people_come_from_a_saved_list_as_its_reader_sees_it(desk, cast, house, spring):
    def saved(register: str, query: str, name: str) -> SavedList:
        return SavedList.objects.create(
            community_id=house.kuocang.id,
            user_id=cast["civil"].pk,
            changed_by=cast["civil"].pk,
            register=register,
            name=name,
            query=query,
            shared=True,
        )

    listed = saved("residents:person", "q=张三", "姓张的")
    care = saved("residents:elder", "", "高龄台账")
    url = f"{DESK}/issue-lists/{spring.uuid}/people/"
    names = [label for _, label in desk.get(url).context["form"].fields["saved"].choices]
    assert names == ["请选择", "姓张的"]  # finance does not see the care registers
    assert "saved" in errors_of(send(desk, url, saved=str(care.uuid)))
    assert "saved" in errors_of(send(desk, url))
    page = send(desk, url, saved=str(listed.uuid))
    assert "名单增加1人" in page.content.decode()
    assert line_of(spring, "张三").state == "waiting"
    page = send(desk, url, saved=str(listed.uuid), person="赵甲")
    assert "名单增加0人，另有2人已在名单中" in page.content.decode()
    desk.force_login(cast["director"])
    send(desk, url, saved=str(care.uuid))
    assert spring.lines.count() == 4


def test_a_hand_over_is_signed_and_books_the_movement(desk, cast, spring, rice):
    line = line_of(spring, "赵甲")
    scan = SimpleUploadedFile("签收.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    hand(desk, line, taker="赵小甲", signature=TINY, scan=scan)
    line.refresh_from_db()
    assert (line.state, line.taker, line.handed_by.username) == ("handed", "赵小甲", "finance")
    assert line.slip.movements.get().quantity == -1
    assert on_hand(rice) == 4
    files = Attachment.objects.filter(subject="community.IssueLine", row_id=line.pk).order_by("pk")
    assert [file.name for file in files] == [f"签名{timezone.localdate():%Y%m%d}.png", "签收.pdf"]
    assert store.read(files[0]).startswith(b"\x89PNG")
    with store.default_storage.open(files[0].stored) as stored:
        assert b"PNG" not in stored.read()[:16]
    assert hand(desk, line).status_code == 422
    assert on_hand(rice) == 4
    assert "赵甲" not in StockSlip.objects.latest("pk").party


def test_what_expires_first_goes_first_and_what_is_expired_stays(desk, house, spring, rice):
    day = timezone.localdate()
    old = StockBatch.objects.create(
        community=house.kuocang, item=rice.item, expires_on=day - datetime.timedelta(1), on_hand=9
    )
    soon = StockBatch.objects.create(
        community=house.kuocang, item=rice.item, expires_on=day + datetime.timedelta(9), on_hand=1
    )
    IssueLine.objects.filter(issue_list=spring).update(quantity=3)
    hand(desk, line_of(spring, "赵甲"))
    for batch, left in ((old, 9), (soon, 0), (rice, 3)):
        batch.refresh_from_db()
        assert batch.on_hand == left
    hand(desk, line_of(spring, "钱乙"))
    page = hand(desk, line_of(spring, "孙丙"))
    assert "大米可发的库存只有0袋，不够3袋" in page.content.decode()
    assert line_of(spring, "孙丙").state == "waiting"


def test_several_are_ticked_off_all_or_none(desk, spring, rice):
    url = f"{DESK}/issue-lists/{spring.uuid}/tick/"
    rice.on_hand = 2
    StockBatch.objects.filter(pk=rice.pk).update(on_hand=2)
    everybody = list(spring.lines.values_list("pk", flat=True))
    assert send(desk, url, on=today(), lines=everybody).status_code == 422
    assert spring.lines.filter(state="waiting").count() == 3
    send(desk, url, on=today(), lines=everybody[:2])
    assert spring.lines.filter(state="handed").count() == 2


def test_a_fresh_hand_over_is_undone_by_a_reversal(desk, spring, rice):
    line = line_of(spring, "赵甲")
    hand(desk, line)
    slip = StockSlip.objects.latest("pk")
    send(desk, f"{DESK}/issue-lines/{line.uuid}/undo/", reason="勾错了人")
    line.refresh_from_db()
    assert (line.state, line.slip, line.handed_on) == ("waiting", None, None)
    assert on_hand(rice) == 5
    assert StockSlip.objects.latest("pk").purpose == f"冲销{slip.number}：撤销发放，勾错了人"
    hand(desk, line)
    IssueLine.objects.filter(pk=line.pk).update(handed_at=timezone.now() - datetime.timedelta(7))
    page = send(desk, f"{DESK}/issue-lines/{line.uuid}/undo/", reason="太晚了")
    assert page.status_code == 422
    assert on_hand(rice) == 4


def test_cancelled_and_unclaimed_lines(desk, spring, rice):
    line = line_of(spring, "赵甲")
    assert "reason" in errors_of(send(desk, f"{DESK}/issue-lines/{line.uuid}/cancel/"))
    send(desk, f"{DESK}/issue-lines/{line.uuid}/cancel/", reason="本人不需要")
    assert line_of(spring, "赵甲").state == "cancelled"
    assert hand(desk, line).status_code == 422
    send(desk, f"{DESK}/issue-lists/{spring.uuid}/finish/")
    assert sorted(spring.lines.values_list("state", flat=True)) == ["cancelled", "unclaimed", "unclaimed"]
    assert hand(desk, line_of(spring, "钱乙")).status_code == 422
    send(desk, f"{DESK}/issue-lists/{spring.uuid}/reopen/")
    assert sorted(spring.lines.values_list("state", flat=True)) == ["cancelled", "waiting", "waiting"]
    send(desk, f"{DESK}/issue-lines/{line.uuid}/restore/")
    assert line_of(spring, "赵甲").state == "waiting"
    assert on_hand(rice) == 5


def test_an_unfinished_list_is_due(cast, house, spring):
    due = call_hooks(Hook.DUE, Access.of(cast["party"]), [house.kuocang.ref], timezone.localdate())
    assert "春节慰问：还有3人没有领取" in [item.title for item in due]


def test_a_changed_number_is_followed_by_whoever_waits(desk, spring):
    hand(desk, line_of(spring, "赵甲"))
    url, fields = f"{DESK}/issue-lists/{spring.uuid}/edit/", {"title": "春节慰问", "on": today()}
    send(desk, url, item=spring.item_id, quantity=2, version=spring.version, **fields)
    numbers = dict(spring.lines.values_list("person__name", "quantity"))
    assert numbers == {"赵甲": 1, "钱乙": 2, "孙丙": 2}
    send(desk, f"{DESK}/issue-lists/{spring.uuid}/finish/")
    spring.refresh_from_db()
    page = send(desk, url, item=spring.item_id, quantity=3, version=spring.version, **fields)
    assert "结束；需要时先恢复" in page.content.decode()
    send(desk, url, item=spring.item_id, quantity=2, version=spring.version, **fields | {"title": "春节走访"})
    spring.refresh_from_db()
    assert (spring.title, spring.quantity) == ("春节走访", 2), "a slip of the pen is mended later, too"


def test_a_departure_names_and_ends_what_waits(house, spring, people):
    (end,) = [
        each
        for each in call_hooks(Hook.PERSON_LEFT, people[0], Departure(timezone.localdate(), died=True))
        if each.key.startswith("issue-")
    ]
    assert end.title == "待领物资：春节慰问，大米1袋"
    end.end()
    line = line_of(spring, "赵甲")
    assert (line.state, line.cancelled_because) == ("cancelled", "去世")


def test_merging_carries_lines_over(house, cast, spring, people):
    kept, removed = house.person, people[0]
    merge_people(
        by=cast["staff"],
        kept=kept,
        removed=removed,
        seen_fingerprint=merge_preview(kept, removed).fingerprint,
        sides_by_value={value.key: KEPT for value in merge_preview(kept, removed).values},
        sides_by_conflict={},
    )
    assert set(spring.lines.values_list("person__name", flat=True)) == {"张三", "钱乙", "孙丙"}


def test_the_page_of_a_person_names_what_waits_and_what_was_received(house, cast, spring, people, desk):
    access = Access.of(cast["finance"])
    (fact,) = [f for f in call_hooks(Hook.ABOUT, people[0], access) if f.title == "待领物资"]
    assert fact.text == "春节慰问，大米1袋"
    hand(desk, line_of(spring, "赵甲"))
    entries = list(call_hooks(Hook.TIMELINE, people[0], access, house.kuocang.ref))
    assert [(entry.kind, entry.title) for entry in entries] == [("领取物资", "春节慰问，大米1袋")]
    assert not list(call_hooks(Hook.TIMELINE, people[0], Access.of(cast["staff"]), house.kuocang.ref))


def test_pages_show_neither_phone_nor_id(desk, house, spring, people):
    people[0].phone = "13912345678"
    people[0].save()
    for url in (
        f"{DESK}/issue-lists/{spring.uuid}/",
        f"{DESK}/issue-lists/{spring.uuid}/tick/",
        f"{DESK}/issue-lines/",
        f"{DESK}/issue-lines/{line_of(spring, '赵甲').uuid}/",
    ):
        words = desk.get(url).content.decode()
        assert "赵甲" in words
        assert "139" not in words.replace("1390", "")
    paper = desk.get(f"{DESK}/issue-lists/{spring.uuid}/print/")
    assert paper.content.startswith(b"%PDF")
