"""Refused files: page and command show a message that names the limit or the problem."""

import io
import struct
import zipfile

import pytest
import xlsxwriter

from portal.spreadsheets.errors import SpreadsheetError
from portal.spreadsheets.reading import read_workbook
from portal.values import sizes
from tests.imports import Pages, import_file, person, roster
from tests.workbooks import workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture(autouse=True)
def parsed_here():
    """By children, as in use."""


def with_parts(parts: dict[str, bytes], without: str = "") -> bytes:
    """A small workbook with other parts in its zip."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(roster(person("李明")))) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name != without:
                target.writestr(name, source.read(name))
        for name, content in parts.items():
            target.writestr(name, content)
    return stream.getvalue()


def cell_of_300_mib() -> bytes:
    """One cell of 300 MiB: 304 KiB as a file."""
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    )
    sheet += b'<c r="A1" t="inlineStr"><is><t>' + b"A" * 299 * sizes.MIB
    return with_parts(
        {"xl/worksheets/sheet1.xml": sheet + b"</t></is></c></row></sheetData></worksheet>"},
        without="xl/worksheets/sheet1.xml",
    )


def far_corner() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["姓名", "性别", "房号"])
    sheet.write_string("XFD1048576", "x")
    book.close()
    return stream.getvalue()


def with_wrong_size_in_directory() -> bytes:
    """A zip whose directory says that a part of 40 MiB has 100 bytes."""
    big = b"<worksheet>" + b" " * 40 * sizes.MIB
    content = with_parts({"xl/worksheets/sheet1.xml": big}, without="xl/worksheets/sheet1.xml")
    return content.replace(struct.pack("<L", len(big)), struct.pack("<L", 100))


def repeated_text() -> bytes:
    """A text of 32,767 characters that 40,000 cells refer to."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    for row in range(400):
        for column in range(100):
            sheet.write_string(row, column, "长" * 32_767)
    book.close()
    return stream.getvalue()


def old_with_password() -> bytes:
    """The start of an encrypted BIFF8 stream: its second record is FILEPASS."""
    records = b"\x09\x08\x10\x00\x00\x06\x05\x00" + b"\0" * 12 + struct.pack("<HHH", 0x2F, 6, 1) + b"\0" * 4
    return OLE + b"\0" * 504 + records + b"\0" * 512 + "Workbook".encode("utf-16-le")


FILES = {
    "empty": (lambda: b"", "文件是空的"),
    "too large": (lambda: b"PK\x03\x04" + b"\0" * 20 * sizes.MIB, "20 MB"),
    "too many entries": (lambda: with_parts({f"xl/{n}.xml": b"x" for n in range(1_000)}), "1000 个部件"),
    "too large unpacked": (
        lambda: with_parts({f"xl/media/{n}.bin": bytes(range(256)) * 4096 * 16 for n in range(19)}),
        "300 MB",
    ),
    "a bomb": (lambda: with_parts({"xl/media/1.png": b"\0" * 30 * sizes.MIB}), "200 倍"),
    "a cell of 300 MiB": (cell_of_300_mib, "200 倍"),
    "a far corner": (far_corner, "200000 行"),
    "a lie about its size": (with_wrong_size_in_directory, "已损坏"),
    "one text in 40,000 cells": (repeated_text, "500 MB"),
    "too many sheets": (lambda: workbook(*[[["x"]]] * 201), "200 张"),
    "too many columns": (lambda: workbook([["x"] * 201]), "200 列"),
    "too many rows": (lambda: ("姓名,性别,房号\n" + "王芳,女,101\n" * 200_000).encode(), "200000 行"),
    "encrypted": (lambda: OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "old and encrypted": (old_with_password, "密码"),
    "cut short": (lambda: (content := roster(person("李明")))[: len(content) // 2], "已损坏"),
    "a PDF": (lambda: b"%PDF-1.7\n1 0 obj\n", "这是 PDF 文件"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "不是 .xlsx"),
    "a Word document": (lambda: with_parts({"word/document.xml": b"<w/>"}, "xl/workbook.xml"), "Word 文档"),
    "macros": (lambda: with_parts({"xl/vbaProject.bin": b"x"}), "有宏"),
    "no header": (lambda: workbook([["王芳", "女"], ["李明", "男"]]), "没有找到表头"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_page_and_command_show_the_same_message(name, client, cast, tmp_path, capsys):
    make, sentence = FILES[name]
    content = make()
    path = tmp_path / "花名册.xlsx"
    path.write_bytes(content)
    status, outcome, output = import_file(path, capsys)
    assert (status, outcome) == (2, None)
    assert sentence in output
    assert "Traceback" not in output
    assert "请" in output
    client.force_login(cast["staff"])
    response = Pages(client).upload(content)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_message_does_not_depend_on_the_file_name():
    """The content decides, not the file name."""
    assert read_workbook("姓名,性别\n王芳,女\n".encode(), "花名册.xls").kind == "csv"
    assert read_workbook(workbook([["姓名"]]), "花名册.csv").kind == "xlsx"
    with pytest.raises(SpreadsheetError, match="PDF"):
        read_workbook(b"%PDF-1.7", "花名册.xls")
