"""The main job from end to end, each part on the screen on which it is done.

Each test takes people, doors and months of its own, so that they run in any order on the same data. That pages fit
both widths is looked at in `test_every_page.py`.
"""

import io
import re

import pypdf
import pytest
from playwright.sync_api import expect

from tests.browser.roster import XLSX, Family, messy_roster

ON_A_SCREEN = pytest.mark.parametrize("width", [1366], ids=["desktop"], indirect=True)
ON_A_PHONE = pytest.mark.parametrize("width", [390], ids=["phone"], indirect=True)


@ON_A_SCREEN
def test_staff_take_over_an_old_spreadsheet(visitor):
    family = Family("1幢", "钱", "郑", 100)
    staff = visitor()

    # Signs in by keyboard alone, from the page that everybody sees.
    staff.opens("/")
    staff.tabs_to(staff.page.get_by_role("link", name="工作人员登录"))
    staff.hits("Enter")
    staff.tabs_to(staff.page.get_by_label("用户名"))
    staff.types("staff")
    staff.hits("Tab")
    staff.types("liren-demo")
    staff.hits("Enter")
    staff.arrives_at("陈晓燕，需要您办的事")

    staff.follows("西直沟社区")
    staff.arrives_at("今天要办的事")
    staff.goes_to("居民", "居民")
    staff.arrives_at("居民")
    staff.follows("导入表格")
    staff.arrives_at("导入居民表格")
    file = {"name": f"{family.building}花名册.xlsx", "mimeType": XLSX, "buffer": messy_roster(family)}
    staff.page.get_by_label("电子表格").set_input_files(file)
    staff.presses("上传并识别")

    # The columns are recognised below title, note and merged cells; nobody has to change anything.
    staff.arrives_at(file["name"])
    expect(staff.page.get_by_label("身份证号码")).to_have_value("id_number")
    expect(staff.page.get_by_label("人户分离")).not_to_have_value("")
    staff.presses("开始检查")

    staff.sees("共7人：可导入4人，重复1人，有误2人。")
    staff.fits()
    wrong = staff.row(f"{family.husband}有福")
    expect(wrong).to_contain_text("身份证号码的校验码不符")
    expect(wrong.get_by_text("5", exact=True)).to_be_visible()  # as the spreadsheet counts
    expect(staff.row(f"{family.wife}苗苗")).to_contain_text("末尾几位已丢失")
    staff.follows("重复 1")
    expect(staff.row(f"{family.wife}桂香")).to_be_visible()
    staff.follows("新增房屋 2")
    staff.sees(f"{family.building}1单元102室")
    staff.presses("导入无误的 4 人")

    staff.sees("新增 4 人，更新 0 人")
    staff.fits()

    # The list shows them: found by keyboard alone, pinyin included.
    staff.goes_to("居民", "居民")
    staff.arrives_at("居民")
    staff.tabs_to(staff.page.get_by_label("搜索"))
    staff.types(f"{family.wife}海棠")
    expect(staff.results).to_contain_text("共 1 条（已筛选）")
    staff.tabs_to(staff.main.get_by_role("link", name=f"{family.wife}海棠", exact=True))
    staff.hits("Enter")
    staff.arrives_at(f"{family.wife}海棠")
    staff.sees(f"{family.building}1单元102室")


@ON_A_SCREEN
def test_back_leads_from_the_check_of_an_event_to_the_filled_form(visitor):
    staff = visitor()
    staff.signs_in("staff")
    staff.opens("/c/kuocang/people/?state=living")
    staff.results.get_by_role("row").nth(1).get_by_role("link").first.click()
    staff.main.get_by_text("办理变动", exact=True).click()
    staff.follows("子女出生")
    name = staff.page.get_by_label("姓名")
    name.fill("欧阳小满")
    staff.page.get_by_label("性别").select_option("女")
    staff.page.get_by_label("与户主关系").fill("其他亲属")
    staff.presses("下一步：核对")
    expect(staff.row("欧阳小满", "居住")).to_be_visible()

    staff.page.go_back()
    expect(name).to_have_value("欧阳小满")
    staff.page.go_forward()
    expect(staff.row("欧阳小满", "居住")).to_be_visible()
    staff.page.go_back()
    name.fill("欧阳大满")
    staff.presses("下一步：核对")
    expect(staff.row("欧阳大满", "居住")).to_be_visible()
    staff.page.reload()
    staff.presses("确认登记出生")
    staff.sees("出生已登记。")
    staff.arrives_at("欧阳大满")


@ON_A_PHONE
def test_building_head_reports_and_staff_accept(visitor):
    newcomer, phone = "司马文竹", "19900066002"
    head = visitor()
    head.signs_in("head")
    head.arrives_at(re.compile(r"幢\d单元$"))

    # One tap: nothing has changed behind this door.
    unchanged = head.page.get_by_role("button", name="无变化", exact=True)
    lived_in = head.page.get_by_role("article").filter(has_text="（户主）").filter(has=unchanged).first
    place = lived_in.get_by_role("heading").inner_text()
    householder = lived_in.get_by_text("（户主）").inner_text().partition("（户主）")[0]
    lived_in.get_by_role("button", name="无变化", exact=True).click()
    door = head.page.get_by_role("article").filter(has_text=place)
    expect(door).to_contain_text("上次核实：今天")
    expect(head.page.get_by_role("status")).to_contain_text(f"{place}：已记录，无变化")

    # Somebody has moved in.
    door.get_by_role("link", name="上报变动").click()
    head.arrives_at(f"{place}：有什么变动？")
    head.follows("有人搬入")
    head.arrives_at(f"{place}：有人搬入")
    head.page.get_by_label("姓名").fill(newcomer)
    head.page.get_by_label("女").check()
    head.page.get_by_label("出生年份").fill("1994")
    head.page.get_by_label("与户主关系").select_option("其他亲属")
    head.page.get_by_label("联系电话").fill(phone)
    head.page.get_by_label("从哪里搬来").fill("杭州市余杭区")
    head.presses("上报")
    head.arrives_at("我的上报")
    report = head.page.get_by_role("article").filter(has_text=newcomer)
    expect(report).to_contain_text("待审核")

    # Staff see old and new, and accept by keyboard alone.
    staff = visitor()
    staff.signs_in("staff")
    staff.follows("括苍社区")
    staff.arrives_at("今天要办的事")
    staff.tabs_to(staff.main.get_by_role("link", name="去审核"))
    staff.hits("Enter")
    staff.arrives_at("变动上报")
    staff.tabs_to(staff.page.get_by_label("搜索"))
    staff.types(newcomer)
    expect(staff.results).to_contain_text("共 1 条（已筛选）")
    staff.tabs_to(staff.main.get_by_role("link", name=newcomer, exact=True))
    staff.hits("Enter")
    staff.arrives_at(f"有人搬入：{newcomer}")
    now, reported = staff.row("现住居民").get_by_role("cell").all()[:2]
    expect(now).to_contain_text(householder)
    expect(reported).to_have_text(f"{now.inner_text()}、{newcomer}")
    staff.tabs_to(staff.page.get_by_role("button", name="确认无误，更新台账"))
    staff.hits("Enter")
    staff.sees(f"已采纳：{place}，有人搬入。")
    staff.fits()

    staff.goes_to("居民", "居民")
    staff.arrives_at("居民")
    staff.page.get_by_label("搜索").fill(phone)
    expect(staff.row(newcomer)).to_contain_text(place)
    staff.fits()

    head.page.reload()
    expect(report).to_contain_text("已采纳")
    head.fits()
    head.page.get_by_role("link", name="我的楼道").click()
    expect(head.page.get_by_role("article").filter(has_text=place)).to_contain_text(newcomer)


@ON_A_PHONE
def test_a_head_loses_nothing_without_network(visitor):
    """On a door of the other head, so that the order of tests does not matter."""
    head = visitor()
    head.signs_in("head2")
    head.arrives_at(re.compile(r"幢\d单元$"))
    unchanged = head.page.get_by_role("button", name="无变化", exact=True)
    door = head.page.get_by_role("article").filter(has=unchanged).first
    place = door.get_by_role("heading").inner_text()
    door = head.page.get_by_role("article").filter(has_text=place)

    # A tap waits on the phone for the network.
    with head.without_network():
        unchanged.first.click()
        expect(door).to_contain_text("待发送")
    expect(door).to_contain_text("上次核实：今天")

    # A report is begun, and the tab killed.
    door.get_by_role("link", name="上报变动").click()
    head.follows("有人搬入")
    head.arrives_at(f"{place}：有人搬入")
    head.page.get_by_label("姓名").fill("断网人")
    head.reopens("/head/")
    head.page.get_by_role("link", name="没有报完：有人搬入，接着填").click()
    expect(head.page.get_by_label("姓名")).to_have_value("断网人")

    # It cannot be sent, then it can; the phone keeps nothing of it.
    with head.without_network():
        head.presses("上报")
        expect(head.page.get_by_role("alert")).to_contain_text("没有网络，已保存在手机上")
    head.presses("再发一次")
    head.arrives_at("我的上报")
    expect(head.page.get_by_role("article").filter(has_text="断网人")).to_have_count(1)
    assert (
        head.page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('keep:')).length") == 0
    )


@ON_A_SCREEN
def test_bulletin_from_draft_to_the_street(visitor, portal, tmp_path):
    staff = visitor()
    staff.signs_in("staff")
    staff.follows("括苍社区")
    staff.arrives_at("今天要办的事")
    staff.goes_to("公开", "每月公开")
    staff.arrives_at("每月公开")
    fresh = staff.row("未起草").first
    month = fresh.get_by_role("rowheader").inner_text()
    fresh.get_by_role("button", name="起草").click()

    staff.arrives_at(f"编辑{month}公开栏")
    staff.page.get_by_label("党务公开").fill("召开党员大会一次。")
    staff.page.get_by_label("居务公开").fill("发放救助金，名单见下表。")
    staff.page.get_by_label("财务公开").fill("收入：办公经费18000.00元。\n支出：水电费1874.20元。")
    staff.presses("保存")
    staff.arrives_at(f"{month}公开")
    staff.follows("救助名单")
    staff.arrives_at(f"{month}救助名单")
    staff.main.get_by_label("查找居民").fill("wang")
    staff.presses("查找")
    chosen = staff.page.get_by_role("radio").first
    chosen.check()
    staff.page.get_by_label("救助项目").fill("临时救助")
    staff.page.get_by_label("金额").fill("640")
    staff.presses("加入名单")
    recipient = staff.row("临时救助").get_by_role("rowheader").inner_text()
    staff.fits()
    staff.follows(month)
    staff.arrives_at(f"{month}公开")
    staff.presses("提交居务监督委员会审核")
    staff.sees("已提交居务监督委员会审核。")

    supervisor = visitor()
    supervisor.signs_in("supervisor")
    supervisor.goes_to("公开", "每月公开")
    supervisor.row(month).get_by_role("link", name="审核").click()
    supervisor.arrives_at(f"{month}公开")
    # Item by item; some now, the rest later.
    first, *others = supervisor.main.get_by_role("radio", name="同意", exact=True).all()
    first.check()
    supervisor.presses("保存审核意见")
    supervisor.sees("已保存1项审核意见")
    expect(first).to_be_checked()
    expect(supervisor.main).to_contain_text(f"已审 1/{len(others) + 1}")
    supervisor.page.get_by_role("link", name="下一条").first.press("Enter")
    expect(others[0]).to_be_focused()
    supervisor.page.keyboard.press("Space")
    expect(supervisor.main).to_contain_text(f"已审 2/{len(others) + 1}")
    for each in others:
        each.check()
    supervisor.page.get_by_label("意见（退回时请写明要改什么）").fill("与台账核对一致。")
    supervisor.presses("审核通过")
    supervisor.sees("审核已通过，待主任批准。")

    director = visitor()
    director.signs_in("director")
    director.follows("括苍社区")
    director.arrives_at("今天要办的事")
    director.goes_to("公开", "每月公开")
    director.row(month).get_by_role("link", name="批准").click()
    director.arrives_at(f"{month}公开")
    director.presses("批准并公开")
    director.sees("公开版本")  # the worker has laid out the PDF
    director.arrives_at(f"{month}公开")

    anybody = visitor()
    anybody.opens("/")
    anybody.arrives_at("社区公开栏")
    anybody.follows("括苍社区")
    anybody.arrives_at("括苍社区")
    anybody.follows("公开栏")
    anybody.follows(f"{month}居务公开")
    anybody.arrives_at(f"括苍社区{month}居务公开")
    anybody.sees("召开党员大会一次。")
    expect(anybody.row("临时救助")).to_contain_text(f"{recipient[0]}*")
    expect(anybody.main).not_to_contain_text(recipient)

    official = visitor()
    official.signs_in("street")
    official.arrives_at("各社区每月公开")
    content = official.downloads(official.page.get_by_role("link", name=f"下载括苍社区{month}公开"))

    year_and_month = month.removesuffix("月").split("年")
    output = tmp_path / "bulletin.pdf"
    process = portal.command(
        "disclosure_pdf",
        "--community=kuocang",
        f"--month={year_and_month[0]}-{int(year_and_month[1]):02d}",
        f"--output={output}",
    )
    assert process.returncode == 0, process.stderr
    assert output.read_bytes() == content
    printed = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    printed = "".join(printed.split())
    assert "召开党员大会一次。" in printed
    assert f"{recipient[0]}*" in printed
    assert recipient not in printed
