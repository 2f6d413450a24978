"""What a donor sees by the code on the receipt, in the public database role."""

import datetime
import json
from collections.abc import Iterator
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from community.public_pages.queries import find_community_by_id
from portal.hooks.registry import Hook, hook
from portal.hooks.tracking import TrackedCase, TrackedStep


@hook(Hook.TRACK)
def tracked_donation(hashed: bytes) -> Iterator[TrackedCase]:
    """The donation with this code: promised, received, spent, each with its day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT partybuilding_donation_by_code(%s)::text", [hashed])
        (content,) = cursor.fetchone()
    if content is None:
        return
    donation = json.loads(content, parse_float=Decimal, parse_int=Decimal)
    steps = sorted(_steps(donation), key=lambda step: step.at)
    yield TrackedCase(
        title=f"{find_community_by_id(int(donation['community_id'])).name}捐款{_yuan(donation['amount'])}{_purpose(donation)}",
        state=_state(donation),
        received_at=_at(donation["on"]),
        steps=tuple(steps),
    )


def _purpose(donation: dict) -> str:
    return f"（用途：{donation['purpose']}）" if donation["purpose"] else ""


def _state(donation: dict) -> str:
    """已收到500.00元，已使用300.00元，还剩200.00元"""
    if donation["is_earlier"]:
        return "已收到，使用情况未在系统中登记"
    receipts = [
        receipt for receipt in donation["receipts"] if receipt["is_booked"] and not receipt["voided_on"]
    ]
    received = sum((receipt["amount"] for receipt in receipts), Decimal(0))
    used = sum((use["amount"] for use in donation["uses"]), Decimal(0))
    if received:
        return f"已收到{_yuan(received)}，已使用{_yuan(used)}，还剩{_yuan(received - used)}"
    return "捐款已终止" if donation["lapsed_on"] else "已登记，还没有收到"


def _steps(donation: dict) -> Iterator[TrackedStep]:
    yield _step(donation["on"], f"登记捐款{_yuan(donation['amount'])}")
    for receipt in donation["receipts"]:
        number = f"收据{receipt['year']}-{int(receipt['serial']):05d}"
        if receipt["voided_on"]:
            yield _step(receipt["on"], f"开具{number}，{_yuan(receipt['amount'])}")
            yield _step(receipt["voided_on"], f"{number}已作废")
        elif receipt["is_booked"]:
            yield _step(receipt["on"], f"收到{_yuan(receipt['amount'])}，{number}")
        else:
            yield _step(receipt["on"], f"收到{_yuan(receipt['amount'])}，待审批入账")
    for use in donation["uses"]:
        yield _step(use["on"], f"使用{_yuan(use['amount'])}", use["words"])
    if donation["lapsed_on"]:
        yield _step(donation["lapsed_on"], "未到账的部分已终止")


def _step(day: str, title: str, text: str = "") -> TrackedStep:
    return TrackedStep(_at(day), title, text, has_time=False)


def _at(day: str) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.fromisoformat(day))


def _yuan(amount: Decimal) -> str:
    return f"{amount:.2f}元"
