"""The zip file that an .xlsx is: parts are read when asked for, and given back as they were unless written."""

import io
import posixpath
import zipfile
from copy import copy

from lxml import etree

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def parsed(content: bytes) -> etree._Element:
    """The root of a part. Nothing outside the part is looked at."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=False)
    return etree.fromstring(content, parser)


def serialised(root: etree._Element) -> bytes:
    """A part as bytes, with its declaration as Excel writes it."""
    tree = root.getroottree()
    standalone = True if tree.docinfo.standalone is None else tree.docinfo.standalone
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=standalone)


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for comments."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


class Package:
    """An opened file. `write` keeps the new bytes of a part until `packed`."""

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
        """What a part refers to inside the file: id -> (kind, part)."""
        folder, base = posixpath.split(name)
        relations = posixpath.join(folder, "_rels", f"{base}.rels")
        if relations not in self:
            return {}
        found = {}
        for relation in parsed(self.read(relations)).iter(f"{{{_RELATIONS}}}Relationship"):
            if relation.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
            found[relation.get("Id", "")] = (relation.get("Type", "").rpartition("/")[2], target)
        return found

    def packed(self) -> bytes:
        """The whole file: parts in their order, with their dates, as they were or as written."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
            for info in self._archive.infolist():
                kept = copy(info)
                kept.extra = b""  # sizes of the old file
                made.writestr(kept, self.read(info.filename), compress_type=info.compress_type)
        return stream.getvalue()
