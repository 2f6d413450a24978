"""One test of many like cases, where a test of each would cost more than what it looks at."""

from collections.abc import Callable, Iterable


def for_each(cases: Iterable, name: Callable[[object], str] = str) -> Callable:
    """Decorator: check every case in one test, which fails with the name of each wrong case and what is wrong with it."""
    cases = list(cases)

    def in_one_test(check: Callable[[object], None]) -> Callable[[], None]:
        def test() -> None:
            assert cases, "nothing is looked at"
            wrong = {}
            for case in cases:
                try:
                    check(case)
                except Exception as problem:
                    wrong[name(case)] = f"{type(problem).__name__}: {problem}"
            assert not wrong, "\n".join(f"{case}: {problem}" for case, problem in wrong.items())

        # Not functools.wraps: pytest would take the case for a fixture.
        test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
        return test

    return in_one_test
