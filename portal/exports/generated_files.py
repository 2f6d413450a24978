"""Generated files: requested by a user, made by a job, stored encrypted in parts for a day."""

from django.urls import reverse
from django.utils import timezone

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.exports.models import GeneratedFile
from portal.jobs.jobs import enqueue
from portal.jobs.models import Job
from portal.registers.registers import Register
from portal.registers.registry import get_register


def request_file(
    task,
    register: Register,
    *,
    title: str,
    extension: str,
    parameters: dict,
    by,
    community: CommunityRef,
    heading: str = "",
    name: str = "",
    **ids,
) -> Job:
    """Enqueue `task` to generate a file of a register; returns the running job if the same file was requested before.

    The task gets `file_uuid`, with which it loads the file (`get_file`), and `ids`. The file is named `name`, or else
    by community, `heading` and date.
    """
    same = GeneratedFile.objects.of(community).filter(
        user_id=by.pk, register=register.label, extension=extension, parameters=parameters
    )
    unfinished = (Job.State.WAITING, Job.State.RUNNING)
    if earlier := same.not_expired().filter(job__state__in=unfinished).select_related("job").first():
        return earlier.job
    file = GeneratedFile(
        community_id=community.id,
        user_id=by.pk,
        register=register.label,
        name=name[:120] or f"{community.name}{heading}{timezone.localdate():%Y%m%d}",
        extension=extension,
        parameters=parameters,
    )
    # The job refers to the file by uuid, since each row needs the other's key.
    whose = {"community_id": community.id, "user_id": by.pk}
    file.job = enqueue(task, title=title, file_uuid=str(file.uuid), **whose, **ids)
    file.save()
    return file.job


def files_of(user, community: CommunityRef):
    """A user's own finished files in a community that have not expired."""
    files = GeneratedFile.objects.of(community).filter(user_id=user.pk, job__state=Job.State.DONE)
    return files.not_expired().select_related("job", "file")


def get_file(file_uuid: str, access: Access, community: CommunityRef) -> GeneratedFile:
    """The file that a job is to generate."""
    files = GeneratedFile.objects.of(community).filter(user_id=access.user.pk)
    return files.select_related("file").get(uuid=file_uuid)


def export_right(*, community_id: int, file_uuid: str, **arguments) -> Permission:
    """The permission that the job of a file requires (`portal.jobs.jobs.background`)."""
    file = GeneratedFile.objects.filter(community_id=community_id).only("register").get(uuid=file_uuid)
    return get_register(file.register).export_right


def finish_file(file: GeneratedFile, community: CommunityRef, *, rows: int) -> dict:
    """Save the number of rows; returns the result of the job."""
    file.rows = rows
    file.save(update_fields=["rows"])
    url = reverse("portal:job_file", kwargs={"community": community.code, "job": file.job.uuid})
    return {"message": f"文件已生成，共 {rows} 行。", "result_url": url}
