"""Choices of party members, their transfers and their dues."""

from django.db import models


class Relation(models.TextChoices):
    """Where the membership is held, seen from this community."""

    ON_ROLL = "on_roll", "在册"
    REPORTING = "reporting", "在职报到"
    MOBILE_IN = "mobile_in", "流动入"


class State(models.TextChoices):
    NORMAL = "normal", "正常"
    MOBILE_OUT = "mobile_out", "流动出"
    LOST = "lost", "失联"
    ENDED = "ended", "已结束"


class Stage(models.TextChoices):
    """The five stages of becoming a member (发展党员)."""

    APPLICANT = "applicant", "入党申请人"
    ACTIVIST = "activist", "入党积极分子"
    DEVELOPMENT = "development", "发展对象"
    PROBATIONARY = "probationary", "预备党员"
    FULL = "full", "正式党员"

    @property
    def is_member(self) -> bool:
        return self in MEMBER_STAGES


MEMBER_STAGES = (Stage.PROBATIONARY, Stage.FULL)
"""Stages of those who are party members; the others are on the way there."""


class EndReason(models.TextChoices):
    TRANSFERRED = "transferred", "转出组织关系"
    DIED = "died", "去世"
    MOVED = "moved", "迁出本社区"
    RETURNED = "returned", "报到或流动结束"
    STOPPED = "stopped", "终止培养"
    CANCELLED = "cancelled", "取消预备党员资格"
    RESIGNED = "resigned", "退党"
    REMOVED = "removed", "除名"
    EXPELLED = "expelled", "开除党籍"
    MISTAKE = "mistake", "登记有误"


class Direction(models.TextChoices):
    OUT = "out", "转出"
    IN = "in", "转入"
    BETWEEN = "between", "社区内互转"


class Manner(models.TextChoices):
    CASH = "cash", "现金"
    BANK = "bank", "转账"
    ONLINE = "online", "线上缴纳"
