"""Dated rules of the care registers (期限规定): ages and days of notice."""

from enum import StrEnum

from community.dated_rules.rules import Default, declare


class Key(StrEnum):
    ELDER_AGE = "elder_age"
    ALLOWANCE_AGE = "allowance_age"
    SCHOOL_AGE = "school_age"
    CARE_NOTICE_DAYS = "care_notice_days"
    CARE_LOOKBACK_DAYS = "care_lookback_days"


declare(
    {
        Key.ELDER_AGE: Default(
            "老年人年龄",
            60,
            "岁",
            "老年人权益保障法第二条",
            "达到这一年龄的居民，提醒登记老年人台账和办理老年人优待。",
            least=50,
            most=80,
            topic="重点人群",
        ),
        Key.ALLOWANCE_AGE: Default(
            "高龄津贴起始年龄",
            80,
            "岁",
            "老年人权益保障法第三十三条；起始年龄由各省规定，请按当地规定设定",
            "达到这一年龄的居民，提醒申领高龄津贴。",
            least=60,
            most=100,
            topic="重点人群",
        ),
        Key.SCHOOL_AGE: Default(
            "入学年龄",
            6,
            "岁",
            "义务教育法第十一条",
            "达到这一年龄的儿童，提醒通知入学报名。",
            least=5,
            most=8,
            topic="重点人群",
        ),
        Key.CARE_NOTICE_DAYS: Default(
            "重点人群提前提醒天数",
            30,
            "天",
            "系统默认值；没有统一规定，请按社区的工作安排设定",
            "生日、证件到期、复核和认证提前提醒的天数。",
            least=1,
            most=180,
            topic="重点人群",
        ),
        Key.CARE_LOOKBACK_DAYS: Default(
            "年满后继续提醒天数",
            90,
            "天",
            "系统默认值；没有统一规定，请按社区的工作安排设定",
            "达到老年人年龄和入学年龄后继续提醒的天数；高龄津贴提醒到登记为止。",
            least=1,
            most=366,
            topic="重点人群",
        ),
    }
)
