"""Menu lines of community/'s pages that are no registers."""

from portal.menu import page
from portal.permissions import Permission

page("公开", "每月公开", "community:bulletin_list", Permission.BULLETIN_VIEW, 10)
page("公开", "居民异议", "community:objection_list", Permission.OBJECTIONS, 15)
page("社区", "社区概况", "community:profile_edit", Permission.PROFILE_EDIT, 10)
page("组织", "组织网络", "community:organisation", Permission.PLACES_VIEW, 5)
page("组织", "楼道长手机", "community:phone_list", Permission.PLACES_EDIT, 25)
page("公开", "数据总览", "community:figures", Permission.FIGURES_VIEW, 20)
page("社区", "期限规定", "community:rule_list", Permission.PROFILE_EDIT, 15)
page("社区", "账号和角色", "community:account_list", Permission.ACCOUNTS_GRANT, 60)
