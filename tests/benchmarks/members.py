"""The roll of party members: its list against the same page without rows, and its import against plain ModelResources on the same file."""

import datetime
import io
import tempfile
from pathlib import Path

import tablib
import xlsxwriter
from django.db import connections
from django.utils import timezone
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget

from community.bodies.models import Body
from community.communities.models import Community
from community.people.models import Person
from partybuilding.members.importer import MemberImporter
from partybuilding.members.models import Member
from partybuilding.members.registers import MemberRegister
from portal.access.permissions import Permission
from portal.importing import batches
from portal.importing.protocol import ImportTarget
from portal.values.id_numbers import checksum
from tests.benchmarks.imports import NAMES, HashWidget, InCommunity, People, PersonWidget, alone, in_scope
from tests.benchmarks.measures import Browser, Measure, at_most, best, faster
from tests.benchmarks.sizes import SIZES

ROWS = SIZES.members
LISTED = 1_000 if ROWS > 1_000 else ROWS
"""Members of the list: three times those of the largest community in the documents."""
LIST = "/c/bench0/members/"
NOBODY = "?group=ended"
_BRANCH = "名册党支部"
_HEADER = "序号 姓名 性别 民族 身份证号 入党时间 转正时间 所在支部 工作单位 联系电话 党费标准".split()


def roll(rows: int) -> bytes:
    """A roll of people who are not in the register yet, with valid ID numbers and nothing wrong."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, _HEADER)
    for n in range(rows):
        born = datetime.date(1950, 1, 1) + datetime.timedelta(days=3 * n % 15_000)
        joined = datetime.date(1990, 7, 1) + datetime.timedelta(days=n % 9_000)
        digits = f"331102{born:%Y%m%d}{n // 5_000 * 2 + 1:03d}"
        row = (
            n + 1, "王李张刘陈杨黄赵"[n % 8] + NAMES[n // 20 % 20] + NAMES[n % 20], "男", "汉族",
            digits + checksum(digits), f"{joined:%Y-%m-%d}", f"{joined.replace(year=joined.year + 1, day=1):%Y-%m-%d}",
            _BRANCH, f"第{n % 50}小学", f"13{n * 48271 % 10**9:09d}", 10,
        )  # fmt: skip
        sheet.write_row(n + 1, 0, row)
    book.close()
    return stream.getvalue()


# The reference: what the documentation of django-import-export leads to. People first, found by the hash of their
# number, then their registrations, with ForeignKeyWidgets. It reads the file with tablib, and checks, compares and
# stages nothing.


class _People(People):
    number = "身份证号"

    class Meta(People.Meta):
        fields = ("id_hash", "name", "sex", "ethnic", "phone", "workplace")

    id_hash = Field("id_hash", "身份证号", widget=HashWidget())
    workplace = Field("workplace", "工作单位")


class _Members(InCommunity):
    class Meta:
        model = Member
        import_id_fields = ("person",)
        fields = ("person", "branch", "joined_on", "full_on", "dues_standard")

    person = Field("person", "身份证号", widget=PersonWidget())
    branch = Field("branch", "所在支部", widget=ForeignKeyWidget(Body, "name"))
    joined_on = Field("joined_on", "入党时间")
    full_on = Field("full_on", "转正时间")
    dues_standard = Field("dues_standard", "党费标准")

    def before_import(self, dataset, **kwargs):
        dataset.append_col([self.community] * len(dataset), header="社区")


def _theirs(community: int, content: bytes) -> None:
    dataset = tablib.Dataset().load(content, format="xlsx")
    plain: ModelResource
    for plain in (_People(community), _Members(community)):
        assert not plain.import_data(dataset, raise_errors=True).has_errors()


def _ours(community: int, content: bytes) -> None:
    """As in the browser: received, checked by one job and applied by another."""
    register = MemberRegister()
    importer, into = MemberImporter(register), ImportTarget(community, None, timezone.localdate())
    batch = batches.receive(importer, into, register=register.label, name="党员.xlsx", content=content)
    batches.check(batch, importer, into)
    batches.apply(batch, importer, into)


def measured(side: str, file: Path, rows: int) -> dict[str, float]:
    """Seconds of one import into a community with the branch and nobody else."""
    content = file.read_bytes()

    def call(community: int) -> None:
        Body.objects.create(community_id=community, kind="branch", name=_BRANCH)
        (_ours if side == "ours" else _theirs)(community, content)
        count = Member.objects.filter(community_id=community, joined_on__isnull=False).count()
        assert count == rows, count

    return {"s": in_scope(call, Permission.BRANCH, Permission.PARTY, Permission.BODIES_EDIT)}


def imports() -> list[Measure]:
    """Ours and the reference, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "党员.xlsx")
        file.write_bytes(roll(ROWS))
        ours, bare = (alone("members", side, file, ROWS)["s"] for side in ("ours", "theirs"))
    return [faster(f"import of {ROWS:,} members / django-import-export", ours, bare, 10, "s")]


def list_against_empty(browser: Browser) -> list[Measure]:
    """Fifty rows with their usual columns, and none, in the director's session: the bar of the residents' list."""
    _fill()
    browser.choose(reset="1")
    assert browser.get(LIST).content.count(b"<tr>") == 1 + 50, "header and rows"
    assert browser.get(LIST + NOBODY).content.count(b"<tr>") <= 1, "no rows"
    members, empty = best(60, lambda: browser.get(LIST), lambda: browser.get(LIST + NOBODY))
    return [at_most("list of members / same page without rows", members, empty, 2.5)]


def _fill() -> None:
    """Members in the first community: the people behind those of the board of duty posts."""
    community = Community.objects.using("owner").get(code="bench0")
    of_community = {"community": community}
    branch, _ = Body.objects.using("owner").get_or_create(**of_community, kind="branch", name="第二党支部")
    people = Person.objects.using("owner").filter(**of_community, party_memberships=None)[:LISTED]
    Member.objects.using("owner").bulk_create(
        Member(
            **of_community,
            person=person,
            branch=branch,
            joined_on=datetime.date(2000, 7, 1),
            dues_from=datetime.date(2020, 1, 1),
        )
        for person in people
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
