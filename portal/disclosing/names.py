"""Names of people in a text, however they are spaced, without taking every 高兴 and 文明 for a person."""

import re
from collections.abc import Collection, Iterator

_HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_INSIDE = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff·•‧∙⋅・･.．*＊_-]")
"""What may stand between the characters of a name."""
_SHORT = 2
"""Characters of a name that may be a word, or two halves of words: it counts only where a name can stand."""
# What stands before and after a name in a sentence, so that it is no part of a longer word.
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
    """Which of `names` stand in the text, each once. `allowed` names may; a longer one hides those inside it."""
    plain, breaks = _joined(text)
    taken: list[tuple[int, int]] = []
    for name in sorted({*names, *allowed}, key=lambda name: (-len(name), name)):
        sought = _joined(name)[0]
        if len(sought) < _SHORT or sought not in plain:
            continue
        spans = [
            match.span()
            for match in re.finditer(re.escape(sought), plain)
            if not any(start <= match.start() and match.end() <= end for start, end in taken)
            and _stands(plain, breaks, *match.span())
        ]
        taken += spans
        if spans and name not in allowed:
            yield name


def _joined(text: str) -> tuple[str, set[int]]:
    """The text without what may stand inside a name, and before which of its characters something was left out."""
    plain: list[str] = []
    breaks: set[int] = set()
    for char in text:
        if _INSIDE.fullmatch(char):
            breaks.add(len(plain))
        else:
            plain.append(char)
    return "".join(plain), breaks


def _stands(plain: str, breaks: set[int], start: int, end: int) -> bool:
    """Whether a name can stand there: a long one anywhere, a short one only as a word of its own."""
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
