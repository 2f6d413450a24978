"""Names of people: cleaning, sorting by pinyin, masking."""


def name_key(name: str) -> str:
    """Sort key: pinyin syllables without tones, surname readings, e.g. "zhang san"."""
    raise NotImplementedError


def initials(name: str) -> str:
    """First letters of the syllables: 张三 -> "zs"."""
    raise NotImplementedError


def mask_name(name: str) -> str:
    """For boards: 张三 -> 张*, 欧阳娜娜 -> 欧阳*."""
    raise NotImplementedError


def clean_name(text: str) -> tuple[str, tuple[str, ...]]:
    """The name without inner spaces and brackets, and the words that stood in brackets."""
    raise NotImplementedError
