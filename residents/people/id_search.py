"""Search by certificate number, or by its last four digits with a name or a birth year.

Only for holders of the reveal right; at most five people; counted against the reveal limit and logged. The
digits go into no URL, log or page. A whole number is looked up by its keyed hash (blind index); four digits are
compared with the decrypted numbers of the few people whose name or birth year matches.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from community.people.id_numbers import read_id
from community.people.models import ID_COLUMN, Person
from community.people.search import person_word_condition
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.crypto import vault
from portal.hooks.search import SearchResults
from portal.hooks.secrets import SecretSearchResult
from portal.registers.search import result_table
from portal.values.id_numbers import is_resident_id
from portal.values.uscc import is_uscc
from residents.people.registers import PersonRegister
from residents.people.reveal_limit import LimitReached, count_reveal

MOST_FOUND = 5
MOST_COMPARED = 500
"""People whose numbers one search decrypts, a few milliseconds; a name that fits more of them is too short."""

# Fourteen digits are no phone. Other certificates begin with letters.
_NUMBER = re.compile(r"\d{14,}|^[A-Z]{1,3}\d{7,12}$")
_TAIL = re.compile(r"(?:(?:证件|身份证)?(?:尾号|[后末]四位|[后末]4位)[:：]?)?(\d{3}[\dX])")
_NAME_AND_TAIL = re.compile(r"([㐀-鿿·]{2,})(\d{3}[\dX])")
_YEAR = re.compile(r"((?:19|20)\d\d)(?:年生?|生)?")


@dataclass(frozen=True, slots=True)
class IdQuery:
    """A parsed search: a whole `number`, or the possible readings of a search by the last four digits.

    tails: pairs of birth year (None: not given) and last four; of two years either may be the last four.
    names: the words beside them.
    """

    number: str = ""
    tails: tuple[tuple[int | None, str], ...] = ()
    names: tuple[str, ...] = ()


def parse_id_query(text: str) -> IdQuery | None:
    """Parse a search by certificate number; None for an ordinary search."""
    plain = [unicodedata.normalize("NFKC", word).upper() for word in text.split()]
    for word in plain:
        if _NUMBER.search(word) and (is_resident_id(word) or not is_uscc(word)):
            return IdQuery(number=re.search(r"[\dA-Z].*", word).group())
    digits = "".join(word for word in plain if re.fullmatch(r"\d+X?", word))
    if is_resident_id(digits):
        return IdQuery(number=digits)
    return _read_tail(plain)


def _read_tail(plain: list[str]) -> IdQuery | None:
    words = list(itertools.chain.from_iterable(_split(word) for word in plain))
    tails = [match[1] for word in words if (match := _TAIL.fullmatch(word))]
    years = [int(match[1]) for word in words if (match := _YEAR.fullmatch(word)) and word not in tails]
    names = tuple(word.lower() for word in words if not any(char.isdigit() for char in word))
    if len(tails) + len(years) + len(names) < len(words):
        return None
    if len(tails) == 1 and (names or years):
        candidates = [(year, tails[0]) for year in years or [None]]
    elif len(tails) == 2:
        candidates = [
            (int(year), tail) for year, tail in itertools.permutations(tails) if _YEAR.fullmatch(year)
        ]
    else:
        return None
    return IdQuery(tails=tuple(candidates), names=names) if candidates else None


def _split(word: str) -> Iterator[str]:
    """张三1234 → 张三, 1234."""
    match = _NAME_AND_TAIL.fullmatch(word)
    return iter(match.groups() if match and not _TAIL.fullmatch(word) else (word,))


def search_by_id_number(
    words: IdQuery, access: Access, communities: Sequence[CommunityRef], request_id: str
) -> SecretSearchResult:
    """Search these communities for the people with the number."""
    places = [place for place in communities if access.can(Permission.PEOPLE_REVEAL, place)]
    if not places:
        return SecretSearchResult(_refused(words, access, communities, request_id))
    number = ""
    if words.number:
        reading = read_id(words.number)
        if reading.is_error:
            return SecretSearchResult(f"{reading.problem}。")
        number = reading.number
    try:
        count_reveal(access.user.pk)
    except LimitReached as reached:
        return SecretSearchResult(str(reached))
    tables, problems, remaining = [], [], MOST_FOUND
    for place in places:
        people = rows(Person, access, Permission.PEOPLE_REVEAL, place)
        ids, problem = _with_number(people, number) if number else _with_tail(people, words, access, place)
        ids = ids[:remaining]
        _log(AccessLog.Action.FIND, place, access, request_id, words, ids)
        if ids:
            remaining -= len(ids)
            tables.append((place, _table(ids, access, place)))
        if problem:
            problems.append(problem)
    if not tables and not problems:
        problems.append("没有找到证件号码相符的居民。")
    return SecretSearchResult("".join(dict.fromkeys(problems)), tuple(tables))


def _with_number(people, number: str) -> tuple[list[int], str]:
    matches = people.filter(id_hash=vault.blind_index(number, ID_COLUMN))
    return list(matches.values_list("pk", flat=True)), ""


def _with_tail(people, words: IdQuery, access: Access, community: CommunityRef) -> tuple[list[int], str]:
    """Ids of people whose number has these last digits, and a message when not all could be compared."""
    for name in words.names:
        people = people.filter(person_word_condition(name, access, community))
    people = people.filter(id_cipher__isnull=False).only("uuid", "id_cipher").order_by("name_key", "id")
    ids, problem = {}, ""
    for year, tail in words.tails:
        fitting = list((people.filter(birth_date__year=year) if year else people)[: MOST_COMPARED + 1])
        if len(fitting) > MOST_COMPARED:
            return [], "姓名或出生年份相符的人太多，请写全姓名后再查找。"
        for person in fitting:
            try:
                if person.read_id().endswith(tail):
                    ids[person.pk] = True
            except vault.SecretUnreadable:
                problem = "有证件号码无法读取，没有参加比对，请联系系统管理员检查密钥文件。"
    return list(ids), problem


def _table(ids: list[int], access: Access, community: CommunityRef) -> SearchResults:
    register = PersonRegister()
    people = list(register.rows(access, community).filter(pk__in=ids).order_by("name_key", "id"))
    table = result_table(register, access, community, people, count=len(people), order=-1)
    return replace(table, title="证件号码相符的居民")


def _refused(words: IdQuery, access: Access, communities, request_id: str) -> str:
    """Message for users without the right, the same whether or not somebody has the number."""
    if words.tails:
        return "四位数字只按电话和房屋查找；按证件号码后四位查找须有“查看完整证件号码”的权限。"
    for place in communities:
        _log(AccessLog.Action.DENIED, place, access, request_id, words)
    return "按证件号码查找须有“查看完整证件号码”的权限，您没有这项权限。"


def _log(action, place: CommunityRef, access: Access, request_id: str, words: IdQuery, ids=()) -> None:
    access_log.log_access(
        community_id=place.id,
        user_id=access.user.pk,
        action=action,
        subject=Person.stored_label,
        ids=ids,
        reason="按证件号码查找" if words.number else "按证件号码后四位查找",
        request_id=request_id,
    )
