"""Sentences of Django and django-filter, in the words of the portal.

They take the place of those in the catalogues of the libraries, so that every form, filter and model has them, also
one of a later app. A field that can say more names its own by `error_messages`.
"""

from django.conf import settings
from django.utils.translation import trans_real

_CHOOSE = "请从列表中选择。"
_NUMBER = "请填写数字。"
_WHOLE_NUMBER = "请填写整数。"
_DATE = "日期请写成 2026-11-30。"
_TIME = "时间请写成 14:30。"
_MOMENT = "时间请写成 2026-11-30 14:30。"
_FILE = "请选择文件。"

SENTENCES = {
    # Forms
    "This field is required.": "此项必填。",
    "Enter a whole number.": _WHOLE_NUMBER,
    "Enter a number.": _NUMBER,
    "Enter a valid date.": _DATE,
    "Enter a valid time.": _TIME,
    "Enter a valid date/time.": _MOMENT,
    "Enter a valid duration.": "请填写时长。",
    "The number of days must be between {min_days} and {max_days}.": "天数应在{min_days}到{max_days}之间。",
    "No file was submitted. Check the encoding type on the form.": _FILE,
    "No file was submitted.": _FILE,
    "The submitted file is empty.": "文件是空的，请重新选择。",
    "Please either submit a file or check the clear checkbox, not both.": "上传新文件和删除原文件只能选一项。",
    "Upload a valid image. The file you uploaded was either not an image or a corrupted image.": (
        "图片打不开，请重新拍照或另存后再上传。"
    ),
    "Enter a valid URL.": "请填写完整的网址，如 https://www.example.cn。",
    "Select a valid choice. %(value)s is not one of the available choices.": _CHOOSE,
    "Select a valid choice. That choice is not one of the available choices.": _CHOOSE,
    "Enter a list of values.": _CHOOSE,
    "“%(pk)s” is not a valid value.": _CHOOSE,
    "Enter a complete value.": "请填写完整。",
    "Enter a valid UUID.": _CHOOSE,
    "Enter a valid JSON.": "内容不完整，请重新打开页面后再提交。",
    "The inline value did not match the parent instance.": _CHOOSE,
    "ManagementForm data is missing or has been tampered with. Missing fields: %(field_names)s. "
    "You may need to file a bug report if the issue persists.": "页面已过期，请重新打开后再提交。",
    "Select a lookup.": "请选择条件。",
    "Range query expects two values.": "请填写起止两项。",
    # Validators
    "Enter a valid value.": "格式不正确，请核对。",
    "Enter a valid domain name.": "请填写正确的域名。",
    "Enter a valid email address.": "请填写正确的电子邮箱。",
    "Enter a valid integer.": _WHOLE_NUMBER,
    "Enter a valid %(protocol)s address.": "请填写正确的网络地址。",
    "Enter only digits separated by commas.": "请只填数字，用逗号分开。",
    "Ensure this value is %(limit_value)s (it is %(show_value)s).": "应为%(limit_value)s，现在是%(show_value)s。",
    "Ensure this value is less than or equal to %(limit_value)s.": "不能大于%(limit_value)s。",
    "Ensure this value is greater than or equal to %(limit_value)s.": "不能小于%(limit_value)s。",
    "Ensure this value is a multiple of step size %(limit_value)s.": "应为%(limit_value)s的倍数。",
    "Ensure this value is a multiple of step size %(limit_value)s, starting from %(offset)s, e.g. %(offset)s, "
    "%(valid_value1)s, %(valid_value2)s, and so on.": "请填写%(offset)s、%(valid_value1)s、%(valid_value2)s这样的数。",
    "File extension “%(extension)s” is not allowed. Allowed extensions are: %(allowed_extensions)s.": (
        "不能上传 %(extension)s 文件，可以上传 %(allowed_extensions)s。"
    ),
    "Null characters are not allowed.": "含有不能保存的字符，请改正。",
    # Models
    "Value %(value)r is not a valid choice.": _CHOOSE,
    "%(model)s instance with %(field)s %(value)r is not a valid choice.": _CHOOSE,
    "This field cannot be null.": "此项必填。",
    "This field cannot be blank.": "此项必填。",
    "%(model_name)s with this %(field_label)s already exists.": "已有相同的%(field_label)s，请核对。",
    "%(model_name)s with this %(field_labels)s already exists.": "已有%(field_labels)s相同的记录，请核对。",
    "%(field_label)s must be unique for %(date_field_label)s %(lookup_type)s.": "同一时期已有相同的%(field_label)s。",
    "Constraint “%(name)s” is violated.": "填写的内容前后矛盾，请核对。",
    "“%(value)s” value must be either True or False.": _CHOOSE,
    "“%(value)s” value must be either True, False, or None.": _CHOOSE,
    "“%(value)s” value must be either None, True or False.": _CHOOSE,
    "“%(value)s” value has an invalid date format. It must be in YYYY-MM-DD format.": _DATE,
    "“%(value)s” value has the correct format (YYYY-MM-DD) but it is an invalid date.": "没有这一天，请核对。",
    "“%(value)s” value has an invalid format. It must be in YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ] format.": _MOMENT,
    "“%(value)s” value has the correct format (YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ]) but it is an invalid "
    "date/time.": _MOMENT,
    "“%(value)s” value has an invalid format. It must be in HH:MM[:ss[.uuuuuu]] format.": _TIME,
    "“%(value)s” value has the correct format (HH:MM[:ss[.uuuuuu]]) but it is an invalid time.": _TIME,
    "“%(value)s” value has an invalid format. It must be in [DD] [[HH:]MM:]ss[.uuuuuu] format.": "请填写时长。",
    "“%(value)s” value must be a decimal number.": _NUMBER,
    "“%(value)s” value must be a float.": _NUMBER,
    "“%(value)s” value must be an integer.": _WHOLE_NUMBER,
    "“%(value)s” is not a valid UUID.": _CHOOSE,
    "Value must be valid JSON.": "内容不完整，请重新打开页面后再提交。",
    # Accounts
    "Old password": "原密码",
    "New password": "新密码",
    "New password confirmation": "再次输入新密码",
    "The two password fields didn’t match.": "两次输入的密码不一致，请重新输入。",
    "Please enter a correct %(username)s and password. Note that both fields may be case-sensitive.": (
        "用户名或密码不正确，请检查后重试。"
    ),
    "This account is inactive.": "用户名或密码不正确，请检查后重试。",
    "Your old password was entered incorrectly. Please enter it again.": "原密码不正确，请重新输入。",
    "Enter the same password as before, for verification.": "",
    "The password is too similar to the %(verbose_name)s.": "密码不能与%(verbose_name)s相近，请换一个。",
    "This password is too common.": "这个密码太常见，容易被猜到，请换一个。",
    "This password is entirely numeric.": "密码不能全是数字，请换一个。",
    "Your password can’t be too similar to your other personal information.": "不能与姓名、用户名相近",
    "Your password can’t be a commonly used password.": "不用常见的密码",
    "Your password can’t be entirely numeric.": "不能全是数字",
}
"""Sentence of the library → the portal's."""

COUNTED_SENTENCES = {
    "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).": (
        "至少%(limit_value)d个字，现在是%(show_value)d个。"
    ),
    "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).": (
        "最多%(limit_value)d个字，现在是%(show_value)d个。"
    ),
    "Ensure that there are no more than %(max)s digit in total.": "最多%(max)s位数字。",
    "Ensure that there are no more than %(max)s decimal place.": "小数最多%(max)s位。",
    "Ensure that there are no more than %(max)s digit before the decimal point.": "小数点前最多%(max)s位。",
    "Ensure this filename has at most %(max)d character (it has %(length)d).": (
        "文件名最多%(max)d个字，现在是%(length)d个，请改短后再上传。"
    ),
    "Please submit at most %(num)d form.": "最多填写%(num)d项。",
    "Please submit at least %(num)d form.": "至少填写%(num)d项。",
    "This password is too short. It must contain at least %d character.": "密码至少%d位。",
    "Your password must contain at least %(min_length)d character.": "至少%(min_length)d位",
}
"""Sentences with a number, by the singular of the library; Chinese has one form for all numbers."""


class _Catalogue:
    """What a `DjangoTranslation` merges: the attributes of a compiled catalogue."""

    _catalog = SENTENCES | {(singular, 0): text for singular, text in COUNTED_SENTENCES.items()}
    _fallback = None

    @staticmethod
    def plural(number: int) -> int:
        return 0


def install() -> None:
    """Put the sentences before those of the libraries, for the language of the portal."""
    trans_real.translation(settings.LANGUAGE_CODE).merge(_Catalogue)
