"""The scan of a text by every feature that knows what must not be published (hook PERSONAL_DATA)."""

from collections.abc import Collection

from portal.hooks.registry import Hook, call_hooks


def personal_data_in(community, label: str, text: str, phones: Collection[str] = ()) -> list[str]:
    """What is found in the text, each in words and masked.

    phones: private phones that the caller knows, besides what looks like one.
    """
    findings = call_hooks(Hook.PERSONAL_DATA, community, label, text, phones)
    return [f"{finding.kind} {finding.masked}" for finding in findings]
