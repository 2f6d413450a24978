"""Rules for passwords, and the sentence that states them beforehand."""

from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError

from portal.forms.forms import ErrorPlacementMixin

_LOCAL_WORDS = ("liren", "里仁", "shequ", "jiedao", "juweihui", "社区", "街道", "居委会")


class LocalWordsValidator:
    """Password validator: reject passwords that consist mostly of words everybody in the office would guess."""

    def validate(self, password, user=None):
        remainder = password.lower()
        for word in _LOCAL_WORDS:
            remainder = remainder.replace(word, "")
        if len(remainder) < 8:
            raise ValidationError("密码中不要以社区、街道或系统名称为主，请换一个。", code="local_word")

    def get_help_text(self):
        return "不要以社区、街道或系统名称为主"


class PasswordRulesMixin(ErrorPlacementMixin):
    """Mixin of Django's password forms: the rules in one sentence below the new password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = f"密码{'，'.join(password_validators_help_texts())}"
