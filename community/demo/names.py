"""Random names: surnames weighted by frequency, given names by generation."""

import random

# Surname -> weight; the hundred commonest carry about 85 % of people.
_COMMON = """
王 72 李 72 张 68 刘 54 陈 60 杨 31 黄 25 赵 23 周 28 吴 28 徐 22 孙 16 朱 18 马 13 胡 15 郭 12 林 18 何 13 高 11 罗 9
郑 14 梁 8 谢 9 宋 8 唐 7 许 8 邓 7 冯 6 韩 6 曹 6 曾 5 彭 5 萧 3 蔡 7 潘 9 田 5 董 6 袁 5 于 4 余 6 叶 14 蒋 6 杜 5
苏 5 魏 4 程 5 吕 8 丁 5 沈 7 任 4 姚 5 卢 5 傅 4 钟 6 姜 4 崔 3 谭 3 廖 3 范 4 汪 5 陆 5 金 7 石 3 戴 4 贾 3 韦 2 夏 4
邱 4 方 5 侯 2 邹 2 熊 2 孟 2 秦 2 白 2 江 4 阎 2 薛 2 尹 2 段 2 雷 4 黎 2 史 2 龙 2 陶 3 贺 2 毛 4 郝 1 顾 2 龚 2 邵 3
万 2 覃 1 武 1 钱 2 戚 1 章 4 俞 2 柳 2 施 3 应 3 项 3 梅 2 蓝 5 麻 2 练 1 季 3 刁 1 管 2 阙 2 欧阳 2 诸葛 1 上官 1
""".split()
_SURNAMES = _COMMON[::2]
_WEIGHTS = [int(weight) for weight in _COMMON[1::2]]
LONG_SURNAMES = tuple(surname for surname in _SURNAMES if len(surname) == 2)

# Last year of birth, then first and second characters of given names of men, then of women.
_GENERATIONS = (
    (
        1949,
        "国 金 根 福 德 永 志 文 树 炳 水 土 寿 长 明 进 世 有",
        "生 根 福 明 林 财 宝 水 荣 良 茂 法 昌 祥 土 贵 松 元",
        "秀 桂 玉 凤 菊 兰 素 月 翠 彩 春 金 银 爱 美 淑 荷 香",
        "英 兰 珍 花 娥 香 妹 仙 莲 琴 凤 云 芝 娟 芬 梅 女 珠",
    ),
    (
        1964,
        "建 国 志 卫 永 新 伟 文 光 正 林 荣 明 德 春 庆 和 立",
        "国 平 华 民 军 东 明 强 忠 良 生 根 兴 民 林 祥 武 跃",
        "秀 丽 玉 美 建 爱 惠 桂 月 春 慧 淑 小 雪 凤 亚 素 红",
        "英 华 珍 芳 萍 琴 芬 娟 梅 玲 兰 云 仙 香 敏 霞 莲 红",
    ),
    (
        1979,
        "建 志 伟 小 晓 海 文 永 俊 勇 利 立 国 军 正 林 旭 少",
        "军 平 华 明 勇 强 斌 波 峰 忠 刚 东 伟 林 辉 新 杰 武",
        "丽 晓 小 秀 美 玉 燕 雪 海 红 春 素 慧 文 建 爱 雅 益",
        "芳 萍 燕 红 玲 琴 霞 敏 娟 华 芬 英 君 珍 飞 梅 丽 平",
    ),
    (
        1994,
        "俊 晓 伟 志 海 鹏 文 建 旭 凯 振 宇 少 明 佳 益 子 星",
        "杰 峰 波 伟 斌 超 鹏 辉 飞 磊 涛 凯 敏 军 翔 宇 健 龙",
        "晓 丽 雅 佳 婷 雪 静 慧 文 海 巧 春 思 美 梦 倩 莹 露",
        "燕 婷 静 芳 娜 丹 琴 君 敏 洁 青 蕾 莉 倩 慧 雯 霞 琼",
    ),
    (
        2009,
        "子 浩 嘉 俊 宇 泽 文 梓 志 天 凯 铭 鑫 佳 睿 晨 一 明",
        "轩 杰 豪 涛 宇 浩 阳 鑫 鹏 航 毅 楠 凯 鸣 涵 睿 哲 扬",
        "雨 思 欣 子 佳 梦 雅 诗 嘉 紫 怡 晨 语 静 可 婧 梓 心",
        "涵 怡 欣 婷 妍 琪 萱 雯 瑶 悦 彤 颖 慧 琳 蕾 倩 晗 彦",
    ),
    (
        9999,
        "子 浩 宇 梓 沐 奕 亦 泽 一 承 锦 景 俊 嘉 云 知 以 辰",
        "轩 辰 宸 泽 睿 航 霖 晨 洋 恒 阳 熙 铭 然 言 安 霆 哲",
        "梓 欣 诗 雨 可 语 沐 若 一 芷 锦 依 佳 清 书 知 心 念",
        "涵 萱 琪 诺 妍 汐 彤 怡 瑶 悦 宁 桐 晴 溪 玥 瑾 然 安",
    ),
)
_PLAIN = {"M": "伟 强 军 勇 杰 斌 波 峰 鹏 超 磊 涛 浩 凯", "F": "芳 燕 敏 静 丽 婷 娟 霞 红 玲 洁 倩 琳 颖"}


def surname(rng: random.Random) -> str:
    return rng.choices(_SURNAMES, _WEIGHTS)[0]


def given_name(rng: random.Random, sex: str, year: int) -> str:
    """A given name typical of the year of birth; single characters are common for 1965-1999."""
    if 1965 <= year < 2000 and rng.random() < 0.22:
        return rng.choice(_PLAIN[sex].split())
    _, *men_women = next(generation for generation in _GENERATIONS if year <= generation[0])
    first, second = men_women[:2] if sex == "M" else men_women[2:]
    head = rng.choice(first.split())
    tail = rng.choice([char for char in second.split() if char != head])
    return head + tail


def full_name(rng: random.Random, sex: str, year: int) -> str:
    return surname(rng) + given_name(rng, sex, year)
