"""The import of a hotline list: the whole pipeline against a plain ModelResource on the same file."""

import datetime
import io
import tempfile
from pathlib import Path

import tablib
import xlsxwriter
from django.utils import timezone
from import_export.fields import Field
from import_export.resources import ModelResource

from portal.access.permissions import Permission
from portal.importing import batches
from portal.importing.protocol import ImportTarget
from services.hotline.importer import HotlineImporter
from services.hotline.models import HotlineOrder
from services.hotline.registers import HotlineOrderRegister
from services.requests.models import Request, RequestStep
from tests.benchmarks.imports import alone, in_scope
from tests.benchmarks.measures import Measure, faster
from tests.benchmarks.sizes import SIZES

ROWS = SIZES.orders
_HEADER = "工单编号 来电时间 来电人 联系电话 诉求类型 诉求内容 所在位置 承办单位 办理时限 办理结果 是否联系 回访结果".split()
_KINDS = {"噪声扰民": "noise", "环境卫生": "sanitation", "物业服务": "property", "停车管理": "parking"}


def hotline_list(rows: int) -> bytes:
    """A list of orders with nothing wrong; one in ten without a deadline, one in seven without a phone."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, _HEADER)
    for n in range(rows):
        called = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC) + datetime.timedelta(minutes=20 * n)
        due = called + datetime.timedelta(days=5)
        row = (
            f"GD{20260301000000 + n}", f"{called:%Y-%m-%d %H:%M}", f"市民{n}", "" if n % 7 == 0 else f"13{n * 48271 % 10**9:09d}",
            list(_KINDS)[n % 4], f"第{n}件：夜间施工影响休息，希望社区尽快协调处理并回复。", f"{n % 60 + 1}幢楼下", "括苍社区",
            "" if n % 10 == 0 else f"{due:%Y-%m-%d %H:%M}",
        )  # fmt: skip
        sheet.write_row(n + 1, 0, row)
    book.close()
    return stream.getvalue()


# The reference: what the documentation of django-import-export leads to. Orders, found by their number, which is
# indexed; `before_save_instance` makes the request of each and its first step. It reads the file with tablib, and
# checks, compares and stages nothing; a missing deadline stays empty.


class _Orders(ModelResource):
    class Meta:
        model = HotlineOrder
        import_id_fields = ("number",)
        fields = ("number",)

    number = Field("number", "工单编号")

    def __init__(self, community: int):
        super().__init__()
        self.community = community

    def get_queryset(self):
        return HotlineOrder.objects.filter(community_id=self.community)

    def before_save_instance(self, instance, row, **kwargs):
        request = Request.objects.create(
            community_id=self.community,
            state="new",
            channel="hotline",
            category=_KINDS[row["诉求类型"]],
            text=row["诉求内容"],
            place=row["所在位置"],
            name=row["来电人"],
            phone=row["联系电话"] or "",
            received_at=_moment(row["来电时间"]),
            due=_moment(row["办理时限"]),
        )
        RequestStep.objects.create(
            community_id=self.community, case=request, number=1, name="receive", after="new"
        )
        instance.community_id, instance.request, instance.batch = self.community, request, request.uuid
        instance.sheet, instance.row = "Sheet1", 1

    def after_import(self, dataset, result, **kwargs):
        """Nothing: the runtime login may not set back sequences."""


def _moment(text: str) -> datetime.datetime | None:
    return timezone.make_aware(datetime.datetime.fromisoformat(text)) if text else None


def _theirs(community: int, content: bytes) -> None:
    dataset = tablib.Dataset().load(content, format="xlsx")
    assert not _Orders(community).import_data(dataset, raise_errors=True).has_errors()


def _ours(community: int, content: bytes) -> None:
    """As in the browser: received, checked by one job and applied by another."""
    register = HotlineOrderRegister()
    importer, into = HotlineImporter(register), ImportTarget(community, None, timezone.localdate())
    batch = batches.receive(importer, into, register=register.label, name="工单.xlsx", content=content)
    batches.check(batch, importer, into)
    batches.apply(batch, importer, into)


def measured(side: str, file: Path, rows: int) -> dict[str, float]:
    """Seconds of one import."""
    content = file.read_bytes()

    def call(community: int) -> None:
        (_ours if side == "ours" else _theirs)(community, content)
        count = HotlineOrder.objects.filter(community_id=community, request__channel="hotline").count()
        assert count == rows, count

    return {"s": in_scope(call, Permission.REQUESTS)}


def measures() -> list[Measure]:
    """Ours and the reference, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "工单.xlsx")
        file.write_bytes(hotline_list(ROWS))
        ours, bare = (alone("hotline", side, file, ROWS)["s"] for side in ("ours", "theirs"))
    return [faster(f"hotline rows ({ROWS:,}) / django-import-export", ours, bare, 10, "s")]
