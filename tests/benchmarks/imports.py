"""The import of people: the whole pipeline against a plain ModelResource on the same file."""

import datetime
import io
import time

import tablib
import xlsxwriter
from django.db import transaction
from django.utils import timezone
from import_export.fields import Field
from import_export.resources import ModelResource

from community.identity import checksum
from community.models import Community, Person
from portal.importing import batches
from portal.importing.protocol import ImportInto
from portal.scope import scope
from portal.spreadsheets.reading import read_workbook
from residents.importing.importer import PeopleImporter
from tests.benchmarks.measures import Measure, faster

_HEADER = "楼栋 单元 房号 与户主关系 姓名 性别 民族 身份证号码 联系电话 户籍地址".split()
_NAMES = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"


def roster(people: int) -> bytes:
    """A roster of families of three, with valid ID numbers and nothing wrong."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, _HEADER)
    for n in range(people):
        home, member = divmod(n, 3)
        born = datetime.date(1950 + member * 10, 1, 1) + datetime.timedelta(days=n % 3000)
        digits = f"331102{born:%Y%m%d}{n // 3000 * 2 + (member != 1):03d}"
        name = "王李张刘陈杨黄赵"[home % 8] + _NAMES[n // 20 % 20] + _NAMES[n % 20]
        row = (
            f"{home // 100 + 1}幢", home // 50 % 2 + 1, str(home % 50 // 2 * 100 + 101 + home % 2), ("户主", "配偶", "子")[member], name,
            "女" if member == 1 else "男", "汉族", digits + checksum(digits), f"13{n * 48271 % 10**9:09d}", f"括苍路{n % 300}号",
        )  # fmt: skip
        for column, value in enumerate(row):
            sheet.write(n + 1, column, value)
    book.close()
    return stream.getvalue()


class _Roster(ModelResource):
    """The fields of the file that are the person's own; ID numbers and homes are left out.

    Rows are matched by name and phone, one query each, which no index covers: a large part of its time.
    """

    class Meta:
        model = Person
        import_id_fields = ("name", "phone")
        fields = ("name", "sex", "ethnic", "phone", "registered_place")

    name = Field("name", "姓名")
    sex = Field("sex", "性别")
    ethnic = Field("ethnic", "民族")
    phone = Field("phone", "联系电话")
    registered_place = Field("registered_place", "户籍地址")

    def before_import_row(self, row, **kwargs):
        row["性别"] = {"男": "M", "女": "F"}[row["性别"]]

    def get_queryset(self):
        return Person.objects.filter(community_id=self.community)

    def after_import(self, dataset, result, **kwargs):
        """Nothing: the runtime login may not set back sequences."""

    def before_save_instance(self, instance, row, **kwargs):
        instance.community_id = self.community


def import_against_import_export() -> list[Measure]:
    """Both write to an empty community and are rolled back; one run of each."""
    street = Community.objects.using("owner").get(code="bench0").street
    community = Community.objects.using("owner").create(code="empty", name="空社区", street=street).pk
    content = roster(10_000)
    ours = _timed(community, lambda: _ours(community, content))
    reference = _timed(community, lambda: _theirs(community, content))
    return [faster("import of 10,000 people / django-import-export", ours, reference, 10, "s")]


def _timed(community: int, call) -> float:
    with scope(communities=[community], write=[community], action="bench"):
        started = time.perf_counter()
        call()
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return seconds


def _ours(community: int, content: bytes) -> None:
    importer, into = PeopleImporter(), ImportInto(community, None, timezone.localdate())
    workbook = read_workbook(content, "花名册.xlsx")
    batch = batches.receive(
        importer, into, register="residents:person", name="花名册.xlsx", content=content, workbook=workbook
    )
    checked = batches.check(batch, importer, into, workbook=workbook)
    batches.apply(batch, importer, into)
    written = Person.objects.filter(community_id=community).count()
    assert written == 10_000, (written, [f.message for row in checked.rows for f in row.findings][:5])


def _theirs(community: int, content: bytes) -> None:
    resource = _Roster()
    resource.community = community
    result = resource.import_data(tablib.Dataset().load(content, format="xlsx"), raise_errors=True)
    assert not result.has_errors()
