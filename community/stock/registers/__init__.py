"""Registers of goods in store."""

from community.stock.registers.goods import StockBatchRegister, StockItemRegister
from community.stock.registers.issues import IssueLineRegister, IssueListRegister
from community.stock.registers.slips import StockSlipRegister
from community.stock.registers.stocktakes import StocktakeRegister

__all__ = [
    "IssueLineRegister",
    "IssueListRegister",
    "StockBatchRegister",
    "StockItemRegister",
    "StockSlipRegister",
    "StocktakeRegister",
]
