"""The posts that a party body of each kind usually has, in their order; the first is its head."""

from community.bodies.kinds import BodyKind

_COMMITTEE = (
    "书记", "副书记", "组织委员", "宣传委员", "纪检委员", "统战委员", "青年委员", "保密委员", "群众工作委员",
)  # fmt: skip
STANDARD_POSTS: dict[str, tuple[str, ...]] = {
    BodyKind.PARTY_COMMITTEE: ("书记", "副书记", "纪委书记", *_COMMITTEE[2:]),
    BodyKind.GENERAL_BRANCH: _COMMITTEE,
    BodyKind.BRANCH: _COMMITTEE,
    BodyKind.PARTY_GROUP: ("组长", "副组长"),
}
