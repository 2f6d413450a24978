"""Published PDF: content, masked names, and stable bytes."""

import hashlib
import subprocess
from io import BytesIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from pypdf import PdfReader

from community.bulletins.models.bulletin import BulletinVersion
from tests.community.bulletins.drafting import MONTH, RECIPIENTS, make_people, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(house, cast, storage) -> BulletinVersion:
    return publish(house.kuocang, cast, recipients=make_people(house.kuocang))


def text_of(pdf: bytes) -> str:
    """Text extracted by poppler, without line breaks."""
    command = ["pdftotext", "-layout", "-", "-"]
    printed = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return "".join(printed.split())


def test_recipients_are_masked_in_pdf_and_page(version, client):
    page = client.get(reverse("community:disclosure_detail", kwargs={"code": "kuocang", "month": MONTH}))
    printed = text_of(version.read_pdf())
    for text in (page.content.decode(), printed):
        assert all(masked in text for masked in ("张*", "王*", "李*", "欧阳*", "赵*"))
        assert not [name for name in RECIPIENTS if name in text]


def test_the_document_has_title_numbered_parts_tables_and_signature(version):
    printed = text_of(version.read_pdf())
    assert printed.startswith("括苍社区2026年10月居务公开全体居民：")
    parts = ["一、人口情况", "二、人口变动", "五、人员变动", "六、财务收支", "七、居民诉求"]
    parts += ["八、党组织和党员", "九、捐款收支", "十、场地开放和使用"]
    parts += ["十一、党务公开", "十二、居务公开", "十三、财务公开"]
    assert [printed.find(part) for part in parts] == sorted(printed.find(part) for part in parts)
    assert all(part in printed for part in parts)
    assert "类别期初补登增加减少期末居住人口" in printed
    assert "姓名救助项目金额（元）张*临时救助300.00" in printed
    assert "括苍社区居民委员会" in printed
    assert "—1—" in printed


def test_every_font_is_embedded(version):
    fonts = [
        font.get_object()
        for page in PdfReader(BytesIO(version.read_pdf())).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    descriptors = [f["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for f in fonts]
    assert descriptors
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(d.keys()) for d in descriptors)


def test_pdf_bytes_are_equal_from_command_page_and_storage(version, client, storage, tmp_path):
    output = tmp_path / "公开.pdf"
    call_command("disclosure_pdf", community="kuocang", month="2026-10", output=str(output))
    stored = (storage / version.pdf.name).read_bytes()
    page = client.get(reverse("community:disclosure_print", kwargs={"code": "kuocang", "month": MONTH}))
    assert output.read_bytes() == page.content == stored
    assert hashlib.sha256(stored).hexdigest() == version.sha256
