"""Personal data of an invented person: certificate, phone, education, work, hukou place."""

import datetime
import random
from dataclasses import dataclass

from community.communities.models import Community
from community.demo.numbers import NumberGenerator
from community.demo.plans import CommunityPlan
from community.people.models import Person
from community.people.names import initials, name_key
from portal.values.id_numbers import mask_id
from residents.people.demo.families import DemoFamilyMember

_RENAMED_IN = 2000
"""Year of birth from which local ID numbers begin with the new place code."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Place of registration elsewhere: place codes before and after 2000, name, ethnic group common there."""

    old_code: str
    new_code: str
    place: str
    ethnic: str = ""


_NEAR = {
    "331102": (
        Origin("332521", "331121", "浙江省丽水市青田县鹤城街道"),
        Origin("332522", "331125", "浙江省丽水市云和县浮云街道"),
        Origin("332523", "331181", "浙江省龙泉市龙渊街道"),
        Origin("332526", "331122", "浙江省丽水市缙云县五云街道"),
        Origin("332527", "331123", "浙江省丽水市遂昌县妙高街道"),
        Origin("332528", "331124", "浙江省丽水市松阳县西屏街道"),
        Origin("332529", "331127", "浙江省景宁畲族自治县红星街道", "畲族"),
    ),
    "430181": (
        Origin("430111", "430111", "湖南省长沙市雨花区侯家塘街道"),
        Origin("430121", "430121", "湖南省长沙县星沙街道"),
        Origin("430281", "430281", "湖南省醴陵市来龙门街道"),
        Origin("430626", "430626", "湖南省平江县汉昌街道"),
        Origin("430423", "430423", "湖南省衡山县开云镇"),
    ),
}
_FAR = (
    Origin("522225", "520624", "贵州省思南县思唐街道", "土家族"),
    Origin("522631", "522631", "贵州省黎平县德凤街道", "侗族"),
    Origin("522624", "522624", "贵州省三穗县八弓镇", "苗族"),
    Origin("360424", "360424", "江西省修水县义宁镇"),
    Origin("362330", "361128", "江西省鄱阳县鄱阳镇"),
    Origin("341223", "341621", "安徽省涡阳县城关街道"),
    Origin("412728", "411624", "河南省沈丘县槐店镇"),
    Origin("511321", "511321", "四川省南部县南隆街道"),
    Origin("422802", "422802", "湖北省利川市都亭街道", "土家族"),
    Origin("532128", "530627", "云南省镇雄县乌峰街道"),
)
_ELSEWHERE = ("杭州市余杭区", "宁波市鄞州区", "上海市松江区", "温州市鹿城区", "深圳市龙岗区", "长沙市岳麓区", "北京市朝阳区", "苏州市吴中区")  # fmt: skip
_EMPLOYERS = {
    "11": ("区市场监督管理局", "街道办事处", "区农业农村局", "市交通运输局"),
    "13": ("市中心医院", "区第三小学", "市职业技术学院", "区中医院", "建筑设计院"),
    "17": ("电力服务站", "人民财产保险支公司", "农村商业银行", "邮政分公司", "公共交通公司", "物业服务公司"),
    "21": ("绿源竹木有限公司", "南明建设有限公司", "润泽商贸有限公司"),
    "24": ("合力机械有限公司", "万洋合成革有限公司", "恒丰食品有限公司", "宏达烟花有限公司", "快递网点"),
    "54": ("大洋路便利店", "早餐店", "服装店", "五金店", "理发店", "水果店"),
}
_NOTES = (
    "独居，每周联系一次",
    "子女在外地，白天一人在家",
    "夜班，傍晚以后联系",
    "退役军人",
    "愿意参加社区活动",
    "常年在外经商",
)


class Profiler:
    """Makes Person rows of family members."""

    def __init__(
        self,
        plan: CommunityPlan,
        community: Community,
        rng: random.Random,
        numbers: NumberGenerator,
        today: datetime.date,
    ):
        self.plan = plan
        self.community = community
        self.rng = rng
        self.numbers = numbers
        self.today = today

    def origin(self, *, far: bool) -> Origin:
        """Random place of registration elsewhere; mostly far away for tenants."""
        near = _NEAR[self.plan.id_places[1]]
        return self.rng.choice(_FAR if far and self.rng.random() < 0.7 else near)

    def elsewhere(self) -> str:
        """A city to which residents move."""
        return self.rng.choice(_ELSEWHERE)

    def person(
        self, member: DemoFamilyMember, *, origin: Origin | None, registered_place: str, home: str
    ) -> Person:
        """A row for `member`; `origin` None means born here; `home` is the label of the dwelling lived at."""
        rng, age = self.rng, member.age(self.today)
        person = Person(
            community=self.community,
            name=member.name,
            name_key=name_key(member.name),
            initials=initials(member.name),
            sex=member.sex,
            birth_date=member.birth,
            birth_precision="d",
            phone=self.numbers.mobile() if rng.random() < _phone_share(age) else "",
            ethnic=self._ethnic(member.name, origin),
            registered_place=registered_place,
            education=self._education(age, member.birth.year),
            marital=member.married,
            political=self._political(age),
            place_label=home,
            note=rng.choice(_NOTES) if age > 25 and rng.random() < 0.02 else "",
        )
        person.employment = self._employment(age, member.sex)
        employers = _EMPLOYERS.get(person.employment)
        if employers and rng.random() < 0.7:
            person.workplace = rng.choice(employers)
        self._certificate(person, age, origin)
        return person

    def _certificate(self, person: Person, age: int, origin: Origin | None) -> None:
        """Assign a resident ID; some babies have none yet, a few people another certificate."""
        rng = self.rng
        if rng.random() < (0.5 if age < 1 else 0.004):
            person.birth_precision = "d" if age < 1 else rng.choice("ym")
            person.birth_date = person.birth_date if age < 1 else person.birth_date.replace(month=1, day=1)
            return
        if age > 20 and rng.random() < 0.002:
            number = f"E{rng.randrange(10_000_000, 99_999_999)}"
            person.set_id("passport", number, mask_id(number))
            return
        codes = (origin.old_code, origin.new_code) if origin else self.plan.id_places
        code = codes[person.birth_date.year >= _RENAMED_IN]
        number = self.numbers.resident_id(code, person.birth_date, person.sex)
        person.set_id("resident_id", number, mask_id(number))

    def _ethnic(self, name: str, origin: Origin | None) -> str:
        if name[0] in "蓝雷钟" and self.plan.id_places[1] == "331102" and self.rng.random() < 0.6:
            return "畲族"
        if origin and origin.ethnic and self.rng.random() < 0.35:
            return origin.ethnic
        return "汉族"

    def _education(self, age: int, year: int) -> str:
        if age < 6:
            return ""
        if age < 12:
            return "80"
        if age < 15:
            return "70"
        if age < 19:
            return self.rng.choice(("60", "60", "40"))
        codes, weights = next(share for limit, *share in _SCHOOLING if year <= limit)
        return self.rng.choices(codes.split(), weights)[0]

    def _employment(self, age: int, sex: str) -> str:
        if age < 6:
            return ""
        if age < 19 or (age < 23 and self.rng.random() < 0.6):
            return "31"
        if age >= (60 if sex == "M" else 55):
            return self.rng.choices(("80", "27", "54"), (80, 15, 5))[0]
        return self.rng.choices(
            ("11", "13", "17", "21", "24", "51", "54", "70"), (4, 14, 26, 5, 24, 10, 12, 5)
        )[0]

    def _political(self, age: int) -> str:
        if age < 14:
            return ""
        if age < 28 and self.rng.random() < 0.4:
            return "03"
        share = 0.02 if age < 30 else 0.1
        return self.rng.choices(("01", "13", "02", "12"), (share, 0.98 - share, 0.004, 0.002))[0]


_SCHOOLING = (
    (1949, "90 80 70 60", (30, 45, 18, 7)),
    (1964, "90 80 70 60 40 30", (4, 30, 42, 16, 5, 3)),
    (1979, "80 70 60 40 30 20", (8, 40, 22, 10, 12, 8)),
    (1994, "70 60 40 30 20 10", (18, 18, 10, 24, 26, 4)),
    (9999, "70 60 40 30 20 10", (5, 14, 10, 30, 36, 5)),
)
"""Last year of birth, codes of GB/T 4658, their weights."""


def _phone_share(age: int) -> float:
    if age < 12:
        return 0.0
    return 0.94 if age < 70 else 0.78
