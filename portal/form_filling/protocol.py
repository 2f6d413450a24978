"""What the portal and the child process that reads and fills a form say to each other, as JSON."""

from dataclasses import asdict, dataclass

from portal.form_filling.fill import BlockValues, FillOrder, Row
from portal.form_filling.layout import KnownNames, Layout


@dataclass(frozen=True, slots=True)
class ParsedForm:
    """Parsed form. headless: sheets in which no header was found."""

    date1904: bool
    layouts: tuple[Layout, ...]
    headless: tuple[str, ...] = ()

    def as_json(self) -> dict:
        return asdict(self)

    @classmethod
    def of_json(cls, data: dict) -> "ParsedForm":
        return cls(data["date1904"], tuple(map(Layout.of_json, data["layouts"])), tuple(data["headless"]))


def request_of_words(words: KnownNames) -> dict:
    return {"known": sorted(words.known), "household": sorted(words.household)}


def words_from_request(request: dict) -> KnownNames:
    return KnownNames(frozenset(request["known"]), frozenset(request["household"]))


def fill_request(order: FillOrder) -> dict:
    return {
        **request_of_words(order.words),
        "sheet": order.sheet,
        "rows": order.rows,
        "at": order.at,
        "blanks": order.blanks,
        "blocks": [{"heads": block.heads, "rows": block.rows} for block in order.blocks],
    }


def order_from_request(request: dict) -> FillOrder:
    """Deserialise the order from a request of `fill_request`."""
    return FillOrder(
        sheet=request["sheet"],
        words=words_from_request(request),
        rows=[_row(one) for one in request["rows"]],
        at={int(number): _row(one) for number, one in request["at"].items()},
        blanks=request["blanks"],
        blocks=[BlockValues(one["heads"], [_row(row) for row in one["rows"]]) for one in request["blocks"]],
    )


def _row(values: dict) -> Row:
    return {int(column): value for column, value in values.items()}
