"""Tasks that fill a form."""

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.exports import generated_files
from portal.jobs.jobs import JobFailed, Progress, background
from residents.form_filling.files import (
    REFUSED,
    filled,
    log_masked_export,
    offer_sensitive_export,
    own_fillings,
)


@background(Permission.PEOPLE_EXPORT, name="residents.fill_form")
def fill_form(
    progress: Progress, *, access: Access, community: CommunityRef, file_uuid: str, request_id: str = ""
):
    """Fill a form with masked numbers into the requested file."""
    file = generated_files.get_file(file_uuid, access, community)
    filling, content, prepared = _filled(file.parameters["filling"], access, community, progress, full=False)
    log_masked_export(filling, prepared.ids, access, community, request_id)
    file.write_content(content)
    return generated_files.finish_file(file, community, rows=len(prepared.ids))


@background(Permission.PEOPLE_REVEAL, name="residents.fill_form_in_full")
def fill_form_in_full(
    progress: Progress, *, access: Access, community: CommunityRef, filling_uuid: str, request_id: str = ""
):
    """Fill a form with full numbers and submit it as a sensitive export."""
    filling, content, prepared = _filled(filling_uuid, access, community, progress, full=True)
    export = offer_sensitive_export(filling, content, prepared.ids, access, community, request_id)
    return {
        "message": f"{filling.file_name} 已填好，共 {len(prepared.ids)} 人。",
        "result_url": export.url,
    }


def _filled(uuid: str, access: Access, community: CommunityRef, progress: Progress, *, full: bool):
    """The uploaded form, the bytes of the filled one, and the people in it. Raises JobFailed."""
    filling = own_fillings(access, community).filter(uuid=uuid).first()
    if filling is None:
        raise JobFailed("这份表已删除，没有生成文件。")
    try:
        return filling, *filled(filling, access, community, full=full, step=progress.step)
    except REFUSED as problem:
        raise JobFailed(f"{str(problem).rstrip('。')}。") from problem
