"""What the portal promises: how long each category of personal data is kept, and who sees it meanwhile.

Written out by hand, since the retention page, the privacy notices and the purge all follow the same declarations.
"""

import pytest

from portal.retention.data_categories import Retention, categories

PROMISED = """
community.Absence | profile.view | 最后一天后保存一年
community.Activity | activities | 举行后保存五年
community.Agreement | units.view | 最后一份续签协议到期或终止后保存五年
community.AidRecipient | bulletin.view | 公开当月后保存五年
community.Body | places.view | 长期保存（组织的沿革长期保存，撤销后仍可查）
community.BodyMember | places.view | 退出后保存五年
community.Bulletin | bulletin.view | 长期保存（公开档案须能对应到经办人）
community.FinanceEntry | finance.view | 记账后保存30年
community.FinanceMonth | finance.view | 当月后保存30年
community.Forwarded | street.forwarded | 转街道后保存三年
community.HeadAppointment | places.view | 离任后保存五年
community.IssueList | goods | 发放结束后保存五年
community.Objection | objections.answer | 答复后保存两年，到期隐去身份
community.Person | people.names | 迁出或去世后保存五年
community.Phone | places.edit | 解除或失效后保存一年
community.PostHolder | places.view | 离任后保存五年
community.StockSlip | goods | 出入库后保存30年，到期隐去身份
community.Stocktake | goods | 盘点后保存十年
community.Task | tasks | 办结或退回后保存三年
community.Unit | units.view | 长期保存（单位在辖区期间都要联系，联系人变更后即更新）
community.User | people.view | 长期保存（每次办理都要能对应到经办人）
community.VenueBooking | venues | 使用后保存五年；姓名和电话使用后保存一年，到期隐去身份
partybuilding.Appraisal | party.branch | 评议年度结束后保存十年
partybuilding.Donation | donations | 承诺后保存30年
partybuilding.Donor | donations | 登记后保存30年
partybuilding.DutyCheckIn | party.branch | 签到后保存一年
partybuilding.DutyClaim | party.branch | 结束认领后保存五年
partybuilding.Election | party.branch | 长期保存（党组织选举的档案长期保存）
partybuilding.GoodsDonation | goods | 接收后保存30年
partybuilding.JointInvitation | party | 长期保存（与会议记录一并归档）
partybuilding.Member | party.branch | 登记结束后保存十年
portal.AccessLog | access_log.view | 查阅后保存三年
portal.Attachment | | 随所属的记录一同保存和删除
portal.BulkChange | people.edit | 修改后保存一年
portal.Draft | | 提交后删除，最长一天
portal.HandedOver | tasks | 随所属的记录一同保存和删除
portal.ImportBatch | people.import | 导入后保存一年
portal.MadeFile | | 生成一天后自动删除
portal.OwnLinks | | 每人最多各8项，由新的代替；180天不用即删除
portal.Release | people.reveal | 生成一天后自动删除
portal.SavedList | | 由建立人删除
portal.StoredFile | | 随所属的导入、填表或导出一同删除
residents.CareChild | care | 保护终止后保存五年
residents.ChangeReport | reports.review | 审核办结后保存两年
residents.CorrectionRequest | people.view | 答复后保存三年
residents.Disability | care | 残疾登记终止后保存五年
residents.Dwelling | places.view | 长期保存（房屋一直都在，产权人变更后即更新）
residents.Elder | care | 津贴或关爱终止后保存五年
residents.FindingReview | people.edit | 随所核对的记录一同删除
residents.FormFilling | | 上传一天后删除
residents.HealthNotice | health | 报出后保存五年
residents.HealthRecord | health | 结束随访后保存五年
residents.Household | people.names | 全户迁出或去世后保存五年
residents.LowIncome | care | 保障终止后保存五年
residents.Maternal | care | 服务终止后保存一年
residents.PersonMerge | people.edit | 随保留的居民一同保存和删除
residents.PopulationEvent | people.names | 随居民档案一同保存和删除，月报只留人数
residents.Retiree | care | 管理服务终止后保存三年
residents.SpecialCare | care | 优抚终止后保存十年
residents.Unemployed | care | 帮扶终止后保存三年
residents.Verification | reports.review | 核实后保存五年
residents.Visit | care | 走访或计划后保存五年
services.CategoryOwner | requests | 长期保存（改动时替换，不含居民信息）
services.DeputyInspection | proposals | 视察后保存十年
services.Proposal | proposals | 办结后保存十年
services.ReplyTemplate | requests | 长期保存（长期使用，不含居民信息）
services.Request | requests | 办结后保存三年；姓名和电话办结后保存一年，到期隐去身份；不受理的认定后保存一个月
services.StaffComplaint | complaints | 办结后保存十年
"""
"""Category, the right to see it (none: only those whom the page itself names), and its period in words."""


def test_periods_and_rights_are_those_promised():
    declared = [f"{c.label} | {c.right or ''}".strip() + f" | {c.retention}" for c in categories()]
    assert sorted(declared) == PROMISED.strip().splitlines()


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ({"months": 1}, "办结后保存一个月"),
        ({"months": 18}, "办结后保存18个月"),
        ({"years": 1, "months": 6}, "办结后保存18个月"),
        ({"months": 24}, "办结后保存两年"),
        ({"years": 10, "erases": ("name",)}, "办结后保存十年，到期隐去身份"),
    ],
)
def test_a_period_in_words(period, words):
    assert str(Retention("办结", "at", **period)) == words


def test_a_period_is_at_least_a_month():
    with pytest.raises(ValueError, match="no time at all"):
        Retention("办结", "at")
