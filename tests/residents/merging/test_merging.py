"""Merging duplicate people: values, conflicts, undo, and refusals."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from community.accounts.models import User
from community.bulletins.models.bulletin import AidRecipient, Bulletin
from community.people.models import Person
from community.places.models import HeadAppointment
from portal.access.db_scope import APP, scope
from portal.attachments.models import Attachment
from portal.audit.models import AccessLog
from portal.forms.refusals import NoReason, UndoRefused
from portal.hooks.departure import Departure
from residents.event_log.models import PopulationEvent
from residents.event_log.monthly_statement import monthly_statement, population_counts
from residents.events.actions.moves import endings, move_out
from residents.events.actions.undo import undo
from residents.homes.models import Dwelling, Household, Residence
from residents.merging.actions.merge import merge_people
from residents.merging.actions.undo import undo_merge
from residents.merging.models import PersonMerge
from residents.merging.preview import KEPT, REMOVED, merge_preview
from residents.merging.refusals import MergeRefused, UndecidedConflicts
from residents.people.actions import add_person, correct_person
from tests.checked_forms import confirm, to_check
from tests.community.bulletins.drafting import publish
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db
NUMBER, OTHER_NUMBER = resident_id("19700301", "001"), resident_id("19700301", "003")


@pytest.fixture
def double(house) -> Person:
    """A duplicate of 张三: head of a household of two at another dwelling, with values that the first record lacks."""
    door = Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="201"
    )
    home = Household.objects.create(community=house.kuocang, kind="living", dwelling=door)
    person, wife = (
        Person.objects.create(
            community=house.kuocang, name=name, birth_date=datetime.date(1970, 3, 1), birth_precision="d",
            place_label=door.label, phone="13900000001", education="30",
        )
        for name in ("张三", "李芳")
    )  # fmt: skip
    for who, word, code in ((person, "户主", "02"), (wife, "妻", "12")):
        Residence.objects.create(
            community=house.kuocang, person=who, household=home, kind="living", relation_word=word,
            relation_class=code, is_head=word == "户主", start=datetime.date(2020, 5, 1), start_precision="d",
        )  # fmt: skip
    house.person.phone = "13800000001"
    house.person.save()
    return person


def at_work(house, cast):
    """The scope of one request by staff, with its own context in the history."""
    ids = [house.kuocang.id]
    return scope(APP, communities=ids, write=ids, user_id=cast["staff"].id)


def merged(house, cast, double, *, stays=KEPT, sides_by_value=None) -> PersonMerge:
    with at_work(house, cast):
        preview = merge_preview(house.person, double)
        return merge_people(
            by=cast["staff"],
            kept=house.person,
            removed=double,
            seen_fingerprint=preview.fingerprint,
            sides_by_value={"phone": KEPT} if sides_by_value is None else sides_by_value,
            sides_by_conflict={conflict.key: stays for conflict in preview.conflicts},
        )


def state(house) -> dict:
    """The rows of the register, without versions."""
    return {
        "people": list(
            Person.objects.of(house.kuocang).order_by("id").values(
                "id", "uuid", "name", "sex", "phone", "education", "id_kind", "id_hash", "id_mask", "place_label"
            )
        ),
        "stays": list(Residence.objects.order_by("id").values("id", "person", "end", "end_precision", "is_head")),
        "counts": population_counts(house.kuocang),
    }  # fmt: skip


def test_missing_values_are_taken_over_and_different_ones_must_be_chosen(house, cast, double):
    with pytest.raises(UndecidedConflicts, match="联系电话"):
        merged(house, cast, double, sides_by_value={})
    merged(house, cast, double, sides_by_value={"phone": REMOVED})
    kept = Person.objects.get(pk=house.person.pk)
    assert (kept.phone, kept.education, kept.sex) == ("13900000001", "30", "M")
    assert not Person.objects.filter(pk=double.pk).exists()


@pytest.mark.parametrize(("stays", "room"), [(KEPT, "101"), (REMOVED, "201")])
def test_conflicting_residences_the_chosen_one_stays(house, cast, double, stays, room):
    today = timezone.localdate()
    before = monthly_statement(house.kuocang, today)
    merge = merged(house, cast, double, stays=stays)
    current = Residence.objects.get(person=house.person, end__isnull=True)
    ended = Residence.objects.get(person=house.person, end__isnull=False)
    assert (current.household.dwelling.room, ended.end) == (room, today)
    assert Person.objects.get(pk=house.person.pk).place_label == current.household.dwelling.label
    after = monthly_statement(house.kuocang, today)
    assert (after.closing, after.ended_otherwise) == (before.closing - 1, before.ended_otherwise + 1)
    assert merge.event.note.startswith("张三（3幢2单元201室）的记录并入")


def test_conflicts_have_no_preselection(house, cast, double):
    preview = merge_preview(house.person, double)
    (conflict,) = preview.conflicts
    with pytest.raises(UndecidedConflicts, match="居住与户籍"):
        merge_people(
            by=cast["staff"], kept=house.person, removed=double, seen_fingerprint=preview.fingerprint,
            sides_by_value={"phone": KEPT}, sides_by_conflict={},
        )  # fmt: skip
    assert conflict.ends
    assert Person.objects.filter(pk=double.pk).exists()


def test_id_number_moves_encrypted_and_is_restored(house, cast, double):
    double.set_id("resident_id", NUMBER, "3301**************")
    double.save()
    house.person.set_id("resident_id", OTHER_NUMBER, "3301**************")
    house.person.save()
    merge = merged(house, cast, double, sides_by_value={"phone": KEPT, "id_mask": REMOVED})
    assert Person.objects.get(pk=house.person.pk).read_id() == NUMBER
    values = [
        value
        for field, value in PersonMerge.objects.filter(pk=merge.pk).values().get().items()
        if field != "sealed"
    ]
    assert NUMBER not in str(values)
    assert OTHER_NUMBER not in str(values)
    undo_merge(by=cast["staff"], merge=merge, reason="不是同一人")
    numbers = [Person.objects.get(pk=pk).read_id() for pk in (house.person.pk, double.pk)]
    assert numbers == [OTHER_NUMBER, NUMBER]


def test_equal_rows_are_stored_with_the_merge_and_restored(house, cast, double):
    """An entry on the same aid list, and the same file attached to both."""
    bulletin = Bulletin.objects.create(community=house.kuocang, month=datetime.date(2026, 1, 1))
    aid = [
        AidRecipient.objects.create(community=house.kuocang, bulletin=bulletin, person=person, aid="临时救助", amount=n)
        for n, person in enumerate((house.person, double), start=1)
    ]  # fmt: skip
    files = [
        Attachment.objects.create(
            community_id=house.kuocang.id, user_id=1, subject="community.Person", row_id=person.pk, name="a.pdf",
            stored=f"attachments/{person.pk}", size=1, digest="x" * 64,
        )
        for person in (house.person, double)
    ]  # fmt: skip
    merge = merged(house, cast, double)
    assert list(AidRecipient.objects.values_list("pk", flat=True)) == [aid[0].pk]
    assert Attachment.objects.get(pk=files[1].pk).subject == "residents.PersonMerge"
    undo_merge(by=cast["staff"], merge=merge, reason="不是同一人")
    assert AidRecipient.objects.get(pk=aid[1].pk).person_id == double.pk
    assert Attachment.objects.get(pk=files[1].pk).row_id == double.pk


@pytest.mark.parametrize("stays", [KEPT, REMOVED])
def test_undo_restores_everything(house, cast, double, stays):
    before = state(house)
    merge = merged(house, cast, double, stays=stays)
    assert state(house) != before
    undo_merge(by=cast["staff"], merge=merge, reason="不是同一人")
    assert state(house) == before
    merge.event.refresh_from_db()
    assert merge.event.undone_by.what == "undo"
    with pytest.raises(UndoRefused, match="已经撤销"):
        undo_merge(by=cast["staff"], merge=merge, reason="再来一次")


def _correct_phone(house, cast, double):
    person = Person.objects.get(pk=house.person.pk)
    correct_person(by=cast["staff"], person=person, version=person.version, changes={"education": "10"})


def _move_out(house, cast, double):
    today = timezone.localdate()
    ended = [ending.key for ending in endings(house.person, Departure(today))]
    move_out(by=cast["staff"], person=house.person, on=today, confirmed=ended)


def _end_appointment(house, cast, double):
    HeadAppointment.objects.filter(area=house.area).update(end=timezone.localdate())


def _delete_appointment(house, cast, double):
    HeadAppointment.objects.filter(area=house.area).delete()


def _give_number_to_another(house, cast, double):
    add_person(by=cast["staff"], community_id=house.kuocang.id, name="李四", id_number=NUMBER)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_correct_phone, "文化程度在合并以后又有改动"),
        (_move_out, "登记了.*的迁出"),
        (_end_appointment, "任免记录“张三 第一片区”在合并以后又有改动"),
        (_delete_appointment, "任免记录在合并以后被删除"),
        (_give_number_to_another, "已与合并前不符"),
    ],
)
def test_undo_is_refused_after_a_change(house, cast, double, change, says):
    HeadAppointment.objects.create(
        community=house.kuocang, person=double, area=house.area, start=datetime.date(2025, 1, 1)
    )
    double.set_id("resident_id", NUMBER, "3301**************")
    double.save()
    house.person.set_id("resident_id", OTHER_NUMBER, "3301**************")
    house.person.save()
    merge = merged(house, cast, double, sides_by_value={"phone": KEPT, "id_mask": KEPT})
    with at_work(house, cast):
        change(house, cast, double)
    after = state(house)
    with pytest.raises(UndoRefused, match=says):
        undo_merge(by=cast["staff"], merge=merge, reason="不是同一人")
    assert state(house) == after


def test_chained_merges_are_undone_in_reverse_order(house, cast, double):
    third = Person.objects.create(community=house.kuocang, name="张三")
    before = state(house)
    first = merged(house, cast, double)
    preview = merge_preview(third, Person.objects.get(pk=house.person.pk))
    second = merge_people(
        by=cast["staff"],
        kept=third,
        removed=house.person,
        seen_fingerprint=preview.fingerprint,
        sides_by_value={},
        sides_by_conflict={},
    )
    first.refresh_from_db()
    assert first.kept == third
    with pytest.raises(UndoRefused, match="请先撤销那一项"):
        undo_merge(by=cast["staff"], merge=first, reason="不是同一人")
    undo_merge(by=cast["staff"], merge=second, reason="不是同一人")
    first.refresh_from_db()
    undo_merge(by=cast["staff"], merge=first, reason="不是同一人")
    assert state(house) == before


def test_dead_person_is_not_merged_with_a_resident(house, cast, double):
    Person.objects.filter(pk=house.person.pk).update(died_on=datetime.date(2026, 1, 1))
    house.person.refresh_from_db()
    with pytest.raises(MergeRefused, match="请先为后者登记去世"):
        merged(house, cast, double)


def test_merge_to_exclusive_roles_is_refused(house, cast, double):
    User.objects.filter(pk=cast["supervisor"].pk).update(person=house.person)
    User.objects.filter(pk=cast["finance"].pk).update(person=double)
    with pytest.raises(MergeRefused, match="居务监督委员"):
        merged(house, cast, double)


def test_events_before_a_merge_cannot_be_undone(house, cast, double):
    merge = merged(house, cast, double)
    with pytest.raises(UndoRefused, match="请在合并记录中撤销"):
        undo(by=cast["staff"], event=merge.event, reason="录错了")


# The pages


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def _url(name: str, **kwargs) -> str:
    return reverse(f"residents:{name}", kwargs={"community": "kuocang", **kwargs})


def test_merge_and_undo_in_the_browser(house, staff, double):
    """The duplicate is a candidate, compared without its secrets, merged once, and its old URL redirects."""
    house.person.set_id("resident_id", OTHER_NUMBER, "3301**************")
    house.person.save()
    url = _url("person_merge", person=house.person.uuid, other=double.uuid)
    assert url in staff.get(_url("person_double", person=house.person.uuid)).text
    page = staff.get(url)
    assert "居民身份证，已登记" in page.text
    assert "3301*" not in page.text
    (conflict,) = merge_preview(house.person, double).conflicts
    form = page.context["form"]
    data = {name: field.initial or KEPT for name, field in form.fields.items() if name != "token"}
    data |= {"token": form["token"].value(), conflict.key: KEPT}
    missing = staff.post(url, {k: v for k, v in data.items() if k != "value-phone"})
    assert missing.status_code == 422
    check = to_check(staff, url, data)
    assert "居住与户籍“张三 3幢2单元201室（居住）”：今天终止" in check.text
    assert Person.objects.filter(pk=double.pk).exists()
    form_again = staff.get(check.context["draft_url"]).context["form"]
    assert form_again[conflict.key].value() == KEPT
    answers = [confirm(staff, check) for _ in range(2)]
    assert {answer.url for answer in answers} == {_url("person_detail", row=house.person.uuid)}
    merge = PersonMerge.objects.not_undone().get()
    assert staff.get(_url("person_detail", row=double.uuid)).url == answers[0].url
    history = staff.get(_url("person_history", row=house.person.uuid)).text
    assert "（并入的记录）" in history
    undo_url = _url("merge_undo", row=merge.uuid)
    token = staff.get(undo_url).context["form"]["token"].value()
    answer = staff.post(undo_url, {"token": token, "reason": "不是同一人"})
    assert answer.url == _url("person_detail", row=double.uuid)
    assert staff.get(answer.url).status_code == 200


def test_outdated_preview_is_shown_again(house, staff, cast, double):
    url = _url("person_merge", person=house.person.uuid, other=double.uuid)
    form = staff.get(url).context["form"]
    data = {name: field.initial or KEPT for name, field in form.fields.items() if name != "token"}
    data |= {"token": form["token"].value()}
    check = to_check(staff, url, data)
    correct_person(by=cast["staff"], person=double, version=double.version, changes={"note": "常年在外"})
    for answer in (
        staff.post(url, data, follow=True),
        staff.get(check.context["draft_url"], follow=True),
        confirm(staff, check, follow=True),
    ):
        assert answer.redirect_chain == [(url, 302)]
        assert "刚刚有变化" in answer.text
        assert "常年在外" in answer.text
    assert Person.objects.filter(pk=double.pk).exists()


def test_preview_hides_registers_the_user_may_not_see(house, cast, double, client, monkeypatch):
    """Rows of a register that the clerk may not see move silently; a conflict in it is left to the director."""
    from portal.access.permissions import Permission
    from residents.event_log.registers import PopulationEventRegister

    PopulationEvent.objects.create(
        community=house.kuocang, what="entry", person=double, on=datetime.date(2024, 1, 1)
    )
    monkeypatch.setattr(PopulationEventRegister, "view", Permission.CARE)
    url = _url("person_merge", person=house.person.uuid, other=double.uuid)
    moves = {}
    for name in ("staff", "director"):
        client.force_login(cast[name])
        moves[name] = dict(client.get(url).context["moves"])
    assert "人口变动" in moves["director"]
    assert "人口变动" not in moves["staff"]


def test_edit_form_of_a_merged_row_is_refused(house, staff, double, monkeypatch):
    """The row is merged between the lookup of the edit page and its write."""
    from portal.register_pages.editing import EditView

    url = _url("person_edit", row=double.uuid)
    form = staff.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    get_row = EditView.get_row

    def gone_afterwards(view):
        row = get_row(view)
        Residence.objects.filter(person=double).delete()
        Person.objects.filter(pk=double.pk).delete()
        return row

    monkeypatch.setattr(EditView, "get_row", gone_afterwards)
    assert "刚刚被删除或合并" in staff.post(url, data, follow=True).text
    assert not AccessLog.objects.filter(action="denied").exists()


def test_a_merge_changes_no_published_month(house, cast, double, settings, tmp_path, monkeypatch):
    """The month counted both records; the next one continues from it with nobody come or gone."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("community.bulletins.actions.workflow.render_pdf", lambda *args: b"%PDF")
    october, november = datetime.date(2026, 10, 1), datetime.date(2026, 11, 1)
    publish(house.kuocang, cast, october)
    before = monthly_statement(house.kuocang, october)
    merged(house, cast, double)
    assert monthly_statement(house.kuocang, october) == before
    after = monthly_statement(house.kuocang, november)
    assert (after.opening, after.late_added, after.late_removed) == (before.closing, 0, 0)


def test_a_number_that_came_with_the_merge_goes_with_its_undo(house, cast, double):
    double.set_id("resident_id", NUMBER, "3301**************")
    double.save()
    merge = merged(house, cast, double)
    assert Person.objects.get(pk=house.person.pk).read_id() == NUMBER
    undo_merge(by=cast["staff"], merge=merge, reason="不是同一人")
    kept = Person.objects.get(pk=house.person.pk)
    assert (kept.id_cipher, kept.id_hash, kept.id_mask) == (None, None, "")
    assert Person.objects.get(pk=double.pk).read_id() == NUMBER


def test_undo_of_a_merge_asks_for_a_reason(house, cast, double):
    merge = merged(house, cast, double)
    with pytest.raises(NoReason, match="请写明撤销的原因"):
        undo_merge(by=cast["staff"], merge=merge, reason="  ")
    assert not Person.objects.filter(pk=double.pk).exists()
