"""Public texts: each is declared and scanned for personal data before publication. Walks models and catalogue."""

import datetime
import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.urls import reverse

from community.bulletins.actions import workflow as steps
from community.bulletins.actions.files import add_file, add_photo
from community.bulletins.actions.review import start_correction
from community.communities.models import Community
from community.communities.public_texts import PublicTexts
from community.finance.actions.months import reopen_month
from community.finance.models import FinanceMonth
from community.media.models import Medium
from community.objections.actions import AnswerHasPersonalData, answer_objection, take_objection
from community.objections.models import Objection
from community.places.models import HeadAppointment, Stairwell
from community.profile.models import Honour
from community.venues.models import Venue
from portal.access.table_grants import UNSCOPED
from portal.pii_scan.declared import Scan, Unscanned
from tests.community.bulletins.drafting import publish, write_draft
from tests.community.conftest import quick_pdf, storage  # noqa: F401 - fixtures
from tests.test_models import NOUNS
from tests.workbooks import resident_id

TEXTS = (models.CharField, models.TextField, models.JSONField, models.FileField)
FORBIDDEN = resident_id()

FUNCTIONS = {
    "community_objection_by_code": {"PublicNotice.title", "ObjectionAnswer.gist", "ObjectionAnswer.text"},
    "community_request_venue": set(),
    "community_venue_request_by_code": {"Venue.name"},  # and the answer, to whoever holds the code only
    "community_withdraw_venue_request": set(),
    "partybuilding_donation_by_code": set(),  # purpose and uses, to whoever holds the donor's code only
    "partybuilding_public_duties": set(),
    "partybuilding_public_posts": set(),  # names of those in office
    "services_case_by_code": set(),  # public replies, to whoever holds the code of the request only
    "services_complain": set(),
    "services_complaint_act": set(),
    "services_complaint_by_code": set(),  # likewise
    "services_complaint_rule": set(),
    "services_posted_staff": set(),  # names of those who hold a post
    "services_public_photo_bytes": set(),
    "services_same_requests": set(),
    "services_send_request": set(),
    "services_step_by_code": set(),
}
"""Functions that the public role may call, and the texts they return."""


def texts_of(model) -> set[str]:
    """Names of free-text fields (without choices)."""
    return {f.name for f in model._meta.local_fields if isinstance(f, TEXTS) and not f.choices}


def declared() -> dict[str, Scan | Unscanned]:
    """Model.field → its declared scan, of all models."""
    return {
        f"{model.__name__}.{name}": scan
        for model in NOUNS
        for name, scan in getattr(model, "public_texts", {}).items()
    }


@pytest.mark.parametrize("model", NOUNS, ids=lambda m: m._meta.label)
def test_every_public_text_declares_its_scan(model):
    public = texts_of(model) & set(model.field_classes.get("public", ()))
    assert set(getattr(model, "public_texts", {})) == public
    for scan in getattr(model, "public_texts", {}).values():
        assert isinstance(scan, Scan) or scan.reason


def fetch_all(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.mark.django_db
def test_every_text_selectable_by_the_public_role_is_declared():
    columns = fetch_all(
        "SELECT table_name, column_name FROM information_schema.column_privileges"
        " WHERE grantee = 'liren_public' AND privilege_type = 'SELECT' AND table_schema = 'public'"
    )
    assert columns
    by_table = {model._meta.db_table: model for model in apps.get_models()}
    for table, column in columns:
        model = by_table[table]
        field = next(f for f in model._meta.local_fields if f.column == column)
        if field.name not in texts_of(model):
            continue
        if table in UNSCOPED and not hasattr(model, "public_texts"):
            assert model not in NOUNS  # sessions and tokens, on no page
            continue
        scan = model.public_texts[field.name]
        assert isinstance(scan, Scan) or scan.reason != "On no page for everybody.", (table, column)


@pytest.mark.django_db
def test_every_function_callable_by_the_public_role_is_declared():
    functions = {
        name
        for (name,) in fetch_all(
            "SELECT p.proname FROM pg_proc p JOIN pg_roles owner ON owner.oid = p.proowner"
            " WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef"
            " AND p.prorettype <> 'trigger'::regtype AND has_function_privilege('liren_public', p.oid, 'EXECUTE')"
        )
    }
    assert functions == set(FUNCTIONS)
    assert all(isinstance(declared()[text], Scan) for texts in FUNCTIONS.values() for text in texts)


ON_SAVE = [
    (model, name)
    for model in NOUNS
    for name, scan in getattr(model, "public_texts", {}).items()
    if scan == Scan.ON_SAVE
]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "name"), ON_SAVE, ids=lambda each: getattr(each, "__name__", each))
def test_immediately_public_rows_are_scanned_by_their_model(house, model, name):
    assert issubclass(model, PublicTexts)
    row = model.objects.of(house.kuocang).first()
    row.full_clean()
    for text in (FORBIDDEN, "138.0013.8000", "3幢1单元101室", "三幢一单元101", "3-1-101"):
        if (
            len(text) > row._meta.get_field(name).max_length
            if row._meta.get_field(name).max_length
            else False
        ):
            continue
        if name == "address" and "101" in text:
            continue  # its own door is where the committee sits
        setattr(row, name, text)
        with pytest.raises(ValidationError) as refused:
            row.full_clean()
        assert "发现疑似个人信息" in refused.value.message_dict[name][0], text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "kwargs", "data", "model", "field"),
    [
        ("community:profile_edit", {}, {}, Community, "introduction"),
        ("community:honour_create", {}, {"level": "city", "year": 2020}, Honour, "title"),
        ("community:venue_create", {}, {"kind": "hall"}, Venue, "name"),
    ],
)
def test_form_error_is_at_the_field_and_nothing_is_stored(
    house, cast, client, page, kwargs, data, model, field
):
    client.force_login(cast["director"])
    url = reverse(page, kwargs={"community": "kuocang", **kwargs})
    values = form_values(client.get(url).content.decode()) | data | {field: f"联系人{FORBIDDEN}"}
    before = list(model.objects.of(house.kuocang).order_by("pk").values())
    answer = client.post(url, values)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "保存后人人可见，发现疑似个人信息：身份证号码 3301**************" in page
    assert FORBIDDEN in page, "what was typed stays"
    assert list(model.objects.of(house.kuocang).order_by("pk").values()) == before
    assert client.post(url, values | {field: "没有个人信息"}).status_code == 302


def form_values(page: str) -> dict[str, str]:
    """Names and values of the inputs as a browser would submit them."""
    inputs = re.findall(r"<input\b[^>]*>", page)
    pairs = [(re.search(r'name="([^"]+)"', i), re.search(r'value="([^"]*)"', i)) for i in inputs]
    areas = re.findall(r'<textarea\b[^>]*name="([^"]+)"[^>]*>\s*([^<]*)', page)
    return {n[1]: v[1] if v else "" for n, v in pairs if n and "csrf" not in n[1] and n[1] != "q"} | dict(
        areas
    )


# Texts published by an action


class Publishing:
    """Each way in which a text is published, tried with one that must not be."""

    def __init__(self, house, cast):
        self.house, self.cast, self.community = house, cast, house.kuocang
        self.staff = cast["staff"]

    def submit(self, **boards):
        draft = write_draft(self.community, self.staff)
        for board in draft.boards.filter(kind__in=boards):
            board.text = boards[board.kind]
            board.save()
        steps.submit(bulletin=draft, seen_version=draft.version, by=self.staff)

    def board(self):
        self.submit(financial=f"联系人{FORBIDDEN}")

    def section(self):
        """A computed section: an appointment in an area of that name."""
        self.house.group.name = f"小组{FORBIDDEN}"
        self.house.group.save()
        self.head(area=self.house.group)

    def label(self):
        stairwells = Stairwell.objects.filter(pk=self.house.second.pk)
        stairwells.update(label=f"2单元{FORBIDDEN}")
        self.head(stairwell=stairwells.get())

    def head(self, **place):
        HeadAppointment.objects.create(
            community=self.community, person=self.house.person, start=datetime.date(2026, 10, 12), **place
        )
        self.submit()

    def reason(self):
        bulletin = publish(self.community, self.cast).bulletin
        start_correction(bulletin=bulletin, reason=f"写错{FORBIDDEN}", by=self.staff)
        board = bulletin.boards.first()
        board.text = "改正后的内容。"
        board.save()
        bulletin.refresh_from_db()
        steps.submit(bulletin=bulletin, seen_version=bulletin.version, by=self.staff)

    def reopening(self):
        """A reopened month of the book, which the next bulletin says."""
        closing = FinanceMonth.objects.of(self.community).closed().latest("month")
        reopen_month(by=self.cast["director"], closing=closing, because=f"补记{FORBIDDEN}的报销")
        self.submit()

    def file_name(self):
        from tests.community.bulletins.test_correction import one_sheet

        draft = write_draft(self.community, self.staff)
        add_file(bulletin=draft, name=f"{FORBIDDEN}.xlsx", content=one_sheet(), by=self.staff)
        draft.refresh_from_db()
        steps.submit(bulletin=draft, seen_version=draft.version, by=self.staff)

    def photo_place(self):
        version = publish(self.community, self.cast)
        add_photo(
            version=version, medium=None, place=f"门口{FORBIDDEN}", posted_on=datetime.date(2026, 11, 1),
            name="photo.jpg", content=b"", by=self.staff,
        )  # fmt: skip

    def gist(self):
        self.answer(gist=FORBIDDEN, text="已核实。")

    def answer_text(self):
        self.answer(gist="金额", text=FORBIDDEN)

    def answer(self, **texts):
        notice = publish(self.community, self.cast).notice
        take_objection(notice=notice, text="金额有误", code="DEM2345678AB")
        answer_objection(objection=Objection.objects.get(), by=self.cast["supervisor"], **texts)


WAYS: dict[str, tuple[Callable, type[Exception]]] = {
    "BulletinBoard.text": (Publishing.board, steps.OpenFindings),
    "Bulletin.sections": (Publishing.section, steps.OpenFindings),
    "BulletinVersion.snapshot": (Publishing.board, steps.OpenFindings),
    "BulletinVersion.reason": (Publishing.reason, steps.OpenFindings),
    "BulletinCorrection.reason": (Publishing.reason, steps.OpenFindings),
    "BulletinFile.name": (Publishing.file_name, steps.OpenFindings),
    "BulletinPhoto.place": (Publishing.photo_place, steps.BulletinError),
    "PublicNotice.title": (Publishing.board, steps.OpenFindings),
    "ObjectionAnswer.gist": (Publishing.gist, AnswerHasPersonalData),
    "ObjectionAnswer.text": (Publishing.answer_text, AnswerHasPersonalData),
    "FinanceMonth.reopened_because": (Publishing.reopening, steps.OpenFindings),
    "Area.name": (Publishing.section, steps.OpenFindings),
    "Stairwell.label": (Publishing.label, steps.OpenFindings),
}
"""Each text that an act publishes, and how it is tried. A new one that is declared needs a way here."""


def test_every_published_text_is_covered():
    assert set(WAYS) == {text for text, scan in declared().items() if scan == Scan.AT_PUBLICATION}


@pytest.mark.django_db
@pytest.mark.parametrize("text", WAYS)
def test_publishing_an_id_number_is_refused(house, cast, quick_pdf, text):  # noqa: F811
    way, refusal = WAYS[text]
    with pytest.raises(refusal, match=r"3301\*{14}"):
        way(Publishing(house, cast))


@pytest.mark.django_db
def test_photo_location_is_scanned(house, cast, quick_pdf):  # noqa: F811
    version = publish(house.kuocang, cast)
    medium = Medium.objects.create(community=house.kuocang, kind="panel", place=f"门口{FORBIDDEN}")
    with pytest.raises(steps.BulletinError, match="照片的位置会公开"):
        add_photo(
            version=version, medium=medium, place="", posted_on=datetime.date(2026, 11, 1), name="photo.jpg",
            content=b"", by=cast["staff"],
        )  # fmt: skip
