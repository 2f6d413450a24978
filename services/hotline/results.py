"""What a hotline list is given back: outcome, contact and call-back of each order."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.hotline.models import HotlineOrder
from services.requests.choices import Outcome, Rating
from services.requests.models import Request, RequestStep

_ANSWERED = ("answered", "satisfied", "silent", "explained", "unreachable")
_ANSWERS = ("answer", "explain")
_REACHED = ("satisfied", "dissatisfied", "added", "ask", "reply")
"""Steps that show that the resident was spoken to."""
_FOLLOW_UP = {"unreachable": "联系不上", "silent": "未评价"}
_MOST_MERGES = 5


@dataclass(frozen=True, slots=True)
class OrderResult:
    """The three columns of an order; all empty as long as there is no answer."""

    result: str = ""
    contacted: str = ""
    follow_up: str = ""

    @property
    def is_answered(self) -> bool:
        return bool(self.result)


def results_of(orders: Iterable[HotlineOrder]) -> dict[str, OrderResult]:
    """The result of each order by its number. `orders` have their request; four queries however many."""
    orders = list(orders)
    requests = {order.request_id: order.request for order in orders}
    worked_on = _merged_into(requests)
    steps: dict[int, list[RequestStep]] = {pk: [] for pk in {*requests, *(r.pk for r in worked_on.values())}}
    names = (*_ANSWERS, *_REACHED, "try", "withdraw")
    found = RequestStep.objects.filter(case_id__in=steps, name__in=names).order_by("case_id", "number")
    for step in found.only("case_id", "name", "text", "number"):
        steps[step.case_id].append(step)
    return {
        order.number: _result(
            worked_on[order.request_id], steps[worked_on[order.request_id].pk], steps[order.request_id]
        )
        for order in orders
    }


def _merged_into(requests: dict[int, Request]) -> dict[int, Request]:
    """The request that each was merged into, perhaps over several; itself where it was not."""
    ends = dict(requests)
    for _ in range(_MOST_MERGES):
        waiting = {end.merged_into_id for end in ends.values() if end.state == "merged"}
        if not waiting:
            break
        targets = Request.objects.filter(pk__in=waiting).in_bulk()
        ends = {
            pk: targets.get(end.merged_into_id, end) if end.state == "merged" else end
            for pk, end in ends.items()
        }
    return ends


def _result(case: Request, steps: Collection[RequestStep], own: Collection[RequestStep]) -> OrderResult:
    """own: the steps of the request of the order, where that was merged into `case`."""
    texts = [step.text for step in steps if step.name in _ANSWERS]
    if case.state == "withdrawn":
        withdrawn = [step.text for step in steps if step.name == "withdraw"]
        return OrderResult("：".join(["来电人撤回诉求", *withdrawn[-1:]]), _contacted(own))
    if case.state not in _ANSWERED or not (texts or case.state == "unreachable"):
        return OrderResult()
    outcome = Outcome(case.outcome).label if case.outcome else ""
    words = "：".join(filter(None, [outcome, *texts[-1:]])) or "三次联系未果，办结"
    rating = Rating(case.rating).label if case.rating else ""
    return OrderResult(words, _contacted([*steps, *own]), rating or _FOLLOW_UP.get(case.state, ""))


def _contacted(steps: Iterable[RequestStep]) -> str:
    """Whether the caller was reached; empty where nobody recorded it."""
    names = {step.name for step in steps}
    if names & set(_REACHED):
        return "是"
    return "否" if "try" in names else ""
