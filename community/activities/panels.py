"""What the page of an activity shows below its facts: agenda and minutes, and the list of people."""

from dataclasses import dataclass

from community.activities.models import Activity, Attendance
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks
from portal.values.dates import prose_moment


@dataclass(frozen=True, slots=True)
class TextPanel:
    """A text of an activity, with its lines."""

    title: str
    text: str
    template: str = "community/activities/text.html"


def texts(activity: Activity) -> list[TextPanel]:
    """Agenda and minutes, as far as they are written."""
    panels = (TextPanel("议程", activity.agenda), TextPanel("会议记录", activity.minutes))
    return [panel for panel in panels if panel.text]


def attendance(activity: Activity, access, community) -> Panel:
    """Everybody on the list, with who came and what can be done about the others."""
    links = RowLinks(access, community)
    lines = rows(Attendance, access, P.ACTIVITIES, community).filter(activity=activity)
    lines = sorted(
        lines.select_related("person").order_by("person__name_key", "id"),
        key=lambda line: line.state == Attendance.State.OFF,
    )
    is_planned = activity.state == Activity.State.PLANNED
    table = [
        (
            links.link(line.person, line.person.name),
            line.get_state_display(),
            _remark(line),
            _act(line, community, is_planned),
        )
        for line in lines
    ]
    add = "登记报名" if activity.signup_open_until else "增加应到人员"
    invite = Link(add, community.url("community:activity_invite", row=activity.uuid))
    title = _title(activity, lines)
    header = ("姓名", "到会情况", "说明", "办理")
    return Panel(title, header, table, empty="名单上还没有人", links=(invite,) if is_planned else ())


def _title(activity: Activity, lines: list[Attendance]) -> str:
    listed = [line for line in lines if line.state != Attendance.State.OFF]
    if activity.state == Activity.State.HELD:
        present = sum(line.state == Attendance.State.PRESENT for line in listed)
        return f"到会情况：应到{len(listed)}人，到会{present}人"
    words = [f"应到名单：{len(listed)}人"]
    if activity.capacity:
        words.append(f"名额{activity.capacity}个")
    if activity.signup_open_until:
        words.append(f"{prose_moment(activity.signup_open_until)}报名截止")
    return "，".join(words)


def _remark(line: Attendance) -> str:
    if line.state == Attendance.State.MADE_UP:
        return "，".join(filter(None, (f"{line.made_up_on}", line.made_up_how)))
    return line.reason


def _act(line: Attendance, community, is_planned: bool) -> Link | str:
    if is_planned and line.state == Attendance.State.EXPECTED:
        return Link("移出名单", community.url("community:attendance_off", attendance=line.uuid))
    if not is_planned and line.state in Attendance.MISSED:
        return Link("登记补学", community.url("community:attendance_make_up", attendance=line.uuid))
    return ""
