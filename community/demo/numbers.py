"""Random numbers that pass validation: resident IDs, credit codes, unassigned phone numbers."""

import datetime
import random

from portal.values.id_numbers import checksum
from portal.values.uscc import is_uscc

_USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class NumberGenerator:
    """Generates unique numbers."""

    def __init__(self, rng: random.Random):
        self._rng = rng
        self._issued: set[str] = set()
        self._phones = 0

    def resident_id(self, place: str, birth: datetime.date, sex: str) -> str:
        """An 18-digit resident ID with a right check character (GB 11643); odd order numbers are men."""
        while True:
            order = self._rng.randrange(1, 999)
            order += (order % 2) != (sex == "M")
            body = f"{place}{birth:%Y%m%d}{order:03d}"
            number = body + checksum(body)
            if number not in self._issued:
                self._issued.add(number)
                return number

    def mobile(self) -> str:
        """A mobile number 199000xxxxx, scattered by a step; 100,000 are different."""
        self._phones += 1
        return f"199000{self._phones * 7919 % 100_000:05d}"

    def landline(self, area_code: str) -> str:
        self._phones += 1
        return f"{area_code}-200{self._phones * 7919 % 10_000:04d}"

    def credit_code(self, place: str) -> str:
        """A unified social credit code (GB 32100) of an invented enterprise."""
        body = f"91{place}MA" + "".join(self._rng.choices(_USCC_CHARACTERS, k=7))
        return next(body + char for char in _USCC_CHARACTERS if is_uscc(body + char))
