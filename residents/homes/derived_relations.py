"""Suggestions for family relations to a new head of household, derived from those to the old one."""

from residents.homes.models import Residence
from residents.homes.relation_codes import read_relation

_ROLES = {
    "head": "02",
    "spouse": "10 11 12",
    "child": "20 21 22 23 24 25 26 27 29 30 31 32 33 34 35 36 37 39",
    "child_in_law": "28 38",
    "grandchild": "40 41 42 43 44 49",
    "parent": "50 51 52 57 58",
    "parent_in_law": "53 54 55 56",
    "sibling": "70 71 73 75 77",
    "grandparent": "60 61 62 63 64",
    "stranger": "99",
}
_ROLE = {code: role for role, codes in _ROLES.items() for code in codes.split()}

# New head, as the old one has them -> member, as the old one has them -> member, as the new one has them.
_ROLE_TOWARDS_NEW_HEAD = {
    "spouse": {
        "head": "spouse", "child": "child", "child_in_law": "child_in_law", "grandchild": "grandchild",
        "parent": "parent_in_law", "parent_in_law": "parent",
    },
    "child": {
        "head": "parent", "spouse": "parent", "child": "sibling", "parent": "grandparent",
        "child_in_law": "spouse", "grandchild": "child",
    },
    "child_in_law": {
        "head": "parent_in_law", "spouse": "parent_in_law", "child": "spouse", "grandchild": "child",
    },
    "grandchild": {
        "head": "grandparent", "spouse": "grandparent", "child": "parent", "child_in_law": "parent",
        "grandchild": "sibling",
    },
    "parent": {
        "head": "child", "spouse": "child_in_law", "child": "grandchild", "sibling": "child", "parent": "spouse",
    },
    "parent_in_law": {
        "head": "child_in_law", "spouse": "child", "child": "grandchild", "parent_in_law": "spouse",
    },
    "sibling": {"head": "sibling", "sibling": "sibling", "parent": "parent", "grandparent": "grandparent"},
    "grandparent": {"head": "grandchild", "parent": "child", "sibling": "grandchild", "grandparent": "spouse"},
}  # fmt: skip

# Role -> word for a man, word for a woman.
_WORDS = {
    "head": ("户主", "户主"),
    "spouse": ("夫", "妻"),
    "child": ("子", "女"),
    "child_in_law": ("女婿", "儿媳"),
    "grandchild": ("孙子", "孙女"),
    "parent": ("父亲", "母亲"),
    "grandparent": ("祖父", "祖母"),
    "stranger": ("非亲属", "非亲属"),
}


def role_of(residence: Residence) -> str:
    """Role of the person towards the head of household; empty if unknown."""
    return "head" if residence.is_head else _ROLE.get(residence.relation_class, "")


def relation_to_new_head(member: Residence, head: Residence) -> str:
    """Relation of `member` to `head`, both of one household; empty if it cannot be derived."""
    if member.pk == head.pk:
        return "户主"
    if head.is_head:
        return member.relation_word
    role = "stranger" if role_of(member) == "stranger" else _role_towards(role_of(member), role_of(head))
    if role == role_of(member) and role in ("child", "stranger"):
        return member.relation_word  # such as 长子 or 租客, which say more
    return _word(role, member.person, head.person)


def child_relation(parent: Residence, sex: str) -> str:
    """Relation of a newborn child to the head of the parent's household; empty if it cannot be derived."""
    roles = {"head": "child", "spouse": "child", "child": "grandchild", "child_in_law": "grandchild"}
    role = roles.get(role_of(parent), "")
    return _WORDS[role][sex == "F"] if role and sex else ""


def spouse_relation(host: Residence, sex: str) -> str:
    """Relation of the spouse of `host` to the head of the host's household; empty if it cannot be derived."""
    roles = {"head": "spouse", "child": "child_in_law"}
    role = roles.get(role_of(host), "")
    return _WORDS[role][sex == "F"] if role and sex else ""


def _role_towards(member: str, head: str) -> str:
    return _ROLE_TOWARDS_NEW_HEAD.get(head, {}).get(member, "")


def _word(role: str, person, head) -> str:
    if not role or not person.sex:
        return ""
    woman = person.sex == "F"
    if role == "parent_in_law":
        return {"F": ("公公", "婆婆"), "M": ("岳父", "岳母")}.get(head.sex, ("", ""))[woman]
    if role == "sibling":
        if person.birth_date is None or head.birth_date is None:
            return ""
        older = person.birth_date < head.birth_date
        return ("姐姐" if older else "妹妹") if woman else ("兄" if older else "弟")
    if role == "spouse" and person.sex == head.sex:
        return ""
    return _WORDS[role][woman]


def is_head_word(word: str) -> bool:
    """Whether a relation word means the head."""
    relation = read_relation(word)
    return bool(relation and relation.is_head)
