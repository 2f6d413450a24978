"""Names of people in a text, with any spacing, but not common words such as 高兴 or 文明 that are also names."""

import re
from collections.abc import Collection, Iterator

_HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SEPARATOR = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff·•‧∙⋅・･.．*＊_-]")
"""Characters that may separate the characters of a name."""
_SHORT = 2
"""Length of names that may also be a word or parts of two words: they match only in a context that fits a name."""
# Words before and after a name in a sentence, which show that it is no part of a longer word.
_BEFORE = (
    "和与同跟及给为对由向被把是叫让请帮替送"
    " 慰问 看望 走访 探望 救助 帮助 帮扶 照顾 关心 护送 联系 居民 住户 户主 村民 业主 租户 老人 儿童 女孩 男孩 同志 家属 党员 学生 患者 病人"
    " 低保户 困难户 残疾人 低保对象 救助对象 户 属 女士 先生"
)
_AFTER = (
    "家的等和与及患因住被把给在是已有之户领获病说称将从由向"
    " 同志 女士 先生 老人 大爷 大妈 大娘 阿姨 奶奶 爷爷 叔叔 伯伯 师傅 老师 夫妇 夫妻 一家 本人 小朋友 生病 去世 身患 重病 残疾 申请 反映 家属"
    " 今年 现年 男 女"
)


def names_in(text: str, names: Collection[str], allowed: Collection[str] = ()) -> Iterator[str]:
    """Which of `names` occur in the text, each once, except `allowed` ones; a longer name hides those inside it."""
    plain, breaks = _without_separators(text)
    taken_spans: list[tuple[int, int]] = []
    for name in sorted({*names, *allowed}, key=lambda name: (-len(name), name)):
        name_text = _without_separators(name)[0]
        if len(name_text) < _SHORT or name_text not in plain:
            continue
        spans = [
            match.span()
            for match in re.finditer(re.escape(name_text), plain)
            if not any(start <= match.start() and match.end() <= end for start, end in taken_spans)
            and _fits_context(plain, breaks, *match.span())
        ]
        taken_spans += spans
        if spans and name not in allowed:
            yield name


def _without_separators(text: str) -> tuple[str, set[int]]:
    """The text without separators, and the positions of its characters before which a separator was removed."""
    plain: list[str] = []
    breaks: set[int] = set()
    for char in text:
        if _SEPARATOR.fullmatch(char):
            breaks.add(len(plain))
        else:
            plain.append(char)
    return "".join(plain), breaks


def _fits_context(plain: str, breaks: set[int], start: int, end: int) -> bool:
    """Whether a match can be a name: a long one anywhere, a short one only as a word of its own."""
    if end - start > _SHORT or not _HAN.match(plain[start]):
        return True
    before = (
        start == 0
        or start in breaks
        or not _HAN.match(plain[start - 1])
        or plain[:start].endswith(_WORDS_BEFORE)
    )
    return before and (
        end == len(plain)
        or end in breaks
        or not _HAN.match(plain[end])
        or plain.startswith(_WORDS_AFTER, end)
    )


def _words(listed: str) -> tuple[str, ...]:
    characters, *words = listed.split()
    return (*characters, *words)


_WORDS_BEFORE = _words(_BEFORE)
_WORDS_AFTER = _words(_AFTER)
