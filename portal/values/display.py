"""The value of a field as a page shows it."""


def display(row, name: str) -> str:
    """Display text of a field's value: the label of a choice, 是/否, or empty."""
    get_display = getattr(row, f"get_{name}_display", None)
    value = get_display() if get_display else getattr(row, name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
