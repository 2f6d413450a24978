"""Agreements of the demo (共建协议): 39 units with a current one, as in the documents; one expired, some due, one promise broken."""

import datetime
import random

from community.agreements.models import Agreement, Fulfilment, Promise
from community.demo.names import full_name
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.units.models import Unit
from portal.values.months import months_later

_EXPIRED, _DUE_IN, _RENEWED, _LATE, _BROKEN = 0, {1: 20, 2: 45}, 3, 4, 5
"""Numbers of the units: agreement expired twelve days ago; due in so many days; renewed; a promise late; one broken."""
_DAY = datetime.timedelta(days=1)
_TEXT = (
    "双方党组织结对共建，每季度至少商量一次工作\n"
    "单位发挥自身优势，为社区居民提供服务\n"
    "社区为单位开展活动、联系居民提供便利"
)
_K = Promise.Kind
_OF_UNITS = (
    (_K.MONEY, "资助社区困难家庭慰问", 3000, None, ""),
    (_K.MONEY, "赞助社区邻居节", 2000, None, ""),
    (_K.GOODS, "为老年人赠送冬被", None, 20, "床"),
    (_K.GOODS, "捐赠图书充实社区阅览室", None, 100, "册"),
    (_K.VENUE, "双休日向居民开放会议室", None, 24, "次"),
    (_K.VENUE, "操场在节假日向居民开放", None, 50, "天"),
    (_K.SERVICE, "为居民义务维修小家电", None, 4, "次"),
    (_K.SERVICE, "举办健康讲座和义诊", None, 2, "次"),
    (_K.SERVICE, "组织员工参加社区志愿服务", None, 60, "小时"),
)
_OF_COMMUNITY = (
    (_K.SERVICE, "协助单位开展便民宣传", None, 4, "次"),
    (_K.VENUE, "提供活动室供单位开展党日活动", None, 6, "次"),
)


@demo_part(708, RunFor.SHOWCASE)
def make_agreements(demo: DemoCommunity) -> None:
    """An agreement with each co-building unit, with promises and what was done of them."""
    units = Unit.objects.of(demo.community).of_kind(Unit.Kind.COBUILDING).order_by("id")
    # A random stream of its own: parts that follow draw the same rows as ever.
    rng = random.Random(f"agreements {demo.community.code}")  # noqa: S311 - invented agreements
    maker = _Maker(demo, rng)
    for number, unit in enumerate(units):
        maker.make(number, unit)
    Promise.objects.bulk_create(maker.promises)
    Fulfilment.objects.bulk_create(maker.fulfilments)
    demo.demo.say(f"{demo.community.name}：共建协议{len(maker.agreements)}份，承诺{len(maker.promises)}项")


class _Maker:
    """Makes the agreements of a community, and gathers promises and records."""

    def __init__(self, demo: DemoCommunity, rng: random.Random):
        self.demo, self.rng, self.today = demo, rng, demo.today
        self.signer = full_name(rng, "F", 1978)
        self.agreements: list[Agreement] = []
        self.promises: list[Promise] = []
        self.fulfilments: list[Fulfilment] = []

    def make(self, number: int, unit: Unit) -> None:
        if number == _EXPIRED:
            self._agreement(number, unit, end=self.today - 12 * _DAY, years=1)
        elif number in _DUE_IN:
            self._agreement(number, unit, end=self.today + _DUE_IN[number] * _DAY, years=1)
        elif number == _RENEWED:
            end = self.today - 150 * _DAY
            before = self._agreement(number, unit, end=end, years=1, state=Agreement.State.RENEWED)
            end = months_later(before.end, 24)
            self._agreement(number, unit, end=end, years=2, predecessor=before)
        else:
            years = self.rng.choice((1, 2, 2, 3))
            # Far enough from its end that nothing is due in the next months.
            end = self.today + self.rng.randrange(130, 330) * _DAY
            self._agreement(number, unit, end=end, years=years)

    def _agreement(
        self, number: int, unit: Unit, *, end, years: int, state=None, predecessor=None
    ) -> Agreement:
        start = months_later(end, -12 * years) + _DAY
        agreement = Agreement.objects.create(
            community=self.demo.community,
            unit=unit,
            start=start,
            end=end,
            text=_TEXT,
            our_signer=self.signer,
            their_signer=unit.principal or unit.contact,
            state=state or Agreement.State.IN_FORCE,
            signed_on=start,
            predecessor=predecessor,
        )
        self.agreements.append(agreement)
        for values in self.rng.sample(_OF_UNITS, self.rng.choice((1, 2, 2, 3))):
            self._promise(number, agreement, Promise.Side.UNIT, values)
        self._promise(number, agreement, Promise.Side.COMMUNITY, self.rng.choice(_OF_COMMUNITY))
        return agreement

    def _promise(self, number: int, agreement: Agreement, side: str, values: tuple) -> None:
        kind, text, amount, quantity, measure = values
        promise = Promise(
            community=self.demo.community,
            agreement=agreement,
            side=side,
            kind=kind,
            text=text,
            amount=amount,
            quantity=quantity,
            measure=measure,
        )
        self.promises.append(promise)
        if side == Promise.Side.UNIT and self._is_first(agreement) and number in (_LATE, _BROKEN):
            promise.due = self.today - 9 * _DAY
            if number == _BROKEN:
                promise.state, promise.closed_on = Promise.State.UNFULFILLED, self.today - 3 * _DAY
                promise.reason = "单位经费调整，今年不再资助，商定明年改为提供服务"
        else:
            self._fulfil(promise, agreement)

    def _is_first(self, agreement: Agreement) -> bool:
        return [promise.agreement_id for promise in self.promises].count(agreement.pk) == 1

    def _fulfil(self, promise: Promise, agreement: Agreement) -> None:
        """Some promises are fulfilled, the others have a record or none yet; what is due lies ahead."""
        last = min(agreement.end, self.today - _DAY)
        days = (last - agreement.start).days
        is_over = agreement.end < self.today
        if is_over or self.rng.random() < 0.55:
            on = agreement.start + self.rng.randrange(days // 3, days + 1) * _DAY
            if self.rng.random() < 0.3 and not is_over:
                on = max(agreement.start, self.today.replace(day=1) - self.rng.randrange(1, 55) * _DAY)
            promise.state, promise.closed_on = Promise.State.FULFILLED, on
            self._record(promise, on, whole=True)
        elif self.rng.random() < 0.5:
            self._record(promise, agreement.start + self.rng.randrange(days + 1) * _DAY, whole=False)
            promise.due = agreement.end

    def _record(self, promise: Promise, on: datetime.date, *, whole: bool) -> None:
        share = 1 if whole else 0.5
        self.fulfilments.append(
            Fulfilment(
                community=self.demo.community,
                promise=promise,
                on=on,
                note=f"已按协议{promise.text}" if whole else f"{promise.text}，已完成一部分",
                amount=promise.amount and promise.amount * share,
                quantity=(promise.quantity and int(promise.quantity * share)) or None,
                recorded_by=self.demo.users["party"],
            )
        )
