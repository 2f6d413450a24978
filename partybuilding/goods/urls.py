"""Addresses of donations of goods, below a community's."""

from django.urls import path

from partybuilding.goods import views
from partybuilding.goods.registers import GoodsDonationRegister
from portal.register_pages.views import register_urls

urlpatterns = [
    path("goods-donations/receive/", views.ReceivePage.as_view(), name="goods_receive"),
    path("goods-donations/<uuid:row>/estimate/", views.EstimatePage.as_view(), name="goodsdonation_estimate"),
    path("goods-donations/<uuid:row>/reverse/", views.ReversePage.as_view(), name="goodsdonation_reverse"),
    path("goods-donations/<uuid:row>/print/", views.PrintReceipt.as_view(), name="goodsdonation_print"),
    *register_urls(GoodsDonationRegister),
]
