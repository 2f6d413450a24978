"""Which field of a register a form's column means: by its words, what stands above it, and what it takes.

Every proposal says how sure it is, in per cent, and why. Nothing is looked up by file: a header that nobody has
seen is read word by word like any other.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.filling.layout import FormColumn
from portal.spreadsheets.headers import header_key

SURE = 60
"""From here on a field is proposed; what is less sure is left to the clerk."""
_IN_BRACKETS = re.compile(r"\([^)]*\)|（[^）]*）|\[[^\]]*\]")
_TAIL = re.compile(r"(?:情况|信息|状况|说明|一栏|全称)$")
_QUALIFIED = re.compile(r"拟|原|曾|前|上次|上年|非|未|无|应|已|是否|新")
"""With one of these before it a name means something else than without."""
_LINKS = re.compile(r"^(?:的|之|与|:)+")


@dataclass(frozen=True, slots=True)
class Field:
    """Something the register can fill in.

    names: what it is called in headers, the first one its own. kind: text, number, date or flag (是/否).
    means: (word) -> what a word of a drop-down means, None for a word that means nothing here; equal meanings are
    the same. subject: whose it is, empty for the person of the row. secret: a full certificate number.
    asked: proposed only by its exact name, since what it holds is not for everybody.
    """

    key: str
    label: str
    names: tuple[str, ...] = ()
    kind: str = "text"
    means: Callable[[str], object] | None = None
    subject: str = ""
    secret: bool = False
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The fields of a noun, and words by which headers speak of somebody.

    subjects: word -> subject of fields, None for somebody of whom the register holds nothing.
    own: words for the person of the row (老人, 学生). left: pattern -> why such a column stays empty.
    """

    fields: Sequence[Field]
    subjects: Mapping[str, str | None] = field(default_factory=dict)
    own: Sequence[str] = ()
    left: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for a column: the field's key ("" for none), per cent, and the reason as a sentence."""

    key: str
    percent: int
    reason: str


class Matcher:
    """Reads headers by a vocabulary."""

    def __init__(self, vocabulary: Vocabulary):
        self._vocabulary = vocabulary
        self._by_name: dict[str, dict[str, Field]] = {}
        for one in vocabulary.fields:
            names = self._by_name.setdefault(one.subject, {})
            for name in (one.label, *one.names):
                names.setdefault(header_key(name), one)
        self._subjects = sorted(vocabulary.subjects, key=len, reverse=True)
        self._own = sorted(vocabulary.own, key=len, reverse=True)

    def propose(self, column: FormColumn) -> Proposal:
        """The field that a column most likely means."""
        key = header_key(column.name)
        for pattern, reason in self._vocabulary.left.items():
            if re.search(pattern, key):
                return Proposal("", 0, reason)
        found = self._by_words(key)
        if isinstance(found, Proposal):
            return found
        scored = [(self._with_hints(one, percent, column), why, one) for one, percent, why in found]
        if not scored:
            return self._by_choices(column)
        percent, why, best = max(scored, key=lambda one: one[0])
        if percent < SURE:
            guess = self._by_choices(column)
            return guess if guess.key else Proposal("", percent, f"也许是“{best.label}”，把握不大，请自己选")
        return Proposal(best.key, percent, why)

    def _by_words(self, key: str) -> list[tuple[Field, int, str]] | Proposal:
        """Fields by the words of a header with how sure they are, or the reason why there is none."""
        levels = [level for level in key.split(".") if level]
        whole, last = "".join(levels), levels[-1] if levels else ""
        own = self._by_name.get("", {})
        everybody = {name: one for names in self._by_name.values() for name, one in names.items()}
        for name in (key, whole):
            if name in own:
                return [(own[name], 100, f"与“{own[name].label}”同名")]
        subject, word, rest = self._subject(levels)
        if word and subject is None:
            return Proposal("", 0, f"说的是{word}，台账里没有登记")
        names = self._by_name.get(subject or "", {})
        if word:
            rest = _LINKS.sub("", rest) or "姓名"
            return [
                (one, min(percent, 97), f"说的是{word}的{one.label.removeprefix(word)}")
                for one, percent in self._near(rest, names)
            ]
        found = [
            (one, percent if len(levels) == 1 else min(percent, 96), self._why(one, percent))
            for one, percent in self._near(last, names)
        ]
        if len(levels) > 1:
            # A group that says something of its own: 领取金额 above 小计 means another thing than 小计.
            found += [
                (one, percent - 4, self._why(one, percent)) for one, percent in self._near(whole, everybody)
            ]
            upper = "".join(levels[:-1])
            if not self._is_plain_group(upper):
                found = [(one, percent - 15, why) for one, percent, why in found]
        return found

    def _subject(self, levels: Sequence[str]) -> tuple[str | None, str, str]:
        """Of whom a header speaks: subject, the word for it, and what is left of the name."""
        *uppers, last = levels or [""]
        for word in self._subjects:
            key = header_key(word)
            if last.startswith(key) and last != key:
                return self._vocabulary.subjects[word], word, last.removeprefix(key)
        for word in self._subjects:
            if any(header_key(word) in upper for upper in uppers):
                return self._vocabulary.subjects[word], word, last
        for word in self._subjects:
            if last == header_key(word):
                return self._vocabulary.subjects[word], word, ""
        return "", "", last

    def _is_plain_group(self, upper: str) -> bool:
        """Whether a group's name says nothing besides whose data stand below: 基本信息, 老人情况."""
        rest = re.sub(
            r"(?:基本|个人|家庭|人员|身份|居住|户籍|联系|信息|情况|资料|概况|数据|登记|成员|一栏)+", "", upper
        )
        return not rest or rest in self._own

    def _near(self, name: str, names: Mapping[str, Field]) -> list[tuple[Field, int]]:
        """Fields whose names are this one, or like it."""
        if name in names:
            return [(names[name], 100)]
        plain = _IN_BRACKETS.sub("", name)
        if plain in names:
            return [(names[plain], 96)]
        for word in self._own:
            rest = _LINKS.sub("", plain.removeprefix(header_key(word)))
            if plain.startswith(header_key(word)) and rest in names:
                return [(names[rest], 92)]
        shorter = _TAIL.sub("", plain)
        if shorter != plain and shorter in names:
            return [(names[shorter], 88)]
        found: dict[str, tuple[Field, int]] = {}
        for known, one in names.items():
            percent = _likeness(plain, known)
            if percent and percent > found.get(one.key, (one, 0))[1]:
                found[one.key] = (one, percent)
        return [(one, percent) for one, percent in found.values() if not one.asked]

    @staticmethod
    def _why(one: Field, percent: int) -> str:
        if percent == 100:
            return f"与“{one.label}”同名"
        return f"与“{one.label}”说法相近" if percent >= 85 else f"与“{one.label}”字面相近，请核对"

    def _with_hints(self, one: Field, percent: int, column: FormColumn) -> int:
        """Surer where the column takes what the field holds, less sure where it does not."""
        if column.closed and one.means:
            share = _understood(column.choices, one)
            percent += 6 if share >= 0.7 else -45 if share < 0.3 else 0
        elif (column.closed and one.kind in ("date", "number")) or (column.closed and one.secret):
            percent -= 40
        if column.date:
            percent += 4 if one.kind == "date" else -40
        return max(0, min(100, percent))

    def _by_choices(self, column: FormColumn) -> Proposal:
        """By the words of the drop-down alone, where only one field has such words."""
        if column.closed and len(column.choices) >= 2:
            fitting = [
                one
                for one in self._vocabulary.fields
                if one.means and one.kind == "text" and not one.subject and not one.asked
                and _understood(column.choices, one) >= 0.8
            ]  # fmt: skip
            if len(fitting) == 1:
                return Proposal(fitting[0].key, 70, f"下拉选项都是“{fitting[0].label}”的内容，请核对")
        return Proposal("", 0, "没有相符的项目")


def _understood(choices: Sequence[str], one: Field) -> float:
    words = [bare(choice) for choice in choices]
    return sum(one.means(word) is not None for word in words) / len(words)


def bare(choice: str) -> str:
    """A choice without the number before it: `1.男`, `01-汉族`."""
    return re.sub(r"^\s*[0-9A-Za-z]{1,3}\s*[.、\-—:：_ ]\s*(?=\S)", "", choice).strip()


def _likeness(name: str, known: str) -> int:
    """How much two names look alike, in per cent; 0 where that says nothing."""
    qualified = _QUALIFIED.match(name)
    if not name or not known or (qualified and not known.startswith(qualified.group())):
        return 0
    if len(known) >= 2 and name.endswith(known) and name != known:
        # 监护单位电话 ends like 电话: whose it is, nobody can tell from the words.
        return 50
    if len(known) >= 3 and name.startswith(known):
        return 70
    if len(name) >= 3 and known.startswith(name):
        return 66
    pairs, others = _pairs(name), _pairs(known)
    if min(len(pairs), len(others)) < 2:
        return 0
    dice = 2 * len(pairs & others) / (len(pairs) + len(others))
    return int(40 + 45 * dice) if dice >= 0.6 else 0


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)}
