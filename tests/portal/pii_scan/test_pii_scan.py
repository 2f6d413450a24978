"""Scan for personal data before publication. All numbers are generated here and belong to nobody."""

import io

import pytest
import xlsxwriter
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, create_string_object

from portal.pii_scan.files import Unreadable, numbers_in_file
from portal.pii_scan.names import names_in
from portal.pii_scan.text import (
    BANK_CARD,
    ID_NUMBER,
    MOBILE,
    SEGMENT_SEPARATOR,
    PersonalNumber,
    numbers_in_text,
    personal_numbers,
)
from portal.values.id_numbers import checksum
from tests.workbooks import resident_id

ID = resident_id()
WITH_X = next(number for order in range(1000) if (number := resident_id(order=f"{order:03d}")).endswith("X"))
PHONE = "139" + "0" * 4 + "1234"
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def with_luhn(digits: str) -> str:
    """The digits and the check digit of a bank card."""
    total = sum(
        int(d) * 2 - 9 * (int(d) > 4) if n % 2 == 0 else int(d) for n, d in enumerate(reversed(digits))
    )
    return f"{digits}{-total % 10}"


CARD = with_luhn("6228" + "0" * 10 + "1234")
CARD_16 = with_luhn("622848" + "0" * 5 + "1234")


@pytest.mark.parametrize(
    ("text", "kind", "masked"),
    [
        (f"张三，{ID}。", ID_NUMBER, "3301**************"),
        (WITH_X.lower(), ID_NUMBER, "3301**************"),
        (WITH_X.translate(FULL_WIDTH), ID_NUMBER, "3301**************"),
        (f"证件{ID[:6]} {ID[6:14]} {ID[14:]}", ID_NUMBER, "3301**************"),
        (f"{ID[:6]} - {ID[6:14]} - {ID[14:]}", ID_NUMBER, "3301**************"),
        (" ".join(ID), ID_NUMBER, "3301**************"),
        (f"{ID[:6]}\u200b{ID[6:]}", ID_NUMBER, "3301**************"),
        (f"{ID[:6]}{ID[8:17]}", ID_NUMBER, "3301***********"),
        (f"{ID[:17]}{'0' if ID[17] != '0' else '1'}", ID_NUMBER, "3301**************"),
        ("330102·19700101·1234", ID_NUMBER, "3301**************"),
        (f"{ID[:6]}.{ID[6:10]}.{ID[10:14]}.{ID[14:]}", ID_NUMBER, "3301**************"),
        (f"{ID[:6]}_{ID[6:14]}/{ID[14:]}", ID_NUMBER, "3301**************"),
        (f"{ID[:9]}\n{ID[9:]}", ID_NUMBER, "3301**************"),
        (f"{ID[:6]}\r\n{ID[6:14]}\n{ID[14:]}", ID_NUMBER, "3301**************"),
        (f"{ID[:4]}*{ID[4:]}", ID_NUMBER, "3301**************"),
        ("138.0013.8000", MOBILE, "138********"),
        ("138·0013·8000", MOBILE, "138********"),
        ("(138)0013-8000", MOBILE, "138********"),
        ("1380013\n8000", MOBILE, "138********"),
        ("138、0013、8000", MOBILE, "138********"),
        ("138，0013，8000", MOBILE, "138********"),
        ("١٣٨٠٠١٣٨٠٠٠", MOBILE, "138********"),
        (f"电话{PHONE}张三", MOBILE, "139********"),
        (PHONE.translate(FULL_WIDTH), MOBILE, "139********"),
        (f"{PHONE[:3]}-{PHONE[3:7]}-{PHONE[7:]}", MOBILE, "139********"),
        (f"+86{PHONE}", MOBILE, "139********"),
        (f"+86 {PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}", MOBILE, "139********"),
        (f"1.{PHONE}", MOBILE, "139********"),
        (f"2026-11-26 {PHONE}", MOBILE, "139********"),
        (f"91330106MA27X{ID[:5]} {PHONE}", MOBILE, "139********"),
        (f"卡号{CARD}", BANK_CARD, "6228***************"),
        (f"{CARD_16[:4]} {CARD_16[4:8]} {CARD_16[8:12]} {CARD_16[12:]}", BANK_CARD, "6228************"),
    ],
)
def test_numbers_are_found_in_any_notation(text, kind, masked):
    assert numbers_in_text(text, "正文") == [PersonalNumber("正文", kind, masked)]


def test_adjacent_numbers_are_separated():
    findings = numbers_in_text(f"{PHONE} {PHONE} {ID} {CARD}\n{PHONE}", "正文")
    assert [finding.kind for finding in findings] == [MOBILE, MOBILE, ID_NUMBER, BANK_CARD, MOBILE]


ORDER = "20261126" + "000123456"


@pytest.mark.parametrize(
    "text",
    [
        ORDER + checksum(ORDER),  # the checksum of an ID, but nobody's birth date
        "913301067" + "12345678X",  # a credit code without letters
        "91330106MA27XY1238",
        f"7{PHONE}",
        f"{PHONE}7",
        f"{PHONE}.00元",
        f"0.{PHONE}",
        "0578-2123456、400-820-8820、110",
        "2026-11-26 2026-12-31 08:00-20:00",
        "2026年11月26日，收入12,345,678.90元，支出1234567.80元",
        "本月合计 1200 3500 4800 12000",
        f"{CARD[:-1]}{(int(CARD[-1]) + 1) % 10}",
        f"1{CARD}00000",
        "办公费15000\n维修费326050",
        "收入15000，支出326050",
        "2026.11.26 2026.12.31",
        "2026/11/26-2026/12/31 08:00",
        f"{ID[:9]}{SEGMENT_SEPARATOR}\n{ID[9:]}",  # two cells of a table
    ],
)
def test_similar_digits_are_not_reported(text):
    assert numbers_in_text(text, "正文") == []


def test_numbers_do_not_continue_across_lines_of_a_file():
    """Lines of a file are often table cells."""
    assert list(personal_numbers(f"{ID[:9]}\n{ID[9:]}")) == []
    assert list(personal_numbers(f"{ID[:9]}\n{ID[9:]}", across_lines=True)) == [(ID_NUMBER, ID)]


def workbook() -> bytes:
    """A workbook with a number in every place where one is easily overlooked."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    visible, hidden = book.add_worksheet("公示"), book.add_worksheet("底稿")
    hidden.hide()
    visible.write("A1", "姓名")
    visible.write_rich_string("B2", "电话", book.add_format({"bold": True}), PHONE[:3], PHONE[3:])
    visible.write_number("AA3", float(PHONE), book.add_format({"num_format": "0.00E+00"}))
    visible.write_number("A4", float(ID))  # its last digits are lost, its birth date is not
    visible.write_number("A5", 1, book.add_format({"num_format": f'"{CARD}"'}))
    visible.write_comment("A1", f"身份证{WITH_X}")
    visible.set_footer(f"&C联系人：{PHONE[:-1]}5")
    visible.insert_textbox("D4", f"请打{PHONE[:-1]}6")
    visible.data_validation("A9", {"validate": "list", "source": [f"{PHONE[:-1]}7"]})
    hidden.write("C1", ID)
    book.set_properties({"comments": f"{PHONE[:-1]}8"})
    book.close()
    return stream.getvalue()


def test_every_part_of_a_spreadsheet_is_scanned():
    findings = numbers_in_file(workbook(), "公示.xlsx", "附件“公示.xlsx”")
    places = {(f.where.removeprefix("附件“公示.xlsx”"), f.kind) for f in findings}
    assert places == {
        ("工作表“公示”B2单元格", MOBILE),
        ("工作表“公示”AA3单元格", MOBILE),
        ("工作表“公示”A4单元格", ID_NUMBER),
        ("工作表“底稿”（隐藏）C1单元格", ID_NUMBER),
        ("单元格格式", BANK_CARD),
        ("批注", ID_NUMBER),
        ("页眉页脚、下拉选项或链接", MOBILE),
        ("文本框或图形", MOBILE),
        ("文件属性", MOBILE),
    }
    assert len(findings) == 10
    assert not any(number in str(findings) for number in (ID, PHONE, CARD, WITH_X))


def test_csv_is_scanned():
    findings = numbers_in_file(f"姓名,电话\n张三,{PHONE}\n".encode("gb18030"), "名单.csv", "附件")
    assert findings == [PersonalNumber("附件工作表“CSV”B2单元格", MOBILE, "139********")]


def pdf(*pages: str, title: str = "", note: str = "") -> PdfWriter:
    """A PDF with one line of text a page, a title and a comment on the last page."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(595, 842)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if note:
        comment = DictionaryObject(
            {NameObject("/Subtype"): NameObject("/Text"), NameObject("/Contents"): create_string_object(note)}
        )
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(comment)])
    writer.add_metadata({"/Title": title})
    return writer


def written(writer: PdfWriter) -> bytes:
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def test_every_page_of_a_pdf_is_scanned():
    content = written(pdf("nothing", f"ID {ID}", title=f"T {PHONE}", note=CARD))
    assert [(f.where, f.kind) for f in numbers_in_file(content, "公示.pdf", "附件")] == [
        ("附件第2页", ID_NUMBER),
        ("附件第2页批注或链接", BANK_CARD),
        ("附件文件属性", MOBILE),
    ]


def with_password() -> bytes:
    writer = pdf(ID)
    writer.encrypt("secret", algorithm="RC4-128")
    return written(writer)


def with_embedded_file() -> bytes:
    writer = pdf("see the attachment")
    writer.add_attachment("list.txt", ID.encode())
    return written(writer)


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (with_password, "公示.pdf", "PDF 设有打开密码，无法检查。请取消密码，另存后再上传。"),
        (with_embedded_file, "公示.pdf", "PDF 里夹带了其他文件，无法检查。请去掉夹带的文件，另存后再上传。"),
        (lambda: b"%PDF-1.7 nothing more", "公示.pdf", "PDF 已损坏，无法检查。请用原来的软件重新生成后再上传。"),
        (lambda: b"\x89PNG", "照片.png", "图片里的文字无法自动检查，请逐张看过，确认没有身份证号码、手机号码和银行卡号。"),
        (lambda: b"PK\x03\x04", "公告.docx", "Word 文档无法自动检查，请另存为 PDF 后再上传。"),
        (lambda: workbook()[:-40], "公示.xlsx", "文件已损坏，打不开。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传。"),
    ],
)  # fmt: skip
def test_unreadable_file_is_refused_with_a_message(content, name, sentence):
    with pytest.raises(Unreadable) as refused:
        numbers_in_file(content(), name, "附件")
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("欧阳娜患病，住院治疗。", ["欧阳娜"]),
        ("看望欧 阳 娜。", ["欧阳娜"]),
        ("看望欧阳\n娜。", ["欧阳娜"]),
        ("发放给阿依古丽买买提一套轮椅", ["阿依古丽·买买提"]),
        ("慰问王芳家。", ["王芳"]),
        ("救助对象：王芳、李明。", ["李明", "王芳"]),
        ("王　芳身患重病", ["王芳"]),
        ("低保户李明（住院）", ["李明"]),
    ],
)
def test_names_are_found_with_any_spacing(text, names):
    people = {"欧阳娜", "阿依古丽·买买提", "王芳", "李明", "高兴", "文明", "安全"}
    assert sorted(names_in(text, people)) == sorted(names)


@pytest.mark.parametrize(
    "text",
    [
        "居民们高兴地参加文明社区创建，安全检查已完成。",
        "加强消防安全教育，提高文明程度，大家都很高兴。",
        "国王芳草地、李明亮、小李明白了",
        "会长张三主持会议，张三丰出席。",
    ],
)
def test_common_words_and_allowed_names_are_not_reported(text):
    people = {"王芳", "李明", "高兴", "文明", "安全", "张三", "三丰"}
    assert list(names_in(text, people, allowed={"张三", "张三丰"})) == []
