"""Dated rules of proposals: until when they are answered."""

from community.dated_rules.rules import Default, declare

ANSWER_MONTHS = "proposal_months"
SECOND_MONTHS = "proposal_second_months"
TOPIC = "建议提案"


def _months(label: str, value: int, explanation: str) -> Default:
    source = "系统默认值，参照代表法和政协提案工作条例；以交办单写明的为准"
    return Default(label, value, "个月", source, explanation, 1, 6, TOPIC)


declare(
    {
        ANSWER_MONTHS: _months("答复建议提案", 3, "自收到之日起算，到期前答复代表或委员"),
        SECOND_MONTHS: _months("再次答复建议提案", 1, "代表或委员对答复不满意的，自提出之日起算"),
    }
)
