"""The import of people: the whole pipeline against plain ModelResources on the same file, and its growth."""

import datetime
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import tablib
import xlsxwriter
from django.db import transaction
from django.utils import timezone
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget, Widget

from community.communities.models import Community, Street
from community.people.models import ID_COLUMN, Person
from community.people.names import initials, name_key
from community.places.models import Building, Stairwell
from portal.access.db_scope import scope
from portal.crypto.vault import blind_index
from portal.importing import batches
from portal.importing.protocol import ImportTarget
from portal.values.id_numbers import checksum, mask_id
from residents.homes.models import Dwelling, Household, Residence
from residents.importing.importer import PeopleImporter
from tests.benchmarks.measures import Measure, at_most, faster
from tests.benchmarks.sizes import SIZES

SMALL, LARGE = SIZES.community, SIZES.large
MEMORY_MB = 600
_HEADER = "楼栋 单元 房号 与户主关系 姓名 性别 民族 身份证号码 联系电话 户籍地址".split()
NAMES = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"


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
        name = "王李张刘陈杨黄赵"[home % 8] + NAMES[n // 20 % 20] + NAMES[n % 20]
        row = (
            f"{home // 100 + 1}幢", home // 50 % 2 + 1, str(home % 50 // 2 * 100 + 101 + home % 2), ("户主", "配偶", "子")[member], name,
            "女" if member == 1 else "男", "汉族", digits + checksum(digits), f"13{n * 48271 % 10**9:09d}", f"括苍路{n % 300}号",
        )  # fmt: skip
        for column, value in enumerate(row):
            sheet.write(n + 1, column, value)
    book.close()
    return stream.getvalue()


# The reference: what the documentation of django-import-export leads to. People first, found by the hash of their
# number, which is indexed; then their residences, with ForeignKeyWidgets, and `before_import_row` making the houses
# and households that are not there. Each is made once and remembered, so that nothing slows it artificially.
# It reads the file with tablib, checks nothing, compares nothing, and writes no population events.


class HashWidget(Widget):
    def clean(self, value, row=None, **kwargs):
        return blind_index(value, ID_COLUMN)

    def render(self, value, obj=None, **kwargs):
        return bytes(value).hex() if value else ""


class InCommunity(ModelResource):
    def __init__(self, community: int):
        super().__init__()
        self.community = community

    def get_queryset(self):
        return self._meta.model.objects.filter(community_id=self.community)

    def before_save_instance(self, instance, row, **kwargs):
        instance.community_id = self.community

    def after_import(self, dataset, result, **kwargs):
        """Nothing: the runtime login may not set back sequences."""


class People(InCommunity):
    """People by the hash of their number, which stands in the column `number`."""

    number = "身份证号码"

    class Meta:
        model = Person
        import_id_fields = ("id_hash",)
        fields = ("id_hash", "name", "sex", "ethnic", "phone", "registered_place")

    id_hash = Field("id_hash", "身份证号码", widget=HashWidget())
    name = Field("name", "姓名")
    sex = Field("sex", "性别")
    ethnic = Field("ethnic", "民族")
    phone = Field("phone", "联系电话")
    registered_place = Field("registered_place", "户籍地址")

    def before_import_row(self, row, **kwargs):
        row["性别"] = {"男": "M", "女": "F"}[row["性别"]]

    def before_save_instance(self, instance, row, **kwargs):
        super().before_save_instance(instance, row, **kwargs)
        number = row[self.number]
        instance.set_id("resident_id", number, mask_id(number))
        instance.name_key, instance.initials = name_key(instance.name), initials(instance.name)


class PersonWidget(ForeignKeyWidget):
    """Finds people by the hash of their number, in the community: by the index of both."""

    def __init__(self):
        super().__init__(Person, "id_hash")

    def get_queryset(self, value, row, *args, **kwargs):
        return Person.objects.filter(community_id=row["社区"])

    def clean(self, value, row=None, **kwargs):
        return super().clean(blind_index(value, ID_COLUMN), row, **kwargs)

    def render(self, value, obj=None, **kwargs):
        return str(value.pk) if value else ""


class _Residences(InCommunity):
    class Meta:
        model = Residence
        import_id_fields = ("person",)
        fields = ("person", "household", "relation_word", "relation_class", "is_head")

    person = Field("person", "身份证号码", widget=PersonWidget())
    household = Field("household", "户", widget=ForeignKeyWidget(Household))
    relation_word = Field("relation_word", "与户主关系")
    relation_class = Field("relation_class", "类别")
    is_head = Field("is_head", "是否户主")

    def before_import(self, dataset, **kwargs):
        self.buildings, self.stairwells, self.households = {}, {}, {}
        for header in ("社区", "户", "类别", "是否户主"):
            dataset.append_col([""] * len(dataset), header=header)

    def before_import_row(self, row, **kwargs):
        row["社区"] = self.community
        row["是否户主"] = row["与户主关系"] == "户主"
        row["类别"] = {"户主": "02", "配偶": "10", "子": "20"}[row["与户主关系"]]
        row["户"] = self._household(row["楼栋"], str(row["单元"]), row["房号"])

    def _household(self, building: str, stairwell: str, room: str) -> int:
        at = (building, stairwell, room)
        if at in self.households:
            return self.households[at]
        fields = {"community_id": self.community}
        if building not in self.buildings:
            self.buildings[building] = Building.objects.create(
                key=building.removesuffix("幢"), label=building, **fields
            )
        house = self.buildings[building]
        if at[:2] not in self.stairwells:
            label = f"{building}{stairwell}单元"
            self.stairwells[at[:2]] = Stairwell.objects.create(
                building=house, key=stairwell, name=f"{stairwell}单元", label=label, **fields
            )
        dwelling = Dwelling(building=house, stairwell=self.stairwells[at[:2]], room=room, **fields)
        dwelling.place()
        dwelling.save()
        household = Household.objects.create(dwelling=dwelling, kind="living", **fields)
        self.households[at] = household.pk
        return household.pk

    def before_save_instance(self, instance, row, **kwargs):
        super().before_save_instance(instance, row, **kwargs)
        instance.kind = "living"


def _theirs(community: int, content: bytes) -> None:
    dataset = tablib.Dataset().load(content, format="xlsx")
    for plain in (People(community), _Residences(community)):
        assert not plain.import_data(dataset, raise_errors=True).has_errors()
    assert Residence.objects.filter(community_id=community).count() == len(dataset)


def _ours(community: int, content: bytes, people: int) -> None:
    """As in the browser: received, checked by one job and applied by another."""
    importer, into = PeopleImporter(), ImportTarget(community, None, timezone.localdate())
    batch = batches.receive(importer, into, register="residents:person", name="花名册.xlsx", content=content)
    batches.check(batch, importer, into)
    batches.apply(batch, importer, into)
    person_count = Person.objects.filter(community_id=community).count()
    assert person_count == people, (person_count, batch.report["counts"])


def in_scope(call, *rights: str) -> float:
    """Seconds of a call that writes to an empty community and is rolled back."""
    street, _ = Street.objects.using("owner").get_or_create(code="331102001", defaults={"name": "岩泉街道"})
    community_row = Community.objects.using("owner").get_or_create(
        code="empty", defaults={"name": "空社区", "street": street}
    )
    community = community_row[0].pk
    with scope(communities=[community], write=[community], rights=rights, action="bench"):
        started = time.perf_counter()
        call(community)
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return seconds


def measures() -> list[Measure]:
    """Ours at two sizes and the reference, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        files = {people: Path(folder, f"{people}.xlsx") for people in (SMALL, LARGE)}
        for people, file in files.items():
            file.write_bytes(roster(people))
        small, bare = (alone("imports", side, files[SMALL], SMALL) for side in ("ours", "theirs"))
        large = alone("imports", "ours", files[LARGE], LARGE) if LARGE > SMALL else small
    return [
        faster(f"import of {SMALL:,} people / django-import-export", small["s"], bare["s"], 10, "s"),
        at_most(f"import of {LARGE:,} people / {SMALL:,}", large["s"], small["s"], 12, "s"),
        at_most(f"peak memory at {LARGE:,} people / {MEMORY_MB} MB", large["mb"], MEMORY_MB, 1, "MB"),
        at_most(
            f"reading process at {LARGE:,} people / {MEMORY_MB} MB", large["child_mb"], MEMORY_MB, 1, "MB"
        ),
    ]


def alone(module: str, side: str, file: Path, rows: int) -> dict[str, float]:
    """`measured` of a module here, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.alone", module, side, str(file), str(rows)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def measured(side: str, file: Path, people: int) -> dict[str, float]:
    """Seconds of one import, and the most memory that this process and its children held."""
    content = file.read_bytes()
    if side == "ours":
        seconds = in_scope(lambda community: _ours(community, content, people))
    else:
        seconds = in_scope(lambda community: _theirs(community, content))
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"s": seconds, "mb": _own_peak_mb(), "child_mb": child}


def _own_peak_mb() -> float:
    """The most memory this process has held. `ru_maxrss` would begin with that of the process it came from."""
    with open("/proc/self/status") as status:
        [peak] = [line for line in status if line.startswith("VmHWM")]
    return int(peak.split()[1]) / 1024
