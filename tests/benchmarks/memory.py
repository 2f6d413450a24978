"""`python -m tests.benchmarks.memory CODE PEOPLE`: bytes of memory that the job of an export took at its most."""

import os
import re
import sys
from pathlib import Path


def main(code: str, people: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
    import django

    django.setup()
    from community.accounts.models import User
    from community.communities.models import Community
    from portal.access.db_scope import scope
    from portal.access.user_access import Access
    from portal.exports import tasks
    from portal.exports.models import GeneratedFile
    from portal.jobs.models import Job
    from portal.registers.registry import get_register

    community = Community.objects.using("owner").get(code=code).ref
    access = Access.of(User.objects.get(username="bench"))
    register = get_register("residents:person")
    reach = {"communities": [community.id], "write": [community.id]}
    with scope(**reach):
        job = tasks.request_export(
            register,
            query="",
            columns=register.visible(access, community, "exported"),
            heading=register.heading,
            extension="xlsx",
            by=access.user,
            community=community,
        )
        file = GeneratedFile.objects.get(job=job)
    tasks.write_export.func(
        job_id=job.pk, community_id=community.id, user_id=access.user.pk, file_uuid=str(file.uuid)
    )
    with scope(**reach):
        job, file = Job.objects.get(pk=job.pk), GeneratedFile.objects.get(pk=file.pk)
    assert (job.state, file.rows) == (Job.State.DONE, people), (job.state, job.message, file.rows)
    status = Path("/proc/self/status").read_text()
    sys.stdout.write(str(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
