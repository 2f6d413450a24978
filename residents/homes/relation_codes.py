"""Family relations (与户主关系) by GB/T 4761: the word as written and its class."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# GB/T 4761-2008, two digits: code -> label.
LABELS = {
    "01": "本人", "02": "户主",
    "10": "配偶", "11": "夫", "12": "妻",
    "20": "子", "21": "独生子", "22": "长子", "23": "次子", "24": "三子", "25": "四子", "26": "五子",
    "27": "养子或继子", "28": "女婿", "29": "其他儿子",
    "30": "女", "31": "独生女", "32": "长女", "33": "次女", "34": "三女", "35": "四女", "36": "五女",
    "37": "养女或继女", "38": "儿媳", "39": "其他女儿",
    "40": "孙子、孙女或外孙子、外孙女", "41": "孙子", "42": "孙女", "43": "外孙子", "44": "外孙女",
    "45": "孙媳妇或外孙媳妇", "46": "孙女婿或外孙女婿", "47": "曾孙子或外曾孙子", "48": "曾孙女或外曾孙女",
    "49": "其他孙子、孙女或外孙子、外孙女",
    "50": "父母", "51": "父亲", "52": "母亲", "53": "公公", "54": "婆婆", "55": "岳父", "56": "岳母",
    "57": "继父或养父", "58": "继母或养母", "59": "其他父母关系",
    "60": "祖父母或外祖父母", "61": "祖父", "62": "祖母", "63": "外祖父", "64": "外祖母",
    "65": "配偶的祖父母或外祖父母", "66": "曾祖父", "67": "曾祖母", "68": "配偶的曾祖父母或外曾祖父母",
    "69": "其他祖父母或外祖父母关系",
    "70": "兄弟姐妹", "71": "兄", "72": "嫂", "73": "弟", "74": "弟媳", "75": "姐姐", "76": "姐夫", "77": "妹妹",
    "78": "妹夫", "79": "其他兄弟姐妹",
    "80": "其他", "81": "伯父", "82": "伯母", "83": "叔父", "84": "婶母", "85": "舅父", "86": "舅母", "87": "姨父",
    "88": "姨母", "89": "姑父", "90": "姑母", "91": "堂兄弟、堂姐妹", "92": "表兄弟、表姐妹", "93": "侄子", "94": "侄女",
    "95": "外甥", "96": "外甥女", "97": "其他亲属", "99": "非亲属",
}  # fmt: skip

# Synonyms of the labels, as found in files.
_WORDS = {
    # 本人 in a column 与户主关系 is the head.
    "02": "户主 本人 本户户主 户主本人 本人(户主) 本人或户主 户主(本人)",
    "10": "配偶 爱人 对象 老伴 夫妻 夫妇",
    "11": "夫 丈夫 老公 先生",
    "12": "妻 妻子 老婆 太太 媳妇",
    "20": "子 儿子 儿 小儿子 幼子 男孩",
    "21": "独生子 独子",
    "22": "长子 大儿子 大儿 大子",
    "23": "次子 二子 二儿子 二儿",
    "24": "三子 三儿子",
    "25": "四子 四儿子",
    "26": "五子 五儿子",
    "27": "养子 继子 养子或继子",
    "28": "女婿 婿",
    "29": "其他儿子 六子",
    "30": "女 女儿 小女儿 幼女 女孩",
    "31": "独生女 独女",
    "32": "长女 大女儿 大女",
    "33": "次女 二女 二女儿",
    "34": "三女 三女儿",
    "35": "四女 四女儿",
    "36": "五女 五女儿",
    "37": "养女 继女 养女或继女",
    "38": "儿媳 儿媳妇 媳",
    "39": "其他女儿 六女",
    "40": "孙辈 孙儿 孙子女",
    "41": "孙 孙子 长孙 次孙",
    "42": "孙女 长孙女 次孙女",
    "43": "外孙 外孙子 外孙儿",
    "44": "外孙女",
    "45": "孙媳 孙媳妇 外孙媳妇 外孙媳",
    "46": "孙女婿 外孙女婿 孙婿",
    "47": "曾孙 曾孙子 重孙 重孙子 外曾孙 外曾孙子 曾外孙",
    "48": "曾孙女 重孙女 外曾孙女 曾外孙女",
    "50": "父母",
    "51": "父 父亲 爸爸 爸",
    "52": "母 母亲 妈妈 妈",
    "53": "公公 夫之父",
    "54": "婆婆 夫之母",
    "55": "岳父 丈人 妻之父",
    "56": "岳母 丈母娘 妻之母",
    "57": "继父 养父",
    "58": "继母 养母",
    "60": "祖父母 外祖父母",
    "61": "祖父 爷爷",
    "62": "祖母 奶奶",
    "63": "外祖父 外公 姥爷",
    "64": "外祖母 外婆 姥姥",
    "66": "曾祖父 太爷爷",
    "67": "曾祖母 太奶奶",
    "70": "兄弟 姐妹 兄妹 姐弟 兄弟姐妹",
    "71": "兄 哥 哥哥 兄长",
    "72": "嫂 嫂子 嫂嫂",
    "73": "弟 弟弟 胞弟",
    "74": "弟媳 弟媳妇 弟妹 弟妇",
    "75": "姐 姐姐 姊",
    "76": "姐夫",
    "77": "妹 妹妹 胞妹",
    "78": "妹夫 妹婿",
    "80": "其他 其它 其他关系",
    "81": "伯父 伯伯 大伯",
    "82": "伯母 大伯母",
    "83": "叔父 叔叔 叔",
    "84": "婶母 婶婶 婶",
    "85": "舅父 舅舅 舅",
    "86": "舅母 舅妈",
    "87": "姨父 姨夫 姨丈",
    "88": "姨母 阿姨(亲属) 姨妈 姨",
    "89": "姑父 姑夫 姑丈",
    "90": "姑母 姑姑 姑妈 姑",
    "91": "堂兄弟 堂姐妹 堂兄 堂弟 堂姐 堂妹 堂哥",
    "92": "表兄弟 表姐妹 表兄 表弟 表姐 表妹 表哥",
    "93": "侄子 侄 侄儿",
    "94": "侄女",
    "95": "外甥 外甥子",
    "96": "外甥女",
    "97": "其他亲属 亲属 亲戚 其他亲戚",
    "99": (
        "非亲属 无亲属关系 租客 租户 租住 承租人 承租 房客 合租 合租人 室友 保姆 住家保姆 阿姨 护工 月嫂 家政 寄住 寄居 借住"
        " 借宿 寄养 朋友 同事 同学 同住人 同居人 员工 工友 雇员 房东 暂住"
    ),
}
_CODES = {word: code for code, words in _WORDS.items() for word in words.split()}
_CODES |= {label: code for code, label in LABELS.items() if label not in _CODES}
_PREFIX = re.compile(r"^(?:系|是)?(?:与)?户主(?:的|之|系|:)?(?=.)|^(?:之|的|其|系)(?=.)")
_BY_SEX = {
    "子女": ("20", "30"),
    "孙子女": ("41", "42"),
    "外孙子女": ("43", "44"),
    "孩子": ("20", "30"),
    "小孩": ("20", "30"),
}


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation word as written, its two-digit class code (GB/T 4761) and its label.

    ``code`` is "" for words that are not known; ``is_relative`` is false for tenants, nannies and lodgers.
    """

    word: str
    code: str
    label: str
    is_head: bool = False
    is_relative: bool = True


@lru_cache(maxsize=2_000)
def read_relation(text: str, sex: str = "") -> Relation | None:
    """The relation in a cell; None for a blank cell; code "" for an unknown word.

    ``sex`` ("M", "F") decides words for both sexes, such as 子女.
    """
    word = "".join(unicodedata.normalize("NFKC", text).split()).strip("。.,、;")
    if not word or word in ("-", "/", "—"):
        return None
    code = _code_of(word, sex)
    return Relation(text.strip(), code, LABELS.get(code, ""), code in ("01", "02"), code != "99")


_OF_ONE_SEX = {
    "M": "11 20 21 22 23 24 25 26 27 28 29 41 43 46 47 51 53 55 57 61 63 71 73 76 78 81 83 85 87 89 93 95",
    "F": "12 30 31 32 33 34 35 36 37 38 39 42 44 45 48 52 54 56 58 62 64 72 74 75 77 82 84 86 88 90 94 96",
}
_SEX = {code: sex for sex, codes in _OF_ONE_SEX.items() for code in codes.split()}


def contradicts_sex(word: str, sex: str) -> bool:
    """Whether only somebody of the other sex is in this relation to the head: 妻 for a man."""
    relation = read_relation(word, sex)
    return bool(sex and relation and _SEX.get(relation.code, sex) != sex)


def _code_of(word: str, sex: str) -> str:
    if word in LABELS:
        return word
    for form in (word, word.split("(")[0], _PREFIX.sub("", word)):
        if form in _BY_SEX and sex:
            return _BY_SEX[form][sex == "F"]
        if form in _CODES:
            return _CODES[form]
    return ""
