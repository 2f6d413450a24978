"""Unified social credit codes (统一社会信用代码, GB 32100-2015)."""

import re

from stdnum.cn import uscc

_FORM = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")
"""The standard's alphabet. `uscc.is_valid` wants digits in front, but N and Y register bodies, too."""


def is_uscc(code: str) -> bool:
    """Whether a unified social credit code has the right form and check character."""
    return bool(_FORM.fullmatch(code)) and uscc.calc_check_digit(code) == code[17]
