"""Import helpers: rosters, the shell command, and running the worker's jobs in the test's process."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django import app

from portal.importing.models import ImportBatch
from tests.workbooks import ROSTER, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def person(name, place="3幢2单元501室", **cells) -> dict:
    """A row of a roster by column name; `place` fills building, stairwell and room."""
    building, _, unit_and_room = place.partition("幢")
    stairwell, _, room = unit_and_room.rpartition("单元")
    return {
        "姓名": name,
        "楼栋": f"{building}幢",
        "单元": stairwell,
        "房号": room.removesuffix("室"),
        **cells,
    }


def roster(*people: dict, header=ROSTER, **options) -> bytes:
    """A roster as a spreadsheet; columns that a row does not name stay blank."""
    rows = [[row.get(name) for name in header] for row in people]
    return workbook([list(header), *rows], **options)


def import_file(path, capsys, *options, community="xizhigou"):
    """Run the command with --json: exit status, the JSON (or None) and what stderr says."""
    capsys.readouterr()
    status = 0
    try:
        call_command("import_residents", str(path), "--community", community, "--json", *options)
    except SystemExit as end:
        status = end.code
    output = capsys.readouterr()
    return status, json.loads(output.out) if output.out else None, output.err


def counts(outcome: dict) -> tuple[int, int, int, int, int]:
    """rows, new, changed, unchanged, duplicate."""
    return tuple(outcome[key] for key in ("rows", "new", "changed", "unchanged", "duplicate"))


def status_for(outcome: dict, *options: str) -> int:
    """Exit status for such counts: 1 for an --apply that imported no row."""
    took = outcome["new"] + outcome["changed"] + outcome["unchanged"]
    return 1 if "--apply" in options and not took else 0


def run_jobs() -> int:
    """Run all queued jobs as the worker would; returns their number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        waiting = cursor.fetchall()
        cursor.execute("DELETE FROM procrastinate_jobs")
    for _, name, arguments in waiting:
        arguments = json.loads(arguments) if isinstance(arguments, str) else arguments
        app.tasks[name].func(**arguments)
    return len(waiting)


class Pages:
    """Drives the import pages of one register as a browser user does."""

    def __init__(self, client, community="xizhigou", label="residents:person"):
        self.client = client
        self.community = community
        self.label = label

    def url(self, action: str, batch=None) -> str:
        kwargs = {"community": self.community} | ({"batch": batch.uuid} if batch else {})
        return reverse(f"{self.label}_{action}", kwargs=kwargs)

    def upload(self, content: bytes, name="花名册.xlsx", token=None):
        """Send a file; the response."""
        token = token or self.client.get(self.url("import")).context["form"]["token"].value()
        file = SimpleUploadedFile(name, content, XLSX)
        return self.client.post(self.url("import"), {"file": file, "token": token})

    def batch(self) -> ImportBatch:
        return ImportBatch.objects.latest("id")

    def mapping(self, batch, **changes) -> dict:
        """What the mapping form sends as it is shown."""
        data = {"sheet": batch.mapping["used"], "choice": batch.mapping["choice"]}
        for number, layout in enumerate(batch.mapping["layouts"]):
            for key, column in layout["fields"].items():
                data[f"layout{number}-column{column}"] = key
        return data | changes

    def check(self, content: bytes, **changes) -> ImportBatch:
        """Upload, map as proposed and check; the batch as it then is."""
        assert self.upload(content).status_code == 302
        batch = self.batch()
        self.client.post(self.url("import_mapping", batch), self.mapping(batch, **changes))
        run_jobs()
        return self.batch()

    def take(self, content: bytes) -> ImportBatch:
        """Check a file and apply it; the batch, all of whose jobs are done."""
        batch = self.check(content)
        self.client.post(self.url("import_apply", batch))
        run_jobs()
        batch.refresh_from_db()
        assert batch.state == "applied", batch.report
        return batch

    def show(self, batch, **query):
        return self.client.get(self.url("import_batch", batch), query)
