"""Goods in store: items with their batches, slips with their movements, stocktakes, and what is issued to people."""

from community.stock.models.goods import StockBatch, StockItem
from community.stock.models.issues import IssueLine, IssueList
from community.stock.models.slips import SlipKind, StockMovement, StockSlip
from community.stock.models.stocktakes import Stocktake, StocktakeLine

__all__ = [
    "IssueLine",
    "IssueList",
    "SlipKind",
    "StockBatch",
    "StockItem",
    "StockMovement",
    "StockSlip",
    "Stocktake",
    "StocktakeLine",
]
