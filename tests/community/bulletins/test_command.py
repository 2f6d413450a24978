"""Command disclosure_pdf: writes the bytes, or prints one sentence, exits with 2 and writes no file."""

import pytest
from django.core.management import call_command

from tests.community.bulletins.drafting import correct, publish, write_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path, capsys):
    """Run the command; returns exit status, stderr and the output path."""

    def run(community="kuocang", month="2026-10", output="out.pdf"):
        file = tmp_path / output
        status = 0
        try:
            call_command("disclosure_pdf", community=community, month=month, output=str(file))
        except SystemExit as end:
            status = end.code
        return status, capsys.readouterr().err.strip(), file

    return run


def test_the_highest_version_is_written(house, cast, quick_pdf, run):
    second = correct(publish(house.kuocang, cast), cast)
    status, output, file = run()
    assert (status, output) == (0, "")
    assert file.read_bytes() == second.read_pdf()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"community": "nowhere"}, "没有代号为“nowhere”的社区，请检查 --community。"),
        ({"month": "2026-13"}, "月份“2026-13”不正确，请写成 2026-10 这样的年月。"),
        ({"month": "去年"}, "月份“去年”不正确，请写成 2026-10 这样的年月。"),
        ({"month": "2026-09"}, "括苍社区2026年9月没有已公开的版本。"),
        ({"community": "xizhigou"}, "西直沟社区2026年10月没有已公开的版本。"),
    ],
)
def test_missing_bulletin_is_reported_and_no_file_is_written(house, cast, quick_pdf, run, options, sentence):
    publish(house.kuocang, cast)
    status, output, file = run(**options)
    assert (status, output) == (2, sentence)
    assert not file.exists()


def test_draft_is_not_exported(house, cast, run):
    write_draft(house.kuocang, cast["staff"])
    assert run()[0] == 2


def test_unwritable_output_path_is_reported(house, cast, quick_pdf, run, tmp_path):
    publish(house.kuocang, cast)
    status, message, _ = run(output="no/such/folder/out.pdf")
    assert status == 2
    assert message.startswith("不能写入 ")


def test_directory_as_output_leaves_no_temporary_file(house, cast, quick_pdf, run, tmp_path):
    publish(house.kuocang, cast)
    (tmp_path / "taken").mkdir()
    status, message, _ = run(output="taken")
    assert (status, message.startswith("不能写入 ")) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["media", "taken"]
