import uuid

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone

from community.models.base import CommunityRow
from community.models.public import PublicTexts
from portal.access import CommunityRef
from portal.disclosing import Scan, Unscanned
from portal.grants import WEB
from portal.history import tracked
from portal.rls import RowSecurity
from portal.scope import HEAD, PUBLIC, STREET


class CommunityQuerySet(models.QuerySet):
    """Communities are the scope itself: filtered by their own id instead of `community_id`."""

    def visible_to(self, access, permission):
        return self.filter(id__in=access.community_ids(permission))

    def of(self, community):
        return self.filter(id=community.id)


@tracked()
class Community(PublicTexts):
    """A residents' committee and its territory (社区). The profile is public (社区概况)."""

    row_security = RowSecurity(scope_column="id", open_to=(PUBLIC, WEB, HEAD, STREET))
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


@tracked()
class ServiceHours(CommunityRow):
    """Opening hours of the service hall on one weekday (服务时间)."""

    row_security = RowSecurity(open_to=(PUBLIC,))

    class Weekday(models.IntegerChoices):
        MONDAY = 1, "周一"
        TUESDAY = 2, "周二"
        WEDNESDAY = 3, "周三"
        THURSDAY = 4, "周四"
        FRIDAY = 5, "周五"
        SATURDAY = 6, "周六"
        SUNDAY = 7, "周日"

    weekday = models.PositiveSmallIntegerField("星期", choices=Weekday)
    opens = models.TimeField("开门")
    closes = models.TimeField("关门")

    field_classes = {"public": ("weekday", "opens", "closes")}
    stored_label = "community.ServiceHours"

    class Meta:
        verbose_name = "服务时间"
        verbose_name_plural = "服务时间"
        ordering = ["weekday", "opens"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "weekday", "opens"],
                name="servicehours_once",
                violation_error_message="这一天已有同一开门时间",
            ),
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")),
                name="servicehours_order",
                violation_error_message="关门时间应晚于开门时间",
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


@tracked()
class Honour(PublicTexts, CommunityRow):
    """An award to the community with its level and year (荣誉)."""

    row_security = RowSecurity(open_to=(PUBLIC,))

    class Level(models.TextChoices):
        NATIONAL = "national", "国家级"
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        DISTRICT = "district", "区县级"
        STREET = "street", "街道级"

    title = models.CharField("称号", max_length=80)
    level = models.CharField("级别", max_length=8, choices=Level)
    year = models.PositiveSmallIntegerField("年度", validators=[MinValueValidator(1949)])

    field_classes = {"public": ("title", "level", "year")}
    public_texts = {"title": Scan.ON_SAVE}
    stored_label = "community.Honour"

    class Meta:
        verbose_name = "荣誉"
        verbose_name_plural = "荣誉"
        ordering = ["-year", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "title", "year"],
                name="honour_once",
                violation_error_message="该年度已有这项荣誉",
            )
        ]

    def __str__(self):
        return f"{self.year} {self.title}"


@tracked()
class Venue(PublicTexts, CommunityRow):
    """A venue (场地) with its floor area."""

    row_security = RowSecurity(open_to=(PUBLIC,))

    class Kind(models.TextChoices):
        HALL = "hall", "服务大厅"
        ACTIVITY = "activity", "活动室"
        READING = "reading", "阅览室"
        CLASSROOM = "classroom", "教室"
        FITNESS = "fitness", "健身场所"
        OUTDOOR = "outdoor", "室外场地"
        OTHER = "other", "其他"

    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=10, choices=Kind, default=Kind.OTHER)
    floor_m2 = models.DecimalField(
        "面积（平方米）",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )

    field_classes = {"public": ("name", "kind", "floor_m2")}
    public_texts = {"name": Scan.ON_SAVE}
    stored_label = "community.Venue"

    class Meta:
        verbose_name = "场地"
        verbose_name_plural = "场地"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"], name="venue_once", violation_error_message="已有同名场地"
            )
        ]

    def __str__(self):
        return self.name
