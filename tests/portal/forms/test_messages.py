"""No form, filter, model or password rule speaks in the words of Django."""

import importlib
import inspect

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import override, trans_real

from portal.forms.messages import COUNTED_SENTENCES, SENTENCES
from tests.loops import for_each

MODULES = (
    "django.contrib.auth.forms",
    "django.core.validators",
    "django.db.models.constraints",
    "django.db.models.fields",
    "django.db.models.fields.json",
    "django.db.models.fields.related",
    "django.forms.fields",
    "django.forms.formsets",
    "django.forms.models",
    "django_filters.fields",
)


def _messages_of(cls) -> dict[str, object]:
    """The sentences that a class of a library declares, by their codes."""
    declared = {}
    for name in ("default_error_messages", "error_messages", "messages"):
        messages = vars(cls).get(name)
        declared |= messages if isinstance(messages, dict) else {}
    for name in ("message", "default_violation_error_message"):
        if isinstance(vars(cls).get(name), str) or hasattr(vars(cls).get(name), "_proxy____args"):
            declared[name] = vars(cls)[name]
    return declared


LIBRARY_MESSAGES = [
    (f"{module}.{cls.__name__}.{code}", message)
    for module in MODULES
    for cls in vars(importlib.import_module(module)).values()
    if inspect.isclass(cls) and cls.__module__ == module
    for code, message in _messages_of(cls).items()
]


class _Sevens(dict):
    """The numbers of a counted sentence, which is made when they are known."""

    def __missing__(self, key):
        return 7


@for_each(LIBRARY_MESSAGES, name=lambda case: case[0])
def test_sentence_of_the_library_is_replaced(case):
    message = case[1]
    if text := str(message):
        assert text in SENTENCES.values()
    else:
        numbers = dict.fromkeys(("length", "limit_value", "max", "num", "show_value"), 7)
        assert message % numbers in {text % _Sevens() for text in COUNTED_SENTENCES.values() if "%(" in text}


@for_each([*SENTENCES, *((sentence, 0) for sentence in COUNTED_SENTENCES)])
def test_library_has_the_sentence(sentence):
    with override(None):
        declared = {str(message) for _, message in LIBRARY_MESSAGES}
    translated = trans_real.DjangoTranslation(settings.LANGUAGE_CODE)._catalog
    rules = inspect.getsource(password_validation)
    assert sentence in declared or sentence in translated or sentence[0] in rules


def test_wrong_choice_does_not_repeat_what_was_sent():
    field = forms.ChoiceField(choices=[("60", "60岁以上")])
    with pytest.raises(forms.ValidationError) as refused:
        field.clean("80")
    assert refused.value.messages == ["请从列表中选择。"]


def test_password_rules_are_one_sentence():
    rules = password_validation.password_validators_help_texts()
    assert f"密码{'，'.join(rules)}" == (
        "密码至少12位，不能与姓名、用户名相近，不用常见的密码，不要以社区、街道或系统名称为主"
    )
