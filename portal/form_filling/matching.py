"""Matching of a form's columns to fields of a register: by the header's words, its group, and the accepted values.

Every proposal has a confidence in per cent and a reason. There is no list of known forms: every header is parsed
word by word.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.form_filling.layout import FormColumn
from portal.spreadsheets.headers import header_key

SURE = 60
"""Least confidence with which a field is proposed; below it the clerk chooses."""
_IN_BRACKETS = re.compile(r"\([^)]*\)|（[^）]*）|\[[^\]]*\]")
_TAIL = re.compile(r"(?:情况|信息|状况|说明|一栏|全称)$")
_QUALIFIED = re.compile(r"拟|原|曾|前|上次|上年|非|未|无|应|已|是否|新")
"""Prefixes that change the meaning of a name."""
_LINKS = re.compile(r"^(?:的|之|与|:)+")


@dataclass(frozen=True, slots=True)
class FillField:
    """A field that the register can fill in.

    names: names used in headers, the usual one first. kind: text, number, date or flag (是/否).
    means: (word) -> meaning of a drop-down's choice, None if unknown; choices with equal meanings are synonyms.
    subject: whose field it is, empty for the person of the row. secret: a full certificate number.
    asked: proposed only for its exact name, because its content is sensitive.
    """

    key: str
    label: str
    names: tuple[str, ...] = ()
    kind: str = "text"
    meaning_of: Callable[[str], object] | None = None
    subject: str = ""
    secret: bool = False
    is_exact_only: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Fields of a register, and words by which headers refer to people.

    subjects: word -> subject of fields, None for people of whom the register has no data.
    own: words for the person of the row (老人, 学生). left: pattern -> reason why such a column stays empty.
    """

    fields: Sequence[FillField]
    subjects: Mapping[str, str | None] = field(default_factory=dict)
    own_words: Sequence[str] = ()
    omitted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Proposed field for a column: its key ("" for none), the confidence in per cent, and the reason as a sentence."""

    key: str
    percent: int
    reason: str


class Matcher:
    """Matches headers to the fields of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary):
        self._vocabulary = vocabulary
        self._by_name: dict[str, dict[str, FillField]] = {}
        for one in vocabulary.fields:
            names = self._by_name.setdefault(one.subject, {})
            for name in (one.label, *one.names):
                names.setdefault(header_key(name), one)
        self._subjects = sorted(vocabulary.subjects, key=len, reverse=True)
        self._own = sorted(vocabulary.own_words, key=len, reverse=True)

    def propose(self, column: FormColumn) -> Proposal:
        """Field that a column most likely means."""
        key = header_key(column.name)
        for pattern, reason in self._vocabulary.omitted.items():
            if re.search(pattern, key):
                return Proposal("", 0, reason)
        candidates = self._by_words(key)
        if isinstance(candidates, Proposal):
            return candidates
        scored = [(self._with_hints(one, percent, column), why, one) for one, percent, why in candidates]
        if not scored:
            return self._by_choices(column)
        percent, why, best = max(scored, key=lambda one: one[0])
        if percent < SURE:
            guess = self._by_choices(column)
            return guess if guess.key else Proposal("", percent, f"可能是“{best.label}”，请选择")
        return Proposal(best.key, percent, why)

    def _by_words(self, key: str) -> list[tuple[FillField, int, str]] | Proposal:
        """Candidate fields by the words of a header, with confidence and reason; or the proposal to leave it empty."""
        levels = [level for level in key.split(".") if level]
        joined, last = "".join(levels), levels[-1] if levels else ""
        own_fields = self._by_name.get("", {})
        everybody = {name: one for names in self._by_name.values() for name, one in names.items()}
        for name in (key, joined):
            if name in own_fields:
                return [(own_fields[name], 100, f"与“{own_fields[name].label}”同名")]
        subject, word, remainder = self._subject(levels)
        if word and subject is None:
            return Proposal("", 0, f"说的是{word}，台账里没有登记")
        names = self._by_name.get(subject or "", {})
        if word:
            remainder = _LINKS.sub("", remainder) or "姓名"
            return [
                (one, min(percent, 97), f"说的是{word}的{one.label.removeprefix(word)}")
                for one, percent in self._similar_fields(remainder, names)
            ]
        candidates = [
            (one, percent if len(levels) == 1 else min(percent, 96), self._why(one, percent))
            for one, percent in self._similar_fields(last, names)
        ]
        if len(levels) > 1:
            # The group may change the meaning: 小计 below 领取金额 is not the same as 小计 alone.
            candidates += [
                (one, percent - 4, self._why(one, percent))
                for one, percent in self._similar_fields(joined, everybody)
            ]
            upper = "".join(levels[:-1])
            if not self._is_plain_group(upper):
                candidates = [(one, percent - 15, why) for one, percent, why in candidates]
        return candidates

    def _subject(self, levels: Sequence[str]) -> tuple[str | None, str, str]:
        """Person that a header refers to: the subject, the word for it, and the rest of the name."""
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
        """Whether a group's name carries no meaning for its columns: 基本信息, 老人情况."""
        remainder = re.sub(
            r"(?:基本|个人|家庭|人员|身份|居住|户籍|联系|信息|情况|资料|概况|数据|登记|成员|一栏)+", "", upper
        )
        return not remainder or remainder in self._own

    def _similar_fields(self, name: str, names: Mapping[str, FillField]) -> list[tuple[FillField, int]]:
        """Fields whose name equals or resembles this one, with confidence."""
        if name in names:
            return [(names[name], 100)]
        plain = _IN_BRACKETS.sub("", name)
        if plain in names:
            return [(names[plain], 96)]
        for word in self._own:
            remainder = _LINKS.sub("", plain.removeprefix(header_key(word)))
            if plain.startswith(header_key(word)) and remainder in names:
                return [(names[remainder], 92)]
        shorter = _TAIL.sub("", plain)
        if shorter != plain and shorter in names:
            return [(names[shorter], 88)]
        best_by_key: dict[str, tuple[FillField, int]] = {}
        for field_name, one in names.items():
            percent = _likeness(plain, field_name)
            if percent and percent > best_by_key.get(one.key, (one, 0))[1]:
                best_by_key[one.key] = (one, percent)
        return [(one, percent) for one, percent in best_by_key.values() if not one.is_exact_only]

    @staticmethod
    def _why(one: FillField, percent: int) -> str:
        if percent == 100:
            return f"与“{one.label}”同名"
        return f"与“{one.label}”说法相近" if percent >= 85 else f"与“{one.label}”字面相近，请核对"

    def _with_hints(self, one: FillField, percent: int, column: FormColumn) -> int:
        """Confidence adjusted by whether the column accepts the field's values."""
        if column.closed and one.meaning_of:
            share = _share_of_known_choices(column.choices, one)
            percent += 6 if share >= 0.7 else -45 if share < 0.3 else 0
        elif (column.closed and one.kind in ("date", "number")) or (column.closed and one.secret):
            percent -= 40
        if column.date:
            percent += 4 if one.kind == "date" else -40
        return max(0, min(100, percent))

    def _by_choices(self, column: FormColumn) -> Proposal:
        """Proposal by the drop-down's choices alone, if they fit exactly one field."""
        if column.closed and len(column.choices) >= 2:
            fitting = [
                one
                for one in self._vocabulary.fields
                if one.meaning_of and one.kind == "text" and not one.subject and not one.is_exact_only
                and _share_of_known_choices(column.choices, one) >= 0.8
            ]  # fmt: skip
            if len(fitting) == 1:
                return Proposal(fitting[0].key, 70, f"下拉选项都是“{fitting[0].label}”的内容，请核对")
        return Proposal("", 0, "没有相符的项目")


def _share_of_known_choices(choices: Sequence[str], one: FillField) -> float:
    words = [without_number(choice) for choice in choices]
    return sum(one.meaning_of(word) is not None for word in words) / len(words)


def without_number(choice: str) -> str:
    """A choice without its leading number: `1.男`, `01-汉族`."""
    return re.sub(r"^\s*[0-9A-Za-z]{1,3}\s*[.、\-—:：_ ]\s*(?=\S)", "", choice).strip()


def _likeness(name: str, field_name: str) -> int:
    """Similarity of two names in per cent; 0 if too low to mean anything."""
    qualified = _QUALIFIED.match(name)
    if not name or not field_name or (qualified and not field_name.startswith(qualified.group())):
        return 0
    if len(field_name) >= 2 and name.endswith(field_name) and name != field_name:
        # 监护单位电话 ends with 电话, but the words do not tell whose it is.
        return 50
    if len(field_name) >= 3 and name.startswith(field_name):
        return 70
    if len(name) >= 3 and field_name.startswith(name):
        return 66
    pairs, others = _pairs(name), _pairs(field_name)
    if min(len(pairs), len(others)) < 2:
        return 0
    dice = 2 * len(pairs & others) / (len(pairs) + len(others))
    return int(40 + 45 * dice) if dice >= 0.6 else 0


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)}
