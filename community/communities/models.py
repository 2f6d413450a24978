import uuid

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone

from community.communities.public_texts import PublicTexts
from portal.access.db_scope import HEAD, MEMBER, PUBLIC, STREET
from portal.access.querysets import ScopedQuerySet
from portal.access.rls import RowSecurity
from portal.access.table_grants import WEB
from portal.access.user_access import CommunityRef
from portal.audit.tracking import tracked
from portal.database.conditions import without_database
from portal.pii_scan.declared import Scan, Unscanned


class Street(models.Model):
    """A street office (街道办事处) above several communities. Its name is public."""

    code = models.CharField(
        "区划代码", max_length=9, unique=True, validators=[RegexValidator(r"^\d{9}$", "街道代码为9位数字")]
    )
    name = models.CharField("名称", max_length=60)

    field_classes = {"public": ("code", "name")}
    public_texts = {
        "code": Unscanned("Nine digits of the statistics office."),
        "name": Unscanned("Given by the operator in a command; no form writes it."),
    }
    stored_label = "community.Street"

    class Meta:
        verbose_name = "街道"
        verbose_name_plural = "街道"
        ordering = ["code"]

    def __str__(self):
        return self.name


class Precision(models.TextChoices):
    """Precision of a partial date (`portal.values.partial_dates.PartialDate`)."""

    YEAR = "y", "年"
    MONTH = "m", "月"
    DAY = "d", "日"


class CommunityRow(models.Model):
    """A row that belongs to one community (社区).

    `uuid` names it in URLs, `version` counts its changes for optimistic locking. The database adds
    `UNIQUE (community_id, id)` and `(community_id, uuid)` (`portal.access.rls.scoped_keys`).
    """

    community = models.ForeignKey(
        "community.Community", models.PROTECT, related_name="+", verbose_name="社区", db_index=False
    )
    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    def get_constraints(self):
        """Constraints that validation asks the database about: without checks that hold by the row's own values."""
        return [
            (model, [constraint for constraint in constraints if not _surely_holds(constraint, self)])
            for model, constraints in super().get_constraints()
        ]


def _surely_holds(constraint: models.BaseConstraint, row: models.Model) -> bool:
    return (
        isinstance(constraint, models.CheckConstraint) and without_database(constraint.condition, row) is True
    )


def current_on(day) -> models.Q:
    """Rows with `start` and `end` that are in force on `day`; an open end is in force."""
    return (models.Q(start__isnull=True) | models.Q(start__lte=day)) & (
        models.Q(end__isnull=True) | models.Q(end__gte=day)
    )


START_BEFORE_END = (
    models.Q(start__isnull=True) | models.Q(end__isnull=True) | models.Q(end__gte=models.F("start"))
)


class CommunityQuerySet(models.QuerySet):
    """Communities are the scope itself: filtered by their own id instead of `community_id`."""

    def visible_to(self, access, permission):
        return self.filter(id__in=access.community_ids(permission))

    def of(self, community):
        return self.filter(id=community.id)


@tracked()
class Community(PublicTexts):
    """A residents' committee and its territory (社区). The profile is public (社区概况)."""

    row_security = RowSecurity(scope_column="id", open_to=(PUBLIC, WEB, HEAD, MEMBER, STREET))
    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False, unique=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    code = models.SlugField("代号", max_length=30, unique=True, help_text="网址中使用的英文代号")
    name = models.CharField("名称", max_length=60)
    street = models.ForeignKey(
        "community.Street", models.PROTECT, related_name="communities", verbose_name="街道"
    )
    statistics_code = models.CharField(
        "统计用区划代码",
        max_length=12,
        blank=True,
        validators=[RegexValidator(r"^\d{12}$", "统计用区划代码为12位数字")],
    )
    area_km2 = models.DecimalField(
        "面积（平方公里）",
        max_digits=8,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    founded_on = models.DateField("成立日期", null=True, blank=True)
    office_land_m2 = models.DecimalField(
        "办公用地（平方米）",
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    office_floor_m2 = models.DecimalField(
        "办公用房（平方米）",
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    address = models.CharField("办公地址", max_length=120, blank=True)
    hotline = models.CharField("服务热线", max_length=40, blank=True)
    introduction = models.TextField("简介", blank=True)
    area_word = models.CharField(
        "片区称谓", max_length=10, default="片区", help_text="如：片区、居民大组、网格"
    )
    group_word = models.CharField("小组称谓", max_length=10, default="居民小组")
    building_words = models.CharField(
        "楼幢的写法", max_length=60, default="幢 栋 号楼 座 弄", help_text="导入时视为同一意思，用空格分开"
    )
    stairwell_words = models.CharField(
        "单元的写法", max_length=60, default="单元 梯 门", help_text="导入时视为同一意思，用空格分开"
    )
    opened_on = models.DateField("启用日期", default=timezone.localdate, editable=False)
    """Day since which the community uses the portal; bulletins are expected from its month on."""
    fresh_days = models.PositiveSmallIntegerField(
        "核实有效天数", default=90, validators=[MinValueValidator(1)]
    )
    is_demo = models.BooleanField("演示社区", default=False, editable=False)

    objects = CommunityQuerySet.as_manager()

    field_classes = {
        "public": (
            "code name street statistics_code area_km2 founded_on office_land_m2 office_floor_m2 address hotline"
            " introduction area_word group_word building_words stairwell_words opened_on fresh_days is_demo"
        ).split()
    }
    public_texts = {
        "code": Unscanned("Letters of a URL, chosen by the street."),
        "name": Scan.ON_SAVE,
        "statistics_code": Unscanned("Twelve digits of the statistics office."),
        "address": Scan.ON_SAVE,
        "hotline": Unscanned("A public phone number."),
        "introduction": Scan.ON_SAVE,
        "area_word": Scan.ON_SAVE,
        "group_word": Scan.ON_SAVE,
        "building_words": Unscanned("Words for reading addresses; on no page for everybody."),
        "stairwell_words": Unscanned("Words for reading addresses; on no page for everybody."),
    }
    stored_label = "community.Community"

    class Meta:
        verbose_name = "社区"
        verbose_name_plural = "社区"
        ordering = ["street_id", "id"]

    def __str__(self):
        return self.name

    def public_community(self):
        return self

    @property
    def ref(self) -> CommunityRef:
        return CommunityRef(self.id, self.code, self.name, self.opened_on, self.is_demo)
