"""Names of people: cleaning, sorting by pinyin, masking. Rare characters are never replaced."""

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_DOTS = re.compile(r"(?<=[^\W\d_])\s*[·.．•・‧∙⋅･]\s*(?=[^\W\d_])")
_BRACKETS = re.compile(r"[（(\[【〔]([^）)\]】〕]*)[）)\]】〕]?")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_HAN = r"[\u2e80-\u2fdf\u3005\u3007\u3400-\u9fff\ue000-\uf8ff\uf900-\ufaff\U00020000-\U0003ffff]"
_PLAIN_NAME = re.compile(rf"{_HAN}*")
_INNER_SPACE = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")

# Surnames of two characters with their reading (复姓).
_LONG_SURNAMES = {
    "欧阳": "ou yang", "上官": "shang guan", "司马": "si ma", "诸葛": "zhu ge", "司徒": "si tu", "司空": "si kong",
    "夏侯": "xia hou", "东方": "dong fang", "皇甫": "huang fu", "尉迟": "yu chi", "公孙": "gong sun", "长孙": "zhang sun",
    "慕容": "mu rong", "宇文": "yu wen", "令狐": "ling hu", "澹台": "tan tai", "万俟": "mo qi", "鲜于": "xian yu",
    "闻人": "wen ren", "淳于": "chun yu", "太史": "tai shi", "端木": "duan mu", "独孤": "du gu", "南宫": "nan gong",
    "呼延": "hu yan", "轩辕": "xuan yuan", "钟离": "zhong li", "申屠": "shen tu", "公冶": "gong ye", "宗政": "zong zheng",
    "濮阳": "pu yang", "赫连": "he lian", "拓跋": "tuo ba", "西门": "xi men", "东郭": "dong guo", "百里": "bai li",
    "第五": "di wu", "完颜": "wan yan", "叶赫": "ye he", "纳兰": "na lan",
}  # fmt: skip
# Characters read differently as a surname than elsewhere.
_SURNAME_READINGS = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "区": "ou", "查": "zha", "朴": "piao", "盖": "ge",
    "覃": "qin", "乐": "yue", "翟": "zhai", "缪": "miao", "员": "yun", "召": "shao", "黑": "he",
    "折": "she", "秘": "bi", "种": "chong", "洗": "xian", "卜": "bu", "么": "yao", "重": "chong",
    "牟": "mu", "郇": "xun", "繁": "po", "阚": "kan", "祭": "zhai", "薄": "bo",
}  # fmt: skip


def clean_name(text: str) -> tuple[str, tuple[str, ...]]:
    """The name without inner spaces and brackets, and the words in brackets.

    王 芳 → 王芳; 王芳（已故） → 王芳 with 已故; the dots of minority names all become ·. Spaces between
    Latin words stay.
    """
    if _PLAIN_NAME.fullmatch(text):
        return text, ()
    text = _INVISIBLE.sub("", text)
    notes = tuple(note.strip() for note in _BRACKETS.findall(text) if note.strip())
    name = " ".join(_BRACKETS.sub(" ", text).split()).strip("'`‘’*＊")
    return _DOTS.sub("·", _INNER_SPACE.sub("", name)), notes


def name_key(name: str) -> str:
    """Sort key: pinyin syllables without tones, surname readings, e.g. "zhang san"."""
    return " ".join(_syllables(name))


def initials(name: str) -> str:
    """First letters of the syllables: 张三 -> "zs"."""
    return "".join(syllable[0] for syllable in _syllables(name))


def mask_name(name: str) -> str:
    """Masked name for publication: 张三 -> 张*, 欧阳娜娜 -> 欧阳*, 阿依古丽·买买提 -> 阿*."""
    if len(name) > 2 and "·" not in name and name[:2] in _LONG_SURNAMES:
        return f"{name[:2]}*"
    return f"{name[:1]}*"


def _syllables(name: str) -> list[str]:
    name = name.strip()
    if "·" not in name:
        if len(name) > 2 and name[:2] in _LONG_SURNAMES:
            return _LONG_SURNAMES[name[:2]].split() + _readings(name[2:])
        if len(name) > 1 and name[0] in _SURNAME_READINGS:
            return [_SURNAME_READINGS[name[0]], *_readings(name[1:])]
    return _readings(name)


def _readings(text: str) -> list[str]:
    """Syllables of Han characters and whole words of anything else, in small letters."""
    syllables: list[str] = []
    for part in re.findall(rf"{_HAN}|[^\W_]+", text):
        syllables.append(_reading(part) if len(part) == 1 else part.lower())
    return syllables


@lru_cache(maxsize=10_000)
def _reading(char: str) -> str:
    return lazy_pinyin(char, style=Style.NORMAL)[0].lower()
