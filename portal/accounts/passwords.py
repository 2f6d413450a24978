from django.core.exceptions import ValidationError

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
        return "密码不要以社区、街道或系统名称为主。"
