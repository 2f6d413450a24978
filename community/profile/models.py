from django.core.validators import MinValueValidator
from django.db import models

from community.communities.models import CommunityRow
from community.communities.public_texts import PublicTexts
from portal.access.db_scope import PUBLIC
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.pii_scan.declared import Scan


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
