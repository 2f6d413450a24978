"""Communities of invented people, written by a few statements each. History is left out: nothing measured reads it."""

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, models
from django.utils import timezone

from community.accounts.models import RoleAssignment, User
from community.bulletins.models.bulletin import Bulletin, BulletinVersion
from community.bulletins.snapshot import compute_sections, take_snapshot
from community.communities.models import Community, Street
from community.notices.models import PublicNotice
from community.objections.models import Objection
from community.objections.tracking_codes import code_hash
from community.people.models import Person
from community.places.models import Building, Stairwell
from portal.access.db_scope import scope
from residents.homes.models import Dwelling, Household, Residence
from services.requests.models import Request
from tests.benchmarks.sizes import SIZES

_APART = 100_000_000
"""Ids of one community's rows start here times its own; the sequences stay below."""

_SURNAMES = "王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 马ma 朱zhu 胡hu 郭guo 何he 林lin 高gao 梁liang"
_GIVEN = (
    "伟wei 芳fang 娜na 敏min 静jing 丽li 强qiang 磊lei 军jun 洋yang 勇yong 艳yan 杰jie 娟juan 涛tao 明ming 超chao"
    " 秀xiu 霞xia 平ping 刚gang 桂gui 英ying 华hua 文wen 玉yu 兰lan 红hong 建jian 国guo 志zhi 海hai 晓xiao 春chun"
)


def empty() -> None:
    """Leave no row of an earlier run."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE community_street, community_user, django_session CASCADE")


def director() -> User:
    """Whoever looks at the lists: director of the first community only."""
    user = User.objects.using("owner").create(username="bench", name="测试", password="!")
    RoleAssignment.objects.using("owner").create(
        user=user, role="director", community=_communities()[0], start="2024-01-01"
    )
    return User.objects.get(pk=user.pk)


def _communities():
    """Those that grow; what measures books and donations makes some of its own."""
    return Community.objects.using("owner").filter(code__startswith="bench").order_by("id")


def grow(communities: int) -> None:
    """Add communities until there are as many."""
    street, _ = Street.objects.using("owner").get_or_create(code="331102001", name="岩泉街道")
    have = _communities().count()
    new = [
        Community.objects.using("owner").create(code=f"bench{n}", name=f"第{n}社区", street=street).pk
        for n in range(have, communities)
    ]
    _write(new, SIZES.community)


def grow_requests(communities: int) -> None:
    """Requests in the first communities, most of them closed, and as many as there are people."""
    owner = User.objects.using("owner").get(username="bench").pk
    with _bulk(Request) as cursor:
        for community in _communities().values_list("pk", flat=True)[:communities]:
            if not Request.objects.using("owner").filter(community_id=community).exists():
                _requests(cursor, community, SIZES.community, owner)


def _requests(cursor, community: int, number: int, owner: int) -> None:
    """One in fifty is open, and one in five of these late; received over three years to the end of November 2026."""
    received = f"timestamptz '2026-11-30 09:00+08' - make_interval(hours => n * 26280 / {number})"
    is_open = "n % 50 = 0"
    _insert(
        cursor, community, Request, f"generate_series(0, {number - 1}) n",
        id=f"{community * _APART} + n",
        state=f"CASE WHEN n % 250 = 0 THEN 'new' WHEN {is_open} THEN 'in_hand' WHEN n % 3 = 0 THEN 'silent' ELSE 'satisfied' END",
        owner_id=f"CASE WHEN n % 250 = 0 THEN NULL ELSE {owner} END",
        received_at=received,
        clock_days="5",
        clock_shift="0",
        due=f"CASE WHEN {is_open} AND n % 100 = 0 THEN timestamptz '2027-01-10 17:00+08' ELSE {received} + interval '7 days' END",
        ended_at=f"CASE WHEN {is_open} THEN NULL ELSE {received} + interval '4 days' END",
        answered_at=f"CASE WHEN {is_open} THEN NULL ELSE {received} + interval '3 days' END",
        year="2024 + n % 3",
        number="n / 3 + 1",
        channel="(ARRAY['web', 'phone', 'counter', 'hotline'])[1 + n % 4]",
        category="(ARRAY['sanitation', 'repair', 'property', 'noise', 'parking', 'safety', 'other'])[1 + n % 7]",
        text="(ARRAY['楼道灯不亮，晚上看不清台阶', '垃圾桶满了没有人清运', '楼上漏水到我家厨房', '小区门口乱停车'])[1 + n % 4] || '，第' || n || '次反映'",
        place=f"(n % {number // 300 + 1}) || '幢'",
        building_id=f"{community * _APART} + n % {number // 300 + 1}",
        name="'洪先生'",
        phone="'13' || lpad((n * 7919 % 1000000000)::text, 9, '0')",
        rating=f"CASE WHEN {is_open} OR n % 3 = 0 THEN '' ELSE 'satisfied' END",
        dissatisfied="0",
        required_right="'requests'",
    )  # fmt: skip


def grow_bulletins(total: int) -> list[str]:
    """Published bulletins of all communities, the newest that of October 2026; the addresses of their pages."""
    communities = list(_communities().order_by("id"))
    months = [_months_back(n) for n in range(max(1, total // len(communities)))]
    dates = ", ".join(f"date '{month}'" for month in months)
    source = f"unnest(ARRAY[{dates}]) WITH ORDINALITY AS m (month, n)"
    by = User.objects.using("owner").get(username="bench").pk
    snapshot = json.dumps(_snapshot(communities[0], months[0]), ensure_ascii=False).replace("'", "''")
    with _bulk(PublicNotice, Bulletin, BulletinVersion) as cursor:
        for community in communities:
            ids = {"id": f"{community.pk * _APART} + n"}
            _insert(cursor, community.pk, PublicNotice, source, **ids, title="'居务公开'", posted_on="date '2026-11-20'", until="date '2026-11-27'")  # fmt: skip
            _insert(cursor, community.pk, Bulletin, source, **ids, month="month", state="'published'", sections="'[]'")  # fmt: skip
            _insert(
                cursor, community.pk, BulletinVersion, source, **ids, bulletin_id=ids["id"], notice_id=ids["id"],
                month="month", number="1", published_at="now()", published_by_id=str(by), sha256="repeat('0', 64)",
                snapshot=f"'{snapshot}'",
            )  # fmt: skip
    return [f"/p/{c.code}/bulletins/{month:%Y-%m}/" for c in communities for month in months]


def _months_back(number: int) -> datetime.date:
    months = 2026 * 12 + 9 - number
    return datetime.date(months // 12, months % 12 + 1, 1)


def _snapshot(community: Community, month: datetime.date) -> dict:
    """What a bulletin of this community would say, and two boards filled by hand."""
    with scope(communities=[community.pk], write=[community.pk]):
        sections = compute_sections(community, month)
        taken = take_snapshot(Bulletin(pk=0, community=community, month=month, sections=sections), sections)
    for part in taken["parts"]:
        if not part["paragraphs"]:
            part["paragraphs"] = ["本月召开居民代表会议一次，讨论小区停车、楼道照明和垃圾分类事项。"] * 4
    return taken


def objection(code: str) -> None:
    """An objection whose answer is looked up by this code."""
    community = _communities()[0]
    today = datetime.date(2026, 11, 30)
    notice = PublicNotice.objects.using("owner").create(
        community=community, title="居务公开", posted_on=today, until=today
    )
    Objection.objects.using("owner").create(
        community=community,
        notice=notice,
        text="维修费不对",
        code_hash=code_hash(code),
        objected_at=timezone.now(),
    )


def _triggers(cursor, tables, action: str) -> None:
    for model in tables:
        cursor.execute(f'ALTER TABLE "{model._meta.db_table}" {action} TRIGGER USER')


def large(people: int) -> str:
    """One more community, of so many people; its code. The director of the others is director here, too."""
    street = Street.objects.using("owner").get(code="331102001")
    community = Community.objects.using("owner").create(code=f"large{people}", name="大社区", street=street)
    user = User.objects.using("owner").get(username="bench")
    RoleAssignment.objects.using("owner").create(
        user=user, role="director", community=community, start="2024-01-01"
    )
    _write([community.pk], people)
    return community.code


def tall_building() -> str:
    """A building of the first community with 200 doors, 25 floors of four stairwells; the address of its chart."""
    community = _communities()[0]
    building = Building(community=community, label="999幢", key="999")
    building.save(using="owner")
    stairwells = [Stairwell(community=community, building=building, name=f"{n}单元") for n in range(1, 5)]
    for stairwell in stairwells:
        stairwell.save(using="owner")
    doors = [
        Dwelling(
            community=community, building=building, stairwell=stairwell, floor=floor, room=f"{floor}0{n}"
        )
        for stairwell in stairwells
        for floor in range(1, 26)
        for n in (1, 2)
    ]
    Dwelling.objects.using("owner").bulk_create([door.place() for door in doors])
    return f"/c/{community.code}/buildings/{building.uuid}/chart/"


def _write(communities: list[int], people: int) -> None:
    with _bulk(Building, Dwelling, Household, Person, Residence) as cursor:
        for community in communities:
            _fill(cursor, community, people)


@contextmanager
def _bulk(*tables) -> Iterator:
    """A cursor of the owner that fills these tables without history, and gathers statistics at the end."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        _triggers(cursor, tables, "DISABLE")
        yield cursor
        _triggers(cursor, tables, "ENABLE")
        cursor.execute("VACUUM ANALYZE")


def _fill(cursor, community: int, people: int) -> None:
    base = community * _APART
    _insert(cursor, community, Building, f"generate_series(0, {people // 300 + 1}) n", id=f"{base} + n", label="n || '幢'",
            key="n", sort="lpad(n::text, 6, '0')", use="'residential'")  # fmt: skip
    homes = f"generate_series(0, {people // 3}) n"
    _insert(cursor, community, Dwelling, homes, id=f"{base} + n", building_id=f"{base} + n / 100", room="n % 100 + 100",
            label=_LABEL.format("n"), sort="lpad((n / 100)::text, 6, '0') || ' ' || n % 100 + 100", use="'self'")  # fmt: skip
    _insert(cursor, community, Household, homes, id=f"{base} + n", dwelling_id=f"{base} + n", kind="'living'")
    surname, first, second = (
        f"{array}[1 + (hashint8({community} * 7919 + n * 3 + {turn}) & 2147483647) % array_length({array}, 1)]"
        for turn, array in enumerate(("surnames", "given", "given"))
    )
    _insert(
        cursor, community, Person,
        f"""(SELECT n, {surname} a, {first} b, {second} c FROM generate_series(0, {people - 1}) n,
            (SELECT string_to_array('{_SURNAMES}', ' ') surnames, string_to_array('{_GIVEN}', ' ') given) words) p""",
        id=f"{base} + n",
        name="left(a, 1) || left(b, 1) || left(c, 1)",
        name_key="substr(a, 2) || ' ' || substr(b, 2) || ' ' || substr(c, 2)",
        initials="substr(a, 2, 1) || substr(b, 2, 1) || substr(c, 2, 1)",
        sex="CASE n % 2 WHEN 0 THEN 'M' ELSE 'F' END",
        birth_date="DATE '1935-01-01' + (n * 7919) % 32000",
        birth_precision="'d'",
        phone="'13' || lpad(((n::bigint * 48271 + " + str(community) + " * 7) % 1000000000)::text, 9, '0')",
        place_label=_LABEL.format("n / 3"),
        id_kind="'resident_id'",
        # As long as a real one; nothing measured reads it.
        id_cipher=f"substr(sha256('a{base}'::bytea) || sha256(('b' || {base} + n)::bytea), 1, 48)",
        id_hash=f"sha256(('c' || {base} + n)::bytea)",
        id_mask="'3311**************'",
        ethnic="'汉族'",
        education="(n % 5 * 10 + 10)::text",
        marital="(n % 3 * 10 + 10)::text",
        political="CASE n % 10 WHEN 0 THEN '01' ELSE '13' END",
        registered_place="'浙江省丽水市莲都区括苍路' || n % 300 || '号'",
    )  # fmt: skip
    _insert(cursor, community, Residence, f"generate_series(0, {people - 1}) n", id=f"{base} + n",
            person_id=f"{base} + n", household_id=f"{base} + n / 3", kind="'living'", is_head="n % 3 = 0")  # fmt: skip


_LABEL = "({0} / 100) || '幢' || ({0} % 100 + 100) || '室'"


def _insert(cursor, community: int, model, source: str, **parameters: str) -> None:
    """INSERT … SELECT with an expression per column; other columns are empty as in a new row."""
    parameters["community_id"] = str(community)
    quote = connections["owner"].ops.quote_name
    columns = {
        field.column: parameters.get(field.column) or _empty(field)
        for field in model._meta.local_concrete_fields
        if not field.generated
    }
    cursor.execute(
        f'INSERT INTO "{model._meta.db_table}" ({", ".join(map(quote, columns))})'
        f" SELECT {', '.join(columns.values())} FROM {source}"
    )


def _empty(field) -> str:
    if isinstance(field, models.UUIDField):
        return "gen_random_uuid()"
    if field.null:
        return "NULL"
    return {"PositiveIntegerField": "1", "BooleanField": "false"}.get(field.get_internal_type(), "''")
