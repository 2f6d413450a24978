"""A visitor's address behind proxies, and the network by which limits count visitors."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings

HOUSEHOLD_BITS = 64
"""Prefix of the IPv6 network that a household or phone gets, in which it may take any address."""


def address_behind(peer: str, forwarded: str) -> str:
    """The visitor's address, when `peer` sent a request with this X-Forwarded-For (decision 0096).

    Of the addresses in the header, the last one that is not a trusted proxy's counts: what stands before it was sent by
    the visitor. From anybody but a trusted proxy the header is ignored.
    """
    address = peer
    for part in reversed(forwarded.split(",")):
        if not _is_trusted_proxy(address):
            break
        try:
            address = str(ip_address(part.strip()))
        except ValueError:
            break
    return address


def _is_trusted_proxy(address: str) -> bool:
    try:
        return any(ip_address(address) in network for network in settings.TRUSTED_PROXIES)
    except ValueError:
        return False


def network_of(address: str) -> str:
    """The network that a limit counts: an IPv4 address, the /64 of an IPv6 one. What is no address is one network."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ip_network((int(parsed), HOUSEHOLD_BITS), strict=False))
        parsed = parsed.ipv4_mapped
    return str(parsed)


def visitor_network(request) -> str:
    """The network from which a request comes; `portal.middleware.ProxyMiddleware` has looked behind the proxy."""
    return network_of(request.META.get("REMOTE_ADDR", ""))
