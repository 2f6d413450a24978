"""The category of a row of a book: as its column says, else as the words of its summary propose."""

from collections.abc import Iterable

from community.finance.models import FinanceCategory
from portal.spreadsheets.values import normalise

UNSORTED = "未分类"
_ENDINGS = ("费用", "支出", "收入", "补贴", "费", "款", "金")
_HINTS = (
    ("办公", "打印 复印 纸 墨 硒鼓 文具 笔 电脑 耗材"),
    ("水电", "水费 电费"),
    ("电话", "话费 手机 座机"),
    ("通讯", "话费 手机 宽带 网费"),
    ("维修", "维修 修理 更换 修缮"),
    ("交通", "车票 打车 加油 公交"),
    ("慰问", "慰问 看望 走访"),
    ("宣传", "横幅 海报 展板 标语 印刷"),
    ("会议", "会议 茶水 矿泉水"),
    ("活动", "活动 比赛 演出 联欢"),
    ("市场", "市场 摊位"),
    ("捐", "捐赠 捐款 爱心"),
    ("保洁", "保洁 垃圾 清扫"),
    ("工资", "工资 劳务 补助"),
)
"""A word of a category's name, and words of summaries that mean it."""


class CategoryFinder:
    """Finds categories of a community by name and by the words of summaries."""

    def __init__(self, categories: Iterable[FinanceCategory]):
        categories = list(categories)
        self.by_name = {(row.direction, normalise(row.name)): row for row in categories}
        self.by_id = {row.pk: row for row in categories}
        self._words = {
            direction: [(word, row) for row in categories if row.direction == direction and row.is_active
                        and row.name != UNSORTED for word in _words_of(row)]
            for direction in {row.direction for row in categories}
        }  # fmt: skip
        self._proposed: dict[tuple[str, str], FinanceCategory | None] = {}

    def named(self, direction: str, name: str) -> FinanceCategory | None:
        return self.by_name.get((direction, normalise(name)))

    def proposed(self, direction: str, summary: str) -> FinanceCategory | None:
        """The category with the longest word in the summary; 未分类 if there is none; None if that is not there yet."""
        key = direction, summary
        if key not in self._proposed:
            matches = [(len(word), row) for word, row in self._words.get(direction, ()) if word in summary]
            longest = max(matches, key=lambda match: match[0], default=None)
            self._proposed[key] = longest[1] if longest else self.named(direction, UNSORTED)
        return self._proposed[key]


def _words_of(category: FinanceCategory) -> set[str]:
    name = normalise(category.name)
    stem = next((name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)), name)
    words = {name, stem} if len(stem) > 1 else {name}
    for word, hints in _HINTS:
        if word in name:
            words |= set(hints.split())
    return words
