from django.conf import settings
from django.db import models

from community.models.base import CommunityRow
from portal.scoping import ScopedQuerySet


class DatedRuleQuerySet(ScopedQuerySet):
    def in_force(self, key: str, day):
        """The values of `key` that have begun on `day`, the one in force first."""
        return self.filter(key=key, start__lte=day).order_by("-start", "-id")


class DatedRule(CommunityRow):
    """A number set by law or local rule, as one community applies it from a day on (期限规定).

    A new value is a new row, so what held on any day can be told; of two rows of one day the later entry
    holds. Where a community has set none, `community.rules.DEFAULTS` does.
    """

    class Key(models.TextChoices):
        BULLETIN_NOTICE_DAYS = "bulletin_notice_days", "每月公开的公示期"
        ELDER_AGE = "elder_age", "老年人年龄"
        ALLOWANCE_AGE = "allowance_age", "高龄津贴起始年龄"
        SCHOOL_AGE = "school_age", "入学年龄"
        CARE_NOTICE_DAYS = "care_notice_days", "重点人群提前提示的天数"
        CARE_LOOKBACK_DAYS = "care_lookback_days", "年满之后继续提示的天数"

        # How often somebody in a care register is visited (R9)
        VISIT_LOW_INCOME_DAYS = "visit_low_income_days", "低保户走访间隔"
        VISIT_DISABLED_DAYS = "visit_disabled_days", "残疾人走访间隔"
        VISIT_ELDERLY_DAYS = "visit_elderly_days", "高龄老人走访间隔"
        VISIT_SPECIAL_CARE_DAYS = "visit_special_care_days", "优抚对象走访间隔"
        VISIT_UNEMPLOYED_DAYS = "visit_unemployed_days", "失业人员走访间隔"
        VISIT_RETIRED_DAYS = "visit_retired_days", "退休人员走访间隔"
        VISIT_CHILD_DAYS = "visit_child_days", "困境儿童走访间隔"
        VISIT_MATERNAL_DAYS = "visit_maternal_days", "育龄妇女服务走访间隔"

        # Health follow-up (R10)
        HEALTH_RECORD_AGE = "health_record_age", "建立健康档案的年龄"
        PRESSURE_AGE = "pressure_age", "首次随访应测血压的年龄"
        FOLLOW_UP_ELDERLY_DAYS = "follow_up_elderly_days", "老年人健康随访间隔"
        FOLLOW_UP_HYPERTENSION_DAYS = "follow_up_hypertension_days", "高血压随访间隔"
        FOLLOW_UP_DIABETES_DAYS = "follow_up_diabetes_days", "糖尿病随访间隔"
        FOLLOW_UP_CORONARY_DAYS = "follow_up_coronary_days", "冠心病随访间隔"
        FOLLOW_UP_STROKE_DAYS = "follow_up_stroke_days", "脑卒中随访间隔"
        FOLLOW_UP_COPD_DAYS = "follow_up_copd_days", "慢性阻塞性肺疾病随访间隔"
        FOLLOW_UP_CANCER_DAYS = "follow_up_cancer_days", "恶性肿瘤随访间隔"
        FOLLOW_UP_MENTAL_DAYS = "follow_up_mental_days", "重性精神疾病随访间隔"
        FOLLOW_UP_TUBERCULOSIS_DAYS = "follow_up_tuberculosis_days", "结核病随访间隔"
        INFECTIOUS_A_HOURS = "infectious_a_hours", "甲类传染病报告时限"
        INFECTIOUS_HOURS = "infectious_hours", "乙类、丙类传染病报告时限"
        DEATH_NOTICE_DAYS = "death_notice_days", "死亡报告时限"
        CORRECTION_DAYS = "correction_days", "更正申请的答复期限"

    key = models.CharField("规定", max_length=40, choices=Key)
    value = models.PositiveSmallIntegerField("数值")
    start = models.DateField("生效日期")
    source = models.CharField("依据", max_length=200)
    """The article or document that sets the number."""
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="设定人"
    )
    set_at = models.DateTimeField("设定时间", auto_now_add=True)

    objects = DatedRuleQuerySet.as_manager()

    field_classes = {"public": ("key", "value", "start", "source", "set_by", "set_at")}
    untracked_because = "A row is added once and never changed; the runtime role has no right to."

    class Meta:
        verbose_name = "期限规定"
        verbose_name_plural = "期限规定"
        ordering = ["key", "-start", "-id"]
        # Which value is in force: asked at every publication.
        indexes = [models.Index(fields=["community", "key", "-start", "-id"], name="datedrule_in_force")]

    def __str__(self):
        return f"{self.get_key_display()} {self.value}"
