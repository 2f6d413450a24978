"""A test of many cases names every one that is wrong, and fails where there is none."""

import pytest

from tests.loops import for_each


def test_every_wrong_case_is_named():
    @for_each(["a", "b", "c"], name=str.upper)
    def is_a(letter):
        assert letter == "a"

    with pytest.raises(AssertionError) as failure:
        is_a()
    assert is_a.__name__ == "is_a"
    assert [line[:18] for line in str(failure.value).splitlines() if "Error" in line] == [
        "B: AssertionError:",
        "C: AssertionError:",
    ]


def test_no_case_is_a_failure():
    with pytest.raises(AssertionError, match="nothing is looked at"):
        for_each([])(print)()
