"""The zip package of an .xlsx file: parts are read on demand and copied unchanged unless rewritten."""

import io
import posixpath
import zipfile
from copy import copy

from lxml import etree

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def parsed(content: bytes) -> etree._Element:
    """Root element of a part, parsed without external entities."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=False)
    return etree.fromstring(content, parser)


def serialised(root: etree._Element) -> bytes:
    """Serialise a part, with an XML declaration as Excel writes it."""
    tree = root.getroottree()
    standalone = True if tree.docinfo.standalone is None else tree.docinfo.standalone
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=standalone)


def local(element: etree._Element) -> str:
    """Local name of an element without its namespace; "" for comments."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


class Package:
    """An opened .xlsx package. `write` holds the new bytes of a part until `packed`."""

    def __init__(self, content: bytes):
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._written: dict[str, bytes] = {}

    @property
    def names(self) -> list[str]:
        return self._archive.namelist()

    def __contains__(self, name: str) -> bool:
        return name in self._archive.NameToInfo

    def read(self, name: str) -> bytes:
        return self._written[name] if name in self._written else self._archive.read(name)

    def write(self, name: str, content: bytes) -> None:
        self._written[name] = content

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Internal relationships of a part: id -> (kind, part)."""
        folder, base = posixpath.split(name)
        relations = posixpath.join(folder, "_rels", f"{base}.rels")
        if relations not in self:
            return {}
        parts_by_id = {}
        for relation in parsed(self.read(relations)).iter(f"{{{_RELATIONS}}}Relationship"):
            if relation.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
            parts_by_id[relation.get("Id", "")] = (relation.get("Type", "").rpartition("/")[2], target)
        return parts_by_id

    def packed(self) -> bytes:
        """The complete file: parts in their original order and with their dates, rewritten or unchanged."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for info in self._archive.infolist():
                entry = copy(info)
                entry.extra = b""  # contains sizes of the old file
                archive.writestr(entry, self.read(info.filename), compress_type=info.compress_type)
        return stream.getvalue()
