"""Background job: the slips of many members as one file."""

from partybuilding.member_phone.holders import PhoneHolder, holders_of
from partybuilding.member_phone.slips import slips_pdf
from partybuilding.members.registers import MemberRegister
from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.exports import generated_files
from portal.jobs.jobs import JobFailed, Progress, background
from portal.jobs.models import Job
from portal.pdf.rendering import PdfError

AT_ONCE = 60
"""So many slips at most are printed while the page waits."""


def request_slips(holders: list[PhoneHolder], *, by, community: CommunityRef) -> Job:
    """Enqueue the slips of these members; the file waits encrypted for a day, for its requester alone."""
    return generated_files.request_file(
        print_slips,
        MemberRegister(),
        heading="党员手机绑定单",
        title=f"打印{len(holders)}名党员的手机绑定单",
        extension="pdf",
        parameters={"slips": [holder.key for holder in holders]},
        by=by,
        community=community,
    )


@background(P.BRANCH, name="partybuilding.print_slips")
def print_slips(progress: Progress, *, access: Access, community: CommunityRef, file_uuid: str):
    """Issue and lay out the slips that were requested, of members for whom this user may print them now."""
    file = generated_files.get_file(file_uuid, access, community)
    chosen = set(file.parameters["slips"])
    holders = [each for each in holders_of(access, community) if each.key in chosen and not each.blocked]
    if not holders:
        raise JobFailed("所选党员的登记已有变动，没有要打印的绑定单，请返回重新勾选。")
    try:
        content = slips_pdf(
            holders=holders,
            community=community,
            by=access.user,
            step=lambda done: progress.step(done, len(holders) + 1),
        )
    except PdfError as problem:
        raise JobFailed(str(problem)) from problem
    file.write_content(content)
    return generated_files.finish_file(file, community, rows=len(holders))
