"""Plans of the four demo communities: sizes (the figures of the documents) and names."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class StreetPlan:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class FamilyMix:
    """How many families of each kind: local, bought, tenant, moved, away.

    `counted` names the kinds whose people add up to `people` exactly, over `households` families.
    """

    counted: str
    households: int
    people: int
    shares: dict[str, float] = field(default_factory=dict)
    """Of the counted families, by kind; what is left over is local."""
    more: dict[str, int] = field(default_factory=dict)
    """Families besides the counted ones."""
    collective: int = 0
    """People registered in one collective household, counted where registered people are."""
    changing: bool = True
    """Whether people have died and moved away here: they stay in the register."""

    @property
    def homes_needed(self) -> int:
        """Dwellings that these families need."""
        away = self.more.get("away", 0) + int(self.households * self.shares.get("away", 0))
        moved = int(self.households * self.shares.get("moved", 0))
        living = self.households + sum(self.more.values()) - away
        return living + (away + moved) // 2


@dataclass(frozen=True, slots=True)
class CommunityPlan:
    """One community. Places: `buildings` maps stairwells per building to the number of such buildings."""

    code: str
    name: str
    street: StreetPlan
    region: str
    """How addresses begin."""
    id_places: tuple[str, str]
    """Place code of local ID numbers before and after the year 2000 (counties were renamed)."""
    area_code: str
    statistics_code: str
    area_km2: Decimal
    founded_on: datetime.date
    office: tuple[int, int]
    """Land and floor area, m²."""
    address: str
    introduction: str
    areas: tuple[str, ...]
    groups: int
    estates: tuple[str, ...]
    roads: tuple[str, ...]
    buildings: dict[int, int]
    honours: tuple[tuple[str, str, int], ...] = ()
    """Title, level, years ago."""
    venues: tuple[tuple[str, str, int], ...] = ()
    units: tuple[tuple[str, str], ...] = ()
    """Name and kinds, separated by blanks."""
    more_units: dict[str, int] = field(default_factory=dict)
    """Further units with invented names: kinds, separated by blanks, → how many."""
    media: dict[str, int] = field(default_factory=dict)
    """Publicity media along the roads by kind; a community that has any also has a panel in every stairwell."""
    slogans: tuple[int, ...] = ()
    """Their lengths in metres."""
    words: dict[str, str] = field(default_factory=dict)
    mix: FamilyMix | None = None
    heads_of_stairwells: bool = True
    recorder: str = "staff"
    """Username of the account that recorded the events of the last year."""
    is_showcase: bool = False
    """Whether it shows every feature."""


YANQUAN = StreetPlan("331102001", "岩泉街道")
HUAICHUAN = StreetPlan("430181001", "淮川街道")

KUOCANG = CommunityPlan(
    code="kuocang",
    name="括苍社区",
    street=YANQUAN,
    region="浙江省丽水市莲都区",
    id_places=("332501", "331102"),
    area_code="0578",
    statistics_code="331102001003",
    area_km2=Decimal("0.16"),
    founded_on=datetime.date(2001, 6, 28),
    office=(182, 440),
    address="大洋路286号",
    introduction=(
        "括苍社区位于大洋路以西、丽阳街以北、人民路以南，是二十世纪八十年代建成的综合型社区，分五个片区。"
        "社区设服务大厅、居民活动室和阅览室，周末照常办公。"
    ),
    areas=("金桂片区", "大洋片区", "劲松片区", "明珠片区", "括苍片区"),
    groups=51,
    estates=("金桂苑", "大洋小区", "劲松苑", "明珠公寓", "括苍新村"),
    roads=("金桂弄", "大洋路", "劲松弄", "丽阳街", "人民路"),
    buildings={1: 8, 2: 18, 3: 22, 4: 6},
    honours=(
        ("文明社区", "province", 9),
        ("绿色社区", "province", 8),
        ("示范社区", "province", 6),
        ("百佳社区", "province", 5),
        ("平安家园示范点", "city", 2),
        ("先进居民委员会", "district", 1),
    ),
    venues=(
        ("社区服务大厅", "hall", 120),
        ("居民活动室", "activity", 180),
        ("阅览室", "reading", 60),
        ("老年学校教室", "classroom", 80),
        ("健身广场", "outdoor", 650),
    ),
    units=(
        ("莲都区第三小学", "located cobuilding"),
        ("大洋路农贸市场", "located"),
        ("括苍社区卫生服务站", "located cobuilding"),
        ("金桂幼儿园", "located"),
        ("丽阳街邮政所", "located"),
        ("明珠大药房", "located"),
        ("绿谷旅行社", "located"),
        ("劲松连锁超市", "located"),
        ("大洋路储蓄所", "cobuilding"),
        ("丽水市环境监测站", "cobuilding"),
        ("莲都区图书馆", "cobuilding"),
        ("绿谷财产保险支公司", "cobuilding"),
        ("瓯江电力服务站", "cobuilding"),
        ("莲都区公共交通公司", "cobuilding"),
        ("岩泉派出所", "liaison"),
        ("莲都区市场监督管理所", "liaison"),
        ("丽水市自来水公司", "liaison"),
        ("括苍物业服务公司", "liaison"),
        ("莲都区政协机关", "designated"),
    ),
    more_units={"cobuilding": 20, "located cobuilding": 12},
    media={"board": 48, "newspaper": 5, "window": 4},
    slogans=(40, 30, 30, 25, 25, 25, 25, 20, 20, 20, 20, 20, 15, 15, 10, 10),
    mix=FamilyMix(
        counted="living",
        households=1930,
        people=5936,
        shares={"bought": 0.09, "tenant": 0.17, "moved": 0.03},
        more={"away": 96},
        collective=26,
    ),
    is_showcase=True,
)

XIZHIGOU = CommunityPlan(
    code="xizhigou",
    name="西直沟社区",
    street=YANQUAN,
    region="浙江省丽水市莲都区",
    id_places=("332501", "331102"),
    area_code="0578",
    statistics_code="331102001005",
    area_km2=Decimal("0.24"),
    founded_on=datetime.date(2003, 4, 10),
    office=(150, 360),
    address="西直沟路18号",
    introduction="西直沟社区分四个网格，楼幢和楼道已经登记，居民台账正在建立。",
    areas=("第一网格", "第二网格", "第三网格", "第四网格"),
    groups=0,
    estates=("",),
    roads=("西直沟路", "水东路"),
    buildings={1: 4, 2: 12, 3: 8},
    venues=(("社区服务大厅", "hall", 90), ("居民活动室", "activity", 110)),
    units=(("西直沟菜场", "located"), ("水东路幼儿园", "located"), ("岩泉派出所", "liaison")),
    words={"area_word": "网格"},
)

NINGGUO = CommunityPlan(
    code="ningguo",
    name="宁国社区",
    street=YANQUAN,
    region="浙江省丽水市莲都区",
    id_places=("332501", "331102"),
    area_code="0578",
    statistics_code="331102001007",
    area_km2=Decimal("0.03"),
    founded_on=datetime.date(2019, 9, 1),
    office=(0, 80),
    address="宁国路6号",
    introduction="宁国社区是新成立的小社区，现有两幢住宅。",
    areas=(),
    groups=1,
    estates=("",),
    roads=("宁国路",),
    buildings={1: 1, 2: 1},
    venues=(("社区服务大厅", "hall", 40),),
    mix=FamilyMix(counted="living", households=7, people=20, shares={"tenant": 0.3}, changing=False),
)

BEIZHENG = CommunityPlan(
    code="beizheng",
    name="北正社区",
    street=HUAICHUAN,
    region="湖南省浏阳市",
    id_places=("430123", "430181"),
    area_code="0731",
    statistics_code="430181001002",
    area_km2=Decimal("1.3"),
    founded_on=datetime.date(2002, 5, 18),
    office=(300, 800),
    address="圭斋西路98号",
    introduction="北正社区地处浏阳市中心，下辖12个居民大组、52个居民小组，是金融、医疗、商贸集中的综合性社区。",
    areas=tuple(f"第{number}居民大组" for number in range(1, 13)),
    groups=52,
    estates=("圭斋苑", "北正新村", "劳动小区", "浏河家园"),
    roads=("圭斋西路", "北正中路", "劳动南路", "北正南路"),
    buildings={1: 14, 2: 34, 3: 38, 4: 10},
    honours=(("绿色社区", "province", 7), ("全民健身先进社区", "city", 3), ("和谐社区", "city", 1)),
    venues=(
        ("社区服务大厅", "hall", 160),
        ("居民健身房", "fitness", 220),
        ("多功能活动室", "activity", 200),
        ("阅览室", "reading", 70),
    ),
    units=(
        ("浏阳市中医院", "located"),
        ("圭斋西路储蓄所", "located"),
        ("北正客运公司", "located"),
        ("北正货运公司", "located"),
        ("劳动南路宾馆", "located"),
        ("北正农贸市场", "cobuilding"),
        ("浏阳市卫生监督所", "cobuilding"),
        ("淮川派出所", "liaison"),
    ),
    more_units={"located": 14, "located cobuilding": 7, "designated": 2},
    words={"area_word": "居民大组"},
    mix=FamilyMix(
        counted="registered",
        households=3321,
        people=10680,
        shares={"away": 0.13, "moved": 0.03},
        more={"tenant": 310, "bought": 140},
        collective=42,
    ),
    heads_of_stairwells=False,
    recorder="director2",
)

PLANS = (KUOCANG, XIZHIGOU, NINGGUO, BEIZHENG)
