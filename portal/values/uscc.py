"""Unified social credit codes (统一社会信用代码, GB 32100-2015)."""

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def is_uscc(code: str) -> bool:
    """Whether a unified social credit code (统一社会信用代码) has the right form and check character."""
    if len(code) != 18 or any(char not in _USCC for char in code):
        return False
    total = sum(weight * _USCC.index(char) for weight, char in zip(_USCC_WEIGHTS, code, strict=False))
    return _USCC[(31 - total % 31) % 31] == code[17]
