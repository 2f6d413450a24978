"""Download of refused rows for correction: the committee's own file with only these rows."""

import pytest

from community.people.models import Person
from portal.audit.models import AccessLog
from portal.importing.refused import REASON
from portal.spreadsheets.reading import read_workbook
from tests.imports import Pages, person, roster, run_jobs
from tests.workbooks import ROSTER, resident_id, workbook

pytestmark = pytest.mark.django_db

HUSBAND, CHILD = resident_id("19800301", "111"), resident_id("20100607", "333")
WRONG = CHILD[:-1] + ("0" if CHILD[-1] != "0" else "1")
ID, ROOM = ROSTER.index("身份证号码"), ROSTER.index("房号")


@pytest.fixture
def pages(client, cast):
    client.force_login(cast["staff"])
    return Pages(client)


def download(pages, batch):
    response = pages.client.post(pages.url("import_refused", batch))
    assert response.status_code == 200
    return read_workbook(response.content, "x.xlsx").sheets


def test_download_holds_refused_rows_with_header_and_reason(pages, house):
    rows = [
        ["滨江花园花名册"],
        list(ROSTER),
        [
            {
                "姓名": "李明",
                "楼栋": "3幢",
                "单元": "2",
                "房号": "501",
                "与户主关系": "户主",
                "身份证号码": HUSBAND,
            }.get(n)
            for n in ROSTER
        ],
        [{"姓名": "李小", "与户主关系": "长女", "身份证号码": WRONG}.get(n) for n in ROSTER],
        ["合计", 2],
    ]
    batch = pages.check(workbook(rows, names=["一号表"], merges=[(1, 1, 1, 20)]))
    assert "下载有误的1行" in pages.show(batch).content.decode()
    (sheet,) = download(pages, batch)
    assert sheet.name == "一号表"
    assert len(sheet.rows) == 3
    assert sheet.rows[0][0] == "滨江花园花名册"
    assert sheet.rows[1] == [*ROSTER, REASON]
    assert sheet.rows[2][ID] == WRONG
    assert "校验码不符" in sheet.rows[2][-1]
    # Cells that the row left to the row above are filled in.
    assert sheet.rows[2][ROOM] == "501"
    log = AccessLog.objects.get()
    assert (log.action, log.subject) == ("export", "community.Person")


def test_lost_digits_are_not_written_as_zeros(pages):
    batch = pages.check(roster(person("李明", 身份证号码=float(HUSBAND[:15] + "000"))))
    (sheet,) = download(pages, batch)
    assert sheet.rows[1][ID] == HUSBAND[:15] + "***"


def test_corrected_file_can_be_imported(pages, house):
    content = roster(
        person("李明", 与户主关系="户主", 身份证号码=HUSBAND),
        person("李小", 与户主关系="长女", 身份证号码=WRONG),
    )
    batch = pages.check(content)
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    response = pages.client.post(pages.url("import_refused", batch))
    second = pages.check(response.content)
    assert second.report["counts"]["error"] == 1
    (sheet,) = download(pages, second)
    assert sheet.rows[0].count(REASON) == 1
    rows = [list(row) for row in sheet.rows]
    rows[1][ID] = CHILD
    third = pages.check(workbook(rows))
    pages.client.post(pages.url("import_apply", third))
    run_jobs()
    assert Person.objects.filter(community=house.xizhigou).count() == 2


def test_no_download_before_the_check(pages):
    pages.upload(roster(person("李明", 身份证号码=HUSBAND)))
    batch = pages.batch()
    response = pages.client.post(pages.url("import_refused", batch))
    assert response.status_code == 302
    assert not AccessLog.objects.exists()


def test_csv_is_downloaded_as_a_spreadsheet(pages):
    lines = [",".join(ROSTER), ",".join({"姓名": "李明", "身份证号码": WRONG}.get(n, "") for n in ROSTER)]
    content = "\n".join(lines).encode("gbk")
    name = "一个很长的文件名[括苍社区二〇二六年第四季度居民花名册]最终版.csv"
    pages.upload(content, name=name)
    batch = pages.batch()
    pages.client.post(pages.url("import_mapping", batch), pages.mapping(batch))
    run_jobs()
    batch.refresh_from_db()
    (sheet,) = download(pages, batch)
    assert sheet.rows[1][ID] == WRONG
