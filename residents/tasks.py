"""Work of this app that runs in the background: forms with many rows, and forgetting what was uploaded."""

from django.db import connection
from procrastinate.contrib.django import app

from portal import made_files
from portal.jobs import JobFailed, Progress, access_of, background
from portal.permissions import Permission
from portal.spreadsheets.errors import SpreadsheetError
from portal.vault import SecretUnreadable
from residents.filling.files import filled, kept, log_masked, offer_full
from residents.models.filling import KEPT


@app.periodic(cron="*/10 * * * *")
@app.task(name="residents.forget_form_fillings")
def forget_form_fillings(timestamp: int) -> None:
    """Delete uploaded forms after a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT residents_forget_form_fillings(%s)", [KEPT])


@background
def fill_form(progress: Progress, *, community_id: int, user_id: int, file_uuid: str, request_id: str = ""):
    """Fill a form with masked numbers into the file that was asked for."""
    file = made_files.take(file_uuid, community_id=community_id, user_id=user_id)
    access, community = access_of(user_id, community_id, Permission.PEOPLE_EXPORT)
    filling = kept(access, community).filter(uuid=file.wish["filling"]).first()
    if filling is None:
        raise JobFailed("这份表已删除，没有生成文件。")
    try:
        content, prepared = filled(filling, access, community, full=False, step=progress.step)
    except (SpreadsheetError, SecretUnreadable) as problem:
        raise JobFailed(f"{str(problem).rstrip('。')}。") from problem
    log_masked(filling, prepared.ids, access, community, request_id)
    with made_files.Parts(file) as parts:
        parts.write(content)
    return made_files.finish(file, community, rows=len(prepared.ids))


@background
def fill_form_in_full(
    progress: Progress, *, community_id: int, user_id: int, filling_uuid: str, request_id: str = ""
):
    """Fill a form with full numbers and hand it over to be released."""
    access, community = access_of(user_id, community_id, Permission.PEOPLE_REVEAL)
    filling = kept(access, community).filter(uuid=filling_uuid).first()
    if filling is None:
        raise JobFailed("这份表已删除，没有生成文件。")
    try:
        content, prepared = filled(filling, access, community, full=True, step=progress.step)
    except (SpreadsheetError, SecretUnreadable) as problem:
        raise JobFailed(f"{str(problem).rstrip('。')}。") from problem
    release = offer_full(filling, content, prepared.ids, access, community, request_id)
    return {"message": f"{filling.file_name} 已填好，共 {len(prepared.ids)} 人。", "result_url": release.url}
