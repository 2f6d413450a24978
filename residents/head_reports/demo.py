"""Reports of building heads in the demo community (变动上报): waiting, sent back, rejected, and handed over as a task."""

import datetime
import io
from collections.abc import Callable, Sequence

from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw

from community.accounts.demo import head_accounts
from community.accounts.models import User
from community.communities.models import Community, Precision
from community.demo.parts import DemoCommunity, RunFor, demo_part
from portal.access.db_scope import APP, HEAD, scope
from portal.access.permissions import Permission
from portal.access.roles import ROLES
from portal.handover.handover import hand_over
from portal.hooks.receive import HandoverDraft, HandoverKind, HandoverSource
from residents.head_reports.actions.review import reject, return_report
from residents.head_reports.actions.submit import ReportData, submit_report
from residents.head_reports.models import ChangeReport
from residents.homes.models import Dwelling, Residence

What = ChangeReport.What


@demo_part(410, RunFor.SHOWCASE)
def report_changes(demo: DemoCommunity) -> None:
    """Reports of the last days: seven pending, one returned, one rejected."""
    community, staff, today = demo.community, demo.users["staff"], demo.today
    heads = sorted(head_accounts(community).items())
    (first, head), (second, head2) = heads[0], heads[1]
    empty = _doors(community, first, Dwelling.Use.VACANT)
    homes = _doors(community, first, Dwelling.Use.SELF), _doors(community, second, Dwelling.Use.SELF)
    one, two, three = (_family(homes[0], 0)[0], _family(homes[0], 1)[0], _family(homes[1], 0)[0])
    ago = lambda days: today - datetime.timedelta(days=days)  # noqa: E731 - reads as a date below
    arrival = ReportData(
        on=ago(6), name="宋佳颖", sex="F", birth_year=today.year - 29, relation_word="户主",
        phone="19900088801", other_address="杭州市余杭区", note="刚租下，夫妻两人，丈夫月底到",
    )  # fmt: skip
    _submit(head, first, (empty or homes[0])[0], What.MOVE_IN, arrival, days=5, photos=[_picture_of_a_door()])
    _submit(
        head,
        first,
        one.household.dwelling,
        What.CORRECTION,
        ReportData(on=ago(3), phone="19900088802"),
        one,
        3,
    )
    leaving = ReportData(on=ago(9), other_address="宁波市鄞州区", note="随子女居住")
    _submit(head2, second, three.household.dwelling, What.MOVE_OUT, leaving, three, 8)
    parent = _one(homes[1], lambda r: r != three and 22 <= _age(r, today) <= 42) or three
    baby = ReportData(on=ago(20), name="陈亦辰", sex="M", note="听奶奶说的")
    _submit(head2, second, parent.household.dwelling, What.BIRTH, baby, parent, days=1)
    heir = _family(homes[0], 3)[1]
    new_head = ReportData(on=ago(40).replace(day=1), on_precision=Precision.MONTH, note="房产证已换名字")
    _submit(head, first, heir.household.dwelling, What.HEAD, new_head, heir, days=2)
    couple = _family(homes[0], 4)
    moved = ReportData(on=ago(12), other_address=homes[1][1].label, note="换了大一点的房子")
    _submit(head, first, couple[0].household.dwelling, What.TRANSFER, moved, days=2, together=couple)
    bride = _one(homes[1], lambda r: r.person.marital == "10" and _age(r, today) >= 22) or three
    wedding = ReportData(on=ago(15), name="周子轩", other_address="还住在这里")
    _submit(head2, second, bride.household.dwelling, What.MARRIAGE, wedding, bride, days=1)
    unclear = ReportData(on=ago(30), name="王师傅", sex="M", relation_word="租客")
    report = _submit(head, first, homes[0][2], What.MOVE_IN, unclear, days=25)
    return_report(by=staff, report=report, reason="请补充全名和身份证号码")
    other = ReportData(on=ago(45), note="听邻居说已搬走", other_address="不详")
    report = _submit(head, first, two.household.dwelling, What.MOVE_OUT, other, two, 40)
    reject(by=staff, report=report, reason="电话联系本人，仍在此居住")


@demo_part(440, RunFor.SHOWCASE)
def hand_over_report(demo: DemoCommunity) -> None:
    """A task handed over from the first pending report."""
    community, staff = demo.community, demo.users["staff"]
    community_ids = [community.id]
    with scope(
        APP,
        communities=community_ids,
        write=community_ids,
        user_id=staff.id,
        rights=ROLES["staff"].permissions,
    ):
        _hand_over_first(community, staff)


def _hand_over_first(community: Community, staff: User) -> None:
    report = ChangeReport.objects.of(community).waiting().select_related("dwelling", "proposer").first()
    kwargs = {"community": community.code, "row": report.uuid}
    source = HandoverSource(
        report,
        f"{report.proposer.name}上报，{report.dwelling}",
        reverse("residents:report_detail", kwargs=kwargs),
        Permission.REPORTS_REVIEW,
    )
    draft = HandoverDraft(f"{report.dwelling}：楼道照明灯不亮", "楼道长上报时说起，请联系物业检修。")
    hand_over(HandoverKind.NEED, draft, source, staff)


def _submit(
    head: User,
    stairwell: int,
    dwelling: Dwelling,
    kind: str,
    answers: ReportData,
    about: Residence | None = None,
    days: int = 0,
    together: Sequence[Residence] = (),
    photos: Sequence[bytes] = (),
) -> ChangeReport:
    """Submit a report as the head does on the phone, and backdate it."""
    community_ids = [dwelling.community_id]
    with scope(HEAD, communities=community_ids, write=community_ids, stairwells=[stairwell], user_id=head.id):
        report = submit_report(
            by=head,
            dwelling=dwelling,
            what=kind,
            data=answers,
            person_id=about.person_id if about else None,
            people=[residence.person.uuid for residence in together],
            photos=photos,
        )
    at = timezone.now() - datetime.timedelta(days=days)
    ChangeReport.objects.filter(pk=report.pk).update(reported_at=at)
    return report


def _picture_of_a_door() -> bytes:
    """Photo of a report: a drawn door with a number plate."""
    picture = Image.new("RGB", (480, 640), "#d8d2c4")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((110, 90, 370, 640), fill="#6b4a2f", outline="#3e2a1a", width=6)
    draw.rectangle((200, 140, 280, 180), fill="#f4f1e8")
    draw.ellipse((330, 370, 350, 390), fill="#c9a227")
    stream = io.BytesIO()
    picture.save(stream, "JPEG")
    return stream.getvalue()


def _doors(community: Community, stairwell: int, use: str) -> list[Dwelling]:
    return list(Dwelling.objects.of(community).filter(stairwell=stairwell, use=use).order_by("sort"))


def _families(homes: list[Dwelling]) -> list[list[Residence]]:
    """Residents of each door with at least two, the head first."""
    families = []
    for home in homes:
        living = Residence.objects.of(home.community).living().open().filter(household__dwelling=home)
        living = living.select_related("household__dwelling", "person")
        families.append(list(living.order_by("household", "-is_head", "id")))
    return [family for family in families if len(family) > 1]


def _family(homes: list[Dwelling], index: int) -> list[Residence]:
    families = _families(homes)
    return families[index % len(families)]


def _one(homes: list[Dwelling], test: Callable[[Residence], bool]) -> Residence | None:
    return next((r for family in _families(homes) for r in family if test(r)), None)


def _age(residence: Residence, today: datetime.date) -> int:
    born = residence.person.birth_date
    return today.year - born.year if born else 0
