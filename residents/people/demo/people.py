"""Residents of a demo community with households and residences, and the population events of the last year."""

import datetime
from dataclasses import dataclass, field

from community.demo.names import full_name
from community.demo.numbers import NumberGenerator
from community.demo.parts import DemoCommunity, RunFor, analyze, demo_part
from community.people.models import Person
from community.places.models import Stairwell
from residents.event_log.models import PopulationEvent
from residents.homes.demo import Homes
from residents.homes.models import Dwelling, Household, Kind, Residence
from residents.homes.relation_codes import read_relation
from residents.people.demo.families import SETTLED, DemoFamilyMember, FamilyMaker, Tenure, shape_counts
from residents.people.demo.profiles import Origin, Profiler

BATCH = 2000
_UNDATED = datetime.timedelta(days=3 * 365)
"""Who moved in earlier may have an incomplete start date."""
_RECENT = datetime.timedelta(days=430)
"""Changes within this time have an event, so that the monthly statements of the last twelve months have numbers."""

_Type = PopulationEvent.What


@dataclass(slots=True)
class Family:
    members: list[DemoFamilyMember]
    tenure: Tenure
    since: datetime.date
    home: Dwelling | None = None
    registered_at: Dwelling | None = None
    left_on: datetime.date | None = None
    """Tenants who have moved away again."""
    origin: Origin | None = None
    registered_since: datetime.date | None = None
    """Set where the hukou came long after the family."""
    dead: list[tuple[DemoFamilyMember, datetime.date]] = field(default_factory=list)


@demo_part(160, RunFor.NEW)
def populate(demo: DemoCommunity) -> None:
    """All residents of a community with their households and residences; none where the plan has none."""
    if demo.plan.mix is None:
        demo.demo.say(f"{demo.plan.name}：只有楼幢和楼道")
        return
    population = Population(demo)
    population.build()
    population.save()
    analyze(Person, Stairwell, Dwelling, Household, Residence)
    demo.put(population)
    demo.demo.say(f"{demo.plan.name}：{len(population.persons)}人")


@demo_part(310, RunFor.PEOPLED)
def record_events(demo: DemoCommunity) -> None:
    """What happened in the last year."""
    demo.get(Population).save_events(demo.recorder)
    analyze(PopulationEvent)


class Population:
    """Generates all families of a community and bulk-inserts them."""

    def __init__(self, demo: DemoCommunity):
        self.plan, self.community, self.homes = demo.plan, demo.community, demo.get(Homes)
        self.rng, self.today = demo.rng, demo.today
        self.maker = FamilyMaker(self.rng, self.today)
        self.profiler = Profiler(self.plan, self.community, self.rng, NumberGenerator(self.rng), self.today)
        self.persons: list[Person] = []
        self.households: list[Household] = []
        self.residences: list[Residence] = []
        self.events: list[PopulationEvent] = []
        self._numbers = 0

    def build(self) -> None:
        families = self._families()
        self._settle(families)
        if self.plan.mix.changing:
            for family in families:
                self._add_deceased(family)
            families += self._former_tenants(families)
        for family in families:
            self._make_rows(family)
        self._collective_household()

    def save(self) -> None:
        """Insert everything but the events, since the account that recorded them does not exist yet."""
        Person.objects.bulk_create(self.persons, batch_size=BATCH)
        dwellings = [*self.homes.homes, *self.homes.others]
        Dwelling.objects.bulk_create(dwellings, batch_size=BATCH)
        Household.objects.bulk_create(self.households, batch_size=BATCH)
        Residence.objects.bulk_create(self.residences, batch_size=BATCH)

    def save_events(self, by) -> None:
        """Insert the events, recorded by the account `by`."""
        for event in self.events:
            event.by = by
        self.events.sort(key=lambda event: event.on)
        PopulationEvent.objects.bulk_create(self.events, batch_size=BATCH)

    # Families

    def _families(self) -> list[Family]:
        mix = self.plan.mix
        has_collective = mix.counted == Kind.REGISTERED and mix.collective
        counts = shape_counts(
            mix.households - bool(has_collective), mix.people - (mix.collective if has_collective else 0)
        )
        shapes = [shape for shape, times in counts.items() for _ in range(times)]
        self.rng.shuffle(shapes)
        # Old people and three generations own their homes: other tenures take shapes from the front.
        shapes.sort(key=lambda shape: shape in SETTLED)
        tenures = [
            Tenure(kind) for kind, share in mix.shares.items() for _ in range(int(mix.households * share))
        ]
        tenures += [Tenure.LOCAL] * (len(shapes) - len(tenures))
        families = [self._family(shape, tenure) for shape, tenure in zip(shapes, tenures, strict=True)]
        others = ("couple", "one_child", "one_child", "two_children", "single", "flatmates")
        for kind, times in mix.more.items():
            choice = others if kind == "tenant" else others[:4]
            families += [self._family(self.rng.choice(choice), Tenure(kind)) for _ in range(times)]
        for family in families:
            self._separate(family)
        return families

    def _family(self, shape: str, tenure: Tenure) -> Family:
        if tenure is Tenure.TENANT and shape == "one_child" and self.rng.random() < 0.25:
            shape = "flatmates"  # as many people
        members = self.maker.make(shape)
        family = Family(members, tenure, self._since(members[0], tenure))
        if tenure is Tenure.LOCAL and self.rng.random() < 0.012:
            family.registered_since = self.today - datetime.timedelta(days=self.rng.randrange(5, 425))
        return family

    def _since(self, head: DemoFamilyMember, tenure: Tenure) -> datetime.date:
        """Random day on which the family moved in: tenants recently, owners since the houses were built."""
        rng = self.rng
        if tenure is Tenure.TENANT:
            days = rng.uniform(5, 425) if rng.random() < 0.2 else rng.triangular(440, 2600, 560)
        elif tenure is Tenure.BOUGHT:
            days = rng.uniform(5, 425) if rng.random() < 0.08 else rng.uniform(440, 5500)
        else:
            days = rng.uniform(440, 365 * min(36.0, max(2.0, head.age(self.today) - 20)))
        return self.today - datetime.timedelta(days=int(days))

    def _separate(self, family: Family) -> None:
        """Separate residence from registration for some members (人户分离).

        The planned numbers stay exact: where living people are counted, nobody stops living here.
        """
        rng, members = self.rng, family.members
        if family.tenure in (Tenure.TENANT, Tenure.BOUGHT):
            family.origin = self.profiler.origin(far=family.tenure is Tenure.TENANT)
            for member in members:
                member.registered = False
        elif family.tenure is Tenure.AWAY:
            for member in members:
                member.lives = False
        elif self.plan.mix.counted == Kind.LIVING:
            for member in members[1:]:
                chance = 0.2 if member.relation in ("父亲", "母亲") else 0.05
                member.registered = rng.random() > chance
            if self.plan.mix.changing and members[0].age(self.today) > 48 and rng.random() < 0.16:
                child = self.maker.grown_child_of(members[0])
                child.lives = False
                members.append(child)
        else:
            for member in members[1:]:
                chance = 0.3 if 18 <= member.age(self.today) < 32 else 0.02
                member.lives = rng.random() > chance

    # Homes

    def _settle(self, families: list[Family]) -> None:
        """Assign a home to every family; families away are registered at rented and empty homes."""
        rng = self.rng
        homes = list(self.homes.homes)
        rng.shuffle(homes)
        for family in families:
            if family.tenure is not Tenure.AWAY:
                family.home = homes.pop()
                tenant = family.tenure is Tenure.TENANT
                family.home.use = Dwelling.Use.RENTED if tenant else Dwelling.Use.SELF
            if family.tenure is Tenure.LOCAL:
                family.registered_at = family.home
        let = [family.home for family in families if family.tenure is Tenure.TENANT]
        free = let + homes
        rng.shuffle(free)
        for family in families:
            if family.tenure in (Tenure.AWAY, Tenure.MOVED):
                family.registered_at = free.pop()
        for home in free:
            home.owner_name = full_name(rng, rng.choice("MF"), 1968)
        self._vacant = homes

    def _former_tenants(self, families: list[Family]) -> list[Family]:
        """Families that moved out within the last year, from homes let again since and from empty ones.

        Those of empty homes are spread evenly, so that somebody moves out in every month.
        """
        rng, former = self.rng, []
        days = _RECENT.days - 10
        empty = self._vacant[::4]
        places = [(home, 4 + index * days // len(empty)) for index, home in enumerate(empty)]
        for family in families:
            away = (self.today - family.since).days + rng.randrange(3, 120)
            if family.tenure is Tenure.TENANT and away < days and rng.random() < 0.65:
                places.append((family.home, away))
        for home, away in places:
            left_on = self.today - datetime.timedelta(days=away)
            shape = rng.choice(("single", "couple", "one_child", "flatmates"))
            family = self._family(shape, Tenure.TENANT)
            self._separate(family)
            family.members = [member for member in family.members if member.birth < left_on]
            family.home, family.left_on = home, left_on
            family.since = left_on - datetime.timedelta(days=rng.randrange(450, 1500))
            former.append(family)
        return former

    # Rows

    def _make_rows(self, family: Family) -> None:
        place = self._registered_place(family)
        living = self._household(Kind.LIVING, family.home) if family.home else None
        registered = self._household(Kind.REGISTERED, family.registered_at) if family.registered_at else None
        dead = {id(member): day for member, day in family.dead}
        for member in [*family.members, *(member for member, _ in family.dead)]:
            died = dead.get(id(member))
            stays = member.lives and not died and not family.left_on
            origin = family.origin if not member.registered else None
            if not member.registered and origin is None:
                origin = self.profiler.origin(far=False)
            person = self.profiler.person(
                member,
                origin=origin if origin or self.rng.random() < 0.8 else self.profiler.origin(far=False),
                registered_place=place if member.registered else origin.place,
                home=family.home.label if stays else "",
            )
            person.died_on = died
            self.persons.append(person)
            if member.lives:
                self._add_residence(person, member, family, living, died)
            if member.registered:
                self._add_residence(person, member, family, registered, died)
        head = self.persons[-len(family.members) - len(family.dead)]
        if family.home and family.tenure is not Tenure.TENANT:
            family.home.owner = head
        if family.registered_at:
            family.registered_at.owner = head

    def _household(self, kind: str, dwelling: Dwelling | None) -> Household:
        number = ""
        if kind == Kind.REGISTERED:
            self._numbers += 1
            number = f"{self.plan.statistics_code[6:]}{self._numbers:05d}"
        household = Household(community=self.community, kind=kind, dwelling=dwelling, number=number)
        self.households.append(household)
        return household

    def _add_residence(
        self, person: Person, member: DemoFamilyMember, family: Family, household: Household, died
    ) -> None:
        """A residence with the events that started and ended it, if within the last year."""
        start, precision = self._start(member, family, household.kind)
        end = died or (family.left_on if household.kind == Kind.LIVING else None)
        residence = Residence(
            community=self.community,
            person=person,
            household=household,
            kind=household.kind,
            relation_class=read_relation(member.relation, member.sex).code,
            relation_word=member.relation,
            is_head=member.relation == "户主",
            start=start,
            start_precision=precision,
            end=end,
            end_precision="d" if end else "",
            other_address=self._other_address(member, family, household),
        )
        self.residences.append(residence)
        if start and self.today - start < _RECENT and precision == "d":
            if start == member.birth:
                self._add_event(_Type.BIRTH, residence, start, "")
            else:
                came = "户口迁入" if household.kind == Kind.REGISTERED else _CAME.get(family.tenure, "迁入")
                self._add_event(_Type.MOVE_IN, residence, start, came)
        if died:
            self._add_event(_Type.DEATH, residence, died, "")
        elif end:
            self._add_event(_Type.MOVE_OUT, residence, end, f"搬往{residence.other_address}")

    def _other_address(self, member: DemoFamilyMember, family: Family, household: Household) -> str:
        """Address outside this household: actual residence of a registered person, or new address of tenants."""
        if family.left_on or not member.lives:
            return self.profiler.elsewhere()
        if household.kind == Kind.REGISTERED and family.tenure is Tenure.MOVED:
            return family.home.label
        return ""

    def _start(self, member: DemoFamilyMember, family: Family, kind: str) -> tuple[datetime.date | None, str]:
        """Start of a residence with its precision; unknown for some long-standing residents."""
        if kind == Kind.REGISTERED and family.registered_since:
            return max(family.registered_since, member.birth), "d"
        if member.birth > family.since:
            return member.birth, "d"
        if self.today - family.since < _RECENT:
            return family.since, "d"
        precision = self._precision(family)
        if not precision:
            return None, ""
        start = family.since.replace(day=1) if precision == "m" else family.since
        return (start.replace(month=1, day=1) if precision == "y" else start), precision

    def _precision(self, family: Family) -> str:
        """Precision of a family's start date; only long-standing residents have none."""
        if self.today - family.since < _UNDATED:
            return "d"
        return ("y", "m", "d", "y", "")[family.since.toordinal() % 5]

    def _add_event(self, kind: str, residence: Residence, on: datetime.date, note: str) -> None:
        self.events.append(
            PopulationEvent(
                community=self.community,
                what=kind,
                kind=residence.kind,
                person=residence.person,
                residence=residence,
                on=on,
                note=note,
            )
        )

    def _add_deceased(self, family: Family) -> None:
        """Let a grandfather or spouse of some families have died within the last year.

        Sometimes it was the head, who has no successor: valid data that staff must correct.
        """
        survivor = _widowed(family, self.today)
        settled = family.tenure is Tenure.LOCAL and not family.registered_since
        if survivor is None or not settled or self.rng.random() > 0.2:
            return
        dead = self.maker.spouse_of(survivor)
        if survivor.relation == "母亲":
            dead.relation = "父亲"
        elif self.rng.random() < 0.2:
            dead.relation, survivor.relation = "户主", "妻子" if survivor.sex == "F" else "丈夫"
        family.dead.append((dead, self.today - datetime.timedelta(days=self.rng.randrange(4, 425))))

    def _collective_household(self) -> None:
        """The collective household (集体户) of the police station, whose members live elsewhere."""
        if not self.plan.mix.collective:
            return
        household = self._household(Kind.REGISTERED, None)
        for _ in range(self.plan.mix.collective):
            member = self.maker.make("single")[0]
            member.relation, member.lives = "其他", False
            family = Family([member], Tenure.AWAY, self._since(member, Tenure.AWAY))
            person = self.profiler.person(
                member, origin=None, registered_place=f"{self.plan.region}{self.plan.name}集体户", home=""
            )
            self.persons.append(person)
            self._add_residence(person, member, family, household, None)

    def _registered_place(self, family: Family) -> str:
        home = family.registered_at
        return f"{self.plan.region}{home.building.address}{home.label}" if home else ""


_CAME = {Tenure.TENANT: "租住", Tenure.BOUGHT: "购房入住"}


def _widowed(family: Family, today: datetime.date) -> DemoFamilyMember | None:
    """An elderly member whose spouse is not in the family."""
    by_relation = {member.relation: member for member in family.members}
    if "父亲" in by_relation:
        return None
    if "母亲" in by_relation:
        return by_relation["母亲"]
    head = family.members[0]
    alone = not by_relation.keys() & {"妻子", "丈夫"}
    return head if alone and head.age(today) >= 62 else None
