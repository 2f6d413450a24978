"""Words of a proposal: who made it, class of the answer, opinion on it."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """Whose proposal it is."""

    CONGRESS = "congress", "人大建议"
    CONFERENCE = "conference", "政协提案"


class AnswerClass(TextChoices):
    """Class of an answer, as the answer's head states it."""

    A = "A", "A类：已经解决或采纳"
    B = "B", "B类：列入计划，逐步解决"
    C = "C", "C类：留作参考，说明情况"


class Opinion(TextChoices):
    """What the proposer says of the last answer."""

    SATISFIED = "satisfied", "满意"
    DISSATISFIED = "dissatisfied", "不满意"
