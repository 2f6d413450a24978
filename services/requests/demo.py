"""Requests of the demo communities: a complete year, all answered, and this one with every state."""

import datetime

from django.utils import timezone

from community.accounts.demo import head_accounts
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.objections.tracking_codes import code_hash
from portal.access.db_scope import APP, scope
from portal.access.permissions import Permission
from portal.access.roles import ROLES
from portal.cases.actions import take_step
from services.requests.actions import assign
from services.requests.choices import Category, Channel, Outcome
from services.requests.demo_courses import DemoCourse, DemoRequests
from services.requests.demo_texts import (
    AGAIN,
    NOTES,
    QUESTIONS,
)
from services.requests.models import Request

DEMO_CODE = "K7QM2XRD9TPB"
"""Tracking code of an answered request, to try the tracking page."""
_LAST_YEAR, _THIS_YEAR, _LATELY, _FEW = 132, 48, 24, 9
"""How many requests are received last year, this year until a month ago, since then, and in the smaller community."""
_MONTH = datetime.timedelta(days=35)
_DAYS_TO_ANSWER = datetime.timedelta(days=9)


# Before the hand-overs of other parts, so that numbers follow the days of receipt.
@demo_part(405, RunFor.NEW)
def load_requests(demo: DemoCommunity) -> None:
    """Requests of two years in the showcase, a few where the same people work besides."""
    if not (demo.plan.is_showcase or demo.plan.code == "xizhigou"):
        return
    community_ids = [demo.community.id]
    with scope(
        APP,
        communities=community_ids,
        write=community_ids,
        user_id=demo.users["director"].id,
        rights=ROLES["director"].permissions,
    ):
        writer = _EveryState(demo)
        if demo.plan.is_showcase:
            first = datetime.date(demo.today.year - 1, 1, 2)
            writer.receive(_LAST_YEAR, first, datetime.date(demo.today.year - 1, 12, 15))
            writer.receive(_THIS_YEAR, datetime.date(demo.today.year, 1, 4), demo.today - _MONTH)
            writer.receive(_LATELY, demo.today - _MONTH, demo.today - _DAYS_TO_ANSWER, most=3)
            writer.receive_every_state()
        else:
            writer.receive(_FEW, demo.today - 8 * _MONTH, demo.today - _MONTH)
        count = writer.write()
    demo.demo.say(f"{demo.plan.name}：居民诉求{count}件")


# After the visits, whose needs are handed over as requests.
@demo_part(455, RunFor.SHOWCASE)
def work_on_needs_of_visits(demo: DemoCommunity) -> None:
    """The civil affairs worker has taken up what visits handed over, but for the last two, and answered some."""
    civil, community_ids = demo.users["civil"], [demo.community.id]
    with scope(
        APP,
        communities=community_ids,
        write=community_ids,
        user_id=civil.id,
        rights=ROLES["civil"].permissions,
    ):
        needs = Request.objects.of(demo.community).filter(
            channel=Channel.VISIT, state="new", source_url__gt=""
        )
        for number, request in enumerate(needs.order_by("-id")[2:]):
            assign(request=request, by=civil, owner=civil, category=Category.WELFARE)
            if number % 3 == 0:
                words = "已联系有关单位，本周上门办理，办好后再告知。"
                changes = {"outcome": Outcome.EXPLAINED, "rating": ""}
                details = {"结果": Outcome.EXPLAINED.label}
                take_step(request, "answer", by=civil, text=words, details=details, changes=changes)


class _EveryState(DemoRequests):
    """Besides the requests of two years, this month one of every state."""

    def receive_every_state(self) -> None:
        self._not_triaged()
        self._in_hand()
        self._answered()
        self._closed()

    def _not_triaged(self) -> None:
        spam = {"channel": Channel.WEB, "name": "", "phone": "", "place": "", "building": None}
        words = "低息贷款当天放款，详情加微信，另有发票代开。"
        self.ask(self.back(1), state="suspected", text=words, suspicion="含有推销用语", **spam)
        rejected = self.ask(
            self.back(4), state="suspected", text="专业疏通下水道十元起。", suspicion="含有推销用语", **spam
        )
        rejected.take("reject", self.director, self.later(rejected.request.received_at, 1))
        self.ask(self.back(1), channel=Channel.WEB, category=Category.PARKING)
        heads = head_accounts(self.community)
        for stairwell in self.stairwells:
            if stairwell.pk in heads:
                of_head = {
                    "taken_by": heads[stairwell.pk],
                    "place": stairwell.label,
                    "building": stairwell.building,
                }
                text = f"{stairwell.label}的声控灯不亮，老人晚上上楼要摸黑。"
                self.ask(self.back(1), channel=Channel.HEAD, category=Category.REPAIR, text=text, **of_head)
                older = self.ask(
                    self.back(12), channel=Channel.HEAD, category=Category.SANITATION,
                    text=f"{stairwell.label}一楼过道堆着纸箱，希望社区来看看。", **of_head,
                )  # fmt: skip
                at = self.later(self.assign(older, self.staff, 0), 2)
                words = "物业已清走纸箱，并张贴提醒。"
                self.answer(older, self.staff, at, words, Outcome.SOLVED)
                break

    def _in_hand(self) -> None:
        self.assign(self.ask(self.back(2), category=Category.REPAIR), self.staff, 0)
        self.assign(self.ask(self.back(3), category=Category.WELFARE, channel=Channel.COUNTER), self.civil, 0)
        overdue = self.ask(self.back(9), category=Category.SANITATION, channel=Channel.PHONE)
        overdue.take("note", self.staff, self.later(self.assign(overdue, self.staff, 0), 1), NOTES[2])
        at_unit = self.ask(self.back(4), category=Category.PROPERTY, channel=Channel.WEB)
        self.forward(at_unit, self.staff, self.later(self.assign(at_unit, self.staff, 0), 1), at_unit.story)
        waiting = self.ask(self.back(4), category=Category.NOISE, channel=Channel.WEB)
        waiting.take("ask", self.staff, self.later(self.assign(waiting, self.staff, 0), 1), QUESTIONS[0])
        private = self.ask(
            self.back(3), category=Category.NEIGHBOURS, channel=Channel.COUNTER, is_private=True, taken_by=self.director,
            required_right=Permission.REQUESTS_DECIDE, text="家里老人和儿媳的矛盾，想请主任帮忙说说，请不要让别人知道。",
        )  # fmt: skip
        self.assign(private, self.director, 0)
        extended = self.ask(self.back(9), category=Category.REPAIR, channel=Channel.COUNTER)
        at = self.later(self.assign(extended, self.staff, 0), 6)
        due = timezone.localtime(extended.request.due)
        day = self.calendar.add(due.date(), 5)
        extended.take(
            "extend", self.director, at, "等待维修资金审批。", {"延长": "5个工作日"},
            due=due.replace(year=day.year, month=day.month, day=day.day), is_extended=True,
        )  # fmt: skip

    def _answered(self) -> None:
        known = self.ask(
            self.back(8), channel=Channel.WEB, category=Category.REPAIR, code_hash=code_hash(DEMO_CODE)
        )
        self._answer_by_the_book(known)
        self._answer_by_the_book(self.ask(self.back(7), channel=Channel.PHONE, category=Category.SAFETY))
        reopened = self.ask(self.back(6), channel=Channel.WEB, category=Category.NOISE)
        self.dissatisfy(reopened, self.later(self._answer_by_the_book(reopened), 2))
        kept = self.ask(self.back(5), category=Category.PARKING, channel=Channel.PHONE)
        self.assign(kept, self.staff, 0)
        double = self.ask(
            self.back(4), category=Category.PARKING, channel=Channel.WEB, text=f"又有车堵着通道。{kept.request.text}",
            place=kept.request.place, building=kept.request.building,
        )  # fmt: skip
        double.merged_into = kept

    def _answer_by_the_book(self, course: DemoCourse, days: int = 2) -> datetime.datetime:
        owner = self.owner_of(course.category)
        at = self.later(self.assign(course, owner, 0), days)
        self.answer(course, owner, at, course.story.answer, course.story.outcome)
        return at

    def _closed(self) -> None:
        satisfied = self.ask(self.back(14), category=Category.PAPERS, channel=Channel.COUNTER)
        self.satisfy(satisfied, self.later(self._answer_by_the_book(satisfied), 1))
        silent = self.ask(self.back(24), category=Category.SUGGESTION, channel=Channel.WEB)
        self.pass_in_silence(silent, self._answer_by_the_book(silent))
        withdrawn = self.ask(self.back(6), category=Category.NOISE, channel=Channel.WEB)
        withdrawn.take(
            "withdraw", None, self.later(self.assign(withdrawn, self.staff, 0), 1), "邻居已经不吵了。"
        )
        explained = self.ask(self.back(20), category=Category.PARKING, channel=Channel.PHONE)
        at = self._answer_by_the_book(explained)
        self.dissatisfy(explained, self.later(at, 1))
        at = self.later(at, 3)
        self.answer(explained, self.staff, at, AGAIN[1], Outcome.EXPLAINED)
        self.dissatisfy(explained, self.later(at, 1))
        words = "公共车位按先到先停，不能固定给个人；已当面说明规定，并告知可以向街道反映。"
        explained.take("explain", self.director, self.later(at, 4), words, outcome=Outcome.EXPLAINED)
        unreachable = self.ask(self.back(18), category=Category.PROPERTY, channel=Channel.PHONE)
        at = self._answer_by_the_book(unreachable)
        for days in (1, 2, 4):
            unreachable.take("try", self.staff, self.later(at, days), "拨打登记的电话，无人接听。")
        unreachable.take(
            "unreachable", self.director, self.later(at, 5), "三次联系未果，答复已放在查询页面。"
        )
