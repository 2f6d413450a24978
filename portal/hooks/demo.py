"""Hook DEMO_ACCOUNTS: accounts with which the demo can be tried."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A demo account: user name, password, role, and what to try with it. Main accounts come first."""

    username: str
    password: str
    role: str
    tries: str
    is_main: bool
