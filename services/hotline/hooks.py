"""Hooks of the hotline: the order on the page of its request, search, page and act of the area."""

from collections.abc import Iterator

from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.menu import DeskArea, add_act
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Panel
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords
from services.hotline.models import HotlineOrder
from services.hotline.registers import HotlineOrderRegister
from services.requests.models import Request

add_act(DeskArea.SERVICES, "导入12345工单", "services:hotlineorder_import", P.REQUESTS, 12)


@extend
class OrderOnRequest(RegisterExtension):
    """The number of the order on the page of its request."""

    model = Request
    order = -10
    part_models = (HotlineOrder,)

    def panels(self, row, access, community):
        if row.channel != "hotline":
            return []
        orders = rows(HotlineOrder, access, P.REQUESTS, community).filter(request=row).order_by("number")
        lines = [(order.number, order.sheet, order.row) for order in orders]
        return [Panel("12345工单", ("工单编号", "工作表", "行号"), lines)] if lines else []


@hook(Hook.SEARCH)
def search_orders(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Orders by their number; the texts are found with the requests."""
    register = HotlineOrderRegister()
    register.search = ("number",)
    yield from search_register(register, access, community, words, 17)
