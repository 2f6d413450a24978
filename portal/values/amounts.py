"""Amounts of money: in figures with separators, and in words (大写) as vouchers and reports have them."""

from decimal import Decimal

_HUNDRED_MILLION = 10**8


def in_figures(amount: Decimal | int) -> str:
    """1,234.50; the minus sign of accounts for what is below zero."""
    return f"{amount:,.2f}"


def in_words(amount: Decimal | int) -> str:
    """The amount in yuan in words: 壹仟贰佰叁拾肆元伍角, 零元整, 负伍分. Raises ValueError for parts of a fen."""
    from cn2an import an2cn  # a second, which only those who print pay for

    amount = Decimal(amount)
    if amount != amount.quantize(Decimal("0.01")):
        raise ValueError(f"not in whole fen: {amount}")
    words = an2cn(f"{abs(amount):.2f}", "rmb")
    if 0 < abs(amount) % _HUNDRED_MILLION < _HUNDRED_MILLION // 10 and "亿零" not in words:
        words = words.replace("亿", "亿零", 1)  # the library leaves it out before 仟
    return f"负{words}" if amount < 0 else words
