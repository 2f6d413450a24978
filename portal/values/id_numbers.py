"""Resident ID numbers (GB 11643): check digit, birth date, conversion and masking."""

import datetime
import re

from stdnum.iso7064 import mod_11_2

# GB/T 2260, first two digits: short names of provinces.
PROVINCES = {
    "11": "北京", "12": "天津", "13": "河北", "14": "山西", "15": "内蒙古", "21": "辽宁", "22": "吉林", "23": "黑龙江",
    "31": "上海", "32": "江苏", "33": "浙江", "34": "安徽", "35": "福建", "36": "江西", "37": "山东", "41": "河南",
    "42": "湖北", "43": "湖南", "44": "广东", "45": "广西", "46": "海南", "50": "重庆", "51": "四川", "52": "贵州",
    "53": "云南", "54": "西藏", "61": "陕西", "62": "甘肃", "63": "青海", "64": "宁夏", "65": "新疆", "71": "台湾",
    "81": "香港", "82": "澳门", "83": "台湾",
}  # fmt: skip

EIGHTEEN_CHARACTERS = re.compile(r"[0-9]{17}[0-9X]")
"""Format of current 18-character numbers."""


def checksum(number: str) -> str:
    """Check character of the first 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    return mod_11_2.calc_check_digit(number[:17])


def convert_15(digits: str) -> str:
    """Convert an old 15-digit number to 18 digits: add the century 19 and the check character."""
    seventeen = f"{digits[:6]}19{digits[6:]}"
    return seventeen + checksum(seventeen)


def is_resident_id(number: str) -> bool:
    """Whether a normalised number has 18 characters and a valid check character."""
    return bool(EIGHTEEN_CHARACTERS.fullmatch(number)) and checksum(number) == number[17]


def birth_of(number: str) -> datetime.date | None:
    """Birth date encoded in an 18-digit resident ID; None if it is not a valid date."""
    try:
        return datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def mask_id(number: str) -> str:
    """Mask a number except for its first four characters: 3301**************. Short numbers show two."""
    visible = 4 if len(number) >= 15 else 2
    return number[:visible] + "*" * max(len(number) - visible, 0)
