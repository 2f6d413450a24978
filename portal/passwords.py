from django.core.exceptions import ValidationError

_LOCAL_WORDS = ("liren", "里仁", "shequ", "jiedao", "juweihui", "社区", "街道", "居委会")


class LocalWordsValidator:
    """Refuse passwords that are mostly a word everybody in the office would guess."""

    def validate(self, password, user=None):
        rest = password.lower()
        for word in _LOCAL_WORDS:
            rest = rest.replace(word, "")
        if len(rest) < 8:
            raise ValidationError("密码中不要以社区、街道或系统名称为主，请换一个。", code="local_word")

    def get_help_text(self):
        return "密码不要以社区、街道或系统名称为主。"
