"""Tables on the page of a body and of a post: posts with holders and vacancies, members, bodies below, former holders."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils import timezone

from community.bodies.models import Body, BodyMember, Post, PostHolder
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks


def of_body(body: Body, access, community, *, may_change: bool, right: P = P.PLACES_VIEW) -> list[Panel]:
    """The tables of a body's page, for holders of a right to read it."""
    today, links = timezone.localdate(), RowLinks(access, community)
    may_change = may_change and not body.is_over
    holders = rows(PostHolder, access, right, community).filter(post__body=body)
    holders = list(holders.select_related("person", "post__body").order_by("post__order", "post_id", "start"))
    current = [h for h in holders if h.start <= today and (h.end is None or h.end > today)]
    coming = [h for h in holders if h.start > today and h.end != h.start]
    former = [h for h in holders if h.end is not None and h.end <= today]
    tables = [
        _posts(body, [*current, *coming], access, community, links, may_change, right),
        _members(body, access, community, links, may_change),
        _below(body, access, community, links, right),
        Panel("历任", _TENURE, [_tenure(holder, links) for holder in reversed(former)]) if former else None,
    ]
    return [table for table in tables if table]


def of_post(post: Post, access, community, *, may_change: bool) -> Panel:
    """Everybody who holds and held a post, the latest first."""
    links = RowLinks(access, community)
    holders = rows(PostHolder, access, P.PLACES_VIEW, community).filter(post=post)
    lines = [_tenure(holder, links) for holder in holders.select_related("person", "post__body")]
    appoint = (Link("任职", appointment_url(community, post)),) if may_change else ()
    return Panel("任职", _TENURE, lines, empty="还没有人任职", links=appoint)


_TENURE = ("职务", "姓名", "任职日期", "离任日期", "产生方式", "任免文号")


def _tenure(holder: PostHolder, links: RowLinks) -> tuple:
    return (
        holder.post.title,
        links.link(holder.person, holder.person.name),
        links.link(holder, holder.start),
        holder.end or "现任",
        holder.get_manner_display(),
        holder.document,
    )


def other_posts(
    access, community, people: Iterable[int], right: P = P.PLACES_VIEW
) -> dict[int, list[PostHolder]]:
    """Person id → the posts that they hold today (交叉任职) and this user may see, in one query."""
    holders = rows(PostHolder, access, right, community).current().filter(person__in=set(people))
    by_person = defaultdict(list)
    for holder in holders.select_related("post__body").order_by("post__body__name", "post__order", "id"):
        by_person[holder.person_id].append(holder)
    return by_person


def _posts(
    body: Body, holders: list[PostHolder], access, community, links: RowLinks, may_change, right: P
) -> Panel:
    """Each post with its holders, whatever else they hold, and its vacancies."""
    today = timezone.localdate()
    held = other_posts(access, community, [holder.person_id for holder in holders], right)
    lines = []
    for post in rows(Post, access, right, community).filter(body=body):
        of_post = [holder for holder in holders if holder.post_id == post.pk]
        title = links.link(post, post.title)
        for holder in of_post:
            others = [str(h.post) for h in held[holder.person_id] if h.post_id != post.pk]
            lines.append(
                (
                    title,
                    links.link(holder.person, holder.person.name),
                    links.link(holder, holder.start),
                    holder.until or "",
                    holder.get_manner_display(),
                    "、".join(others),
                )
            )
        vacancies = 0 if body.is_over else post.seats - sum(holder.start <= today for holder in of_post)
        if vacancies > 0:
            appoint = Link("去任职", appointment_url(community, post)) if may_change else ""
            lines.append((title, f"空缺{vacancies}名", appoint, "", "", ""))
    header = ("职务", "姓名", "任职日期", "任期至", "产生方式", "兼任")
    create = f"{community.url('community:post_create')}?body={body.pk}"
    buttons = (Link("增设职务", create),) if may_change else ()
    return Panel("职务和任职", header, lines, empty="还没有设置职务", links=buttons)


def appointment_url(community, post: Post) -> str:
    """Address of the form that puts somebody into a post."""
    return f"{community.url('community:postholder_create')}?post={post.pk}"


def _members(body: Body, access, community, links: RowLinks, may_change: bool) -> Panel | None:
    """The members today; party members are a register of their own."""
    if body.is_party:
        return None
    members = rows(BodyMember, access, P.PLACES_VIEW, community).filter(body=body).current()
    lines = [
        (links.link(member.person, member.person.name), links.link(member, member.start), member.note)
        for member in members.select_related("person").order_by("person__name_key", "id")
    ]
    create = f"{community.url('community:bodymember_create')}?body={body.pk}"
    buttons = (Link("新增成员", create),) if may_change else ()
    return Panel("成员", ("姓名", "加入日期", "备注"), lines, empty="还没有登记成员", links=buttons)


def _below(body: Body, access, community, links: RowLinks, right: P) -> Panel | None:
    below = rows(Body, access, right, community).filter(parent=body).current()
    lines = [(links.link(each, each.name), each.get_kind_display()) for each in below]
    return Panel("下级组织", ("名称", "类别"), lines) if lines else None
