"""The 25 steps of becoming a party member (发展党员 2014), as data: who, when at the earliest and latest, which paper."""

from dataclasses import dataclass

from partybuilding.members import rules
from partybuilding.members.choices import Stage

SECTIONS = (
    "申请入党",
    "入党积极分子的确定和培养教育",
    "发展对象的确定和考察",
    "预备党员的接收",
    "预备党员的教育考察和转正",
)
"""The five stages in the words of the rules."""


@dataclass(frozen=True, slots=True)
class After:
    """A day some time after another step, by a dated rule in months, or in days with `in_days`.

    step: code of the step, or `probation` for the end of probation.
    """

    step: str
    rule: str
    in_days: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `code` is stored.

    paper: the paper expected of it. asks: label of its text where that is required (two names, number of days).
    earliest, latest: by the rules; a step is never earlier than the one before it.
    enters: stage that begins with it. repeats: dated rule in months, after which it is taken again.
    votes: whether a branch meeting votes.
    """

    code: str
    label: str
    section: int
    paper: str
    asks: str = ""
    earliest: After | None = None
    latest: After | None = None
    enters: Stage | None = None
    repeats: str = ""
    votes: bool = False


PROBATION = "probation"
STEPS = (
    Step("apply", "递交入党申请书", 0, "入党申请书"),
    Step("talk", "党组织派人谈话", 0, "谈话记录", latest=After("apply", rules.TALK_MONTHS)),
    Step("activist", "推荐和确定入党积极分子", 1, "推优材料、支委会会议记录", enters=Stage.ACTIVIST),
    Step("activist_filed", "积极分子报上级党委备案", 1, "备案表"),
    Step("trainers", "指定培养联系人", 1, "培养联系人登记", "培养联系人（两名正式党员）"),
    Step(
        "education",
        "培养教育考察",
        1,
        "入党积极分子培养教育考察登记表",
        latest=After("activist", rules.LOOK_MONTHS),
        repeats=rules.LOOK_MONTHS,
    ),
    Step(
        "development",
        "确定发展对象",
        2,
        "征求意见记录、支委会会议记录",
        earliest=After("activist", rules.ACTIVIST_MONTHS),
        enters=Stage.DEVELOPMENT,
    ),
    Step("development_filed", "发展对象报上级党委备案", 2, "备案表"),
    Step("sponsors", "确定入党介绍人", 2, "入党介绍人登记", "入党介绍人（两名正式党员）"),
    Step("review", "政治审查", 2, "政审材料"),
    Step("training", "短期集中培训", 2, "培训结业证明", "培训时间和天数"),
    Step("committee", "支部委员会审查", 3, "支委会会议记录"),
    Step("pre_check", "上级党委预审", 3, "预审意见"),
    Step("form", "填写入党志愿书", 3, "入党志愿书"),
    Step("meeting", "支部大会讨论接收", 3, "支部大会记录和决议", votes=True),
    Step("superior_talk", "上级党委派人谈话", 3, "谈话意见"),
    Step(
        "approval",
        "上级党委审批",
        3,
        "入党志愿书上的审批意见",
        latest=After("meeting", rules.APPROVAL_MONTHS),
        enters=Stage.PROBATIONARY,
    ),
    Step("approval_filed", "再上一级党委组织部门备案", 3, "备案材料"),
    Step("placed", "编入党支部和党小组", 4, "编入通知"),
    Step("oath", "入党宣誓", 4, "宣誓记录、照片"),
    Step(
        "probation_education",
        "继续教育考察",
        4,
        "预备党员教育考察登记表",
        latest=After("meeting", rules.LOOK_MONTHS),
        repeats=rules.LOOK_MONTHS,
    ),
    Step("full_application", "提出转正申请", 4, "转正申请书", latest=After(PROBATION, "", in_days=True)),
    Step(
        "full_meeting",
        "支部大会讨论转正",
        4,
        "支部大会记录和决议",
        earliest=After(PROBATION, "", in_days=True),
        latest=After(PROBATION, rules.FULL_MEETING_DAYS, in_days=True),
        votes=True,
    ),
    Step(
        "full_approval",
        "上级党委审批转正",
        4,
        "入党志愿书上的审批意见",
        latest=After("full_meeting", rules.APPROVAL_MONTHS),
        enters=Stage.FULL,
    ),
    Step("filed", "材料归档", 4, "归档目录"),
)
STEPS_BY_CODE = {step.code: step for step in STEPS}
NUMBERS = {step.code: number for number, step in enumerate(STEPS, start=1)}
"""Number of each step, from 1 to 25."""
