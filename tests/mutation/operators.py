"""Mutation operators: small mistakes in the text of a module, one at a time.

A mutation replaces one segment of the source. Left out, since no test could or should notice: docstrings, annotations,
logging, the wording of messages, lines marked `pragma: no mutation`, arguments that say how much is done at once, and
what migrations repeat (fields and `Meta` of models), which `makemigrations --check` watches.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}
LOOKUPS = {"lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}
NARROWING = {"filter", "exclude", "get", "Q", "update", "create", "rows", "scope"}
"""Calls that lose an argument: a condition, a written value, the community."""
KEPT_DECORATORS = set(
    "property cached_property staticmethod classmethod dataclass contextmanager wraps cache lru_cache".split()
)
SILENT_CALLS = {"logger", "log", "logging", "messages", "stdout", "stderr", "warnings"}
SILENT_ARGUMENTS = set(
    "frozen slots repr kw_only strict max_length batch_size chunk_size ensure_ascii width".split()
)
SQL = re.compile(r"\b(SELECT|WHERE|UPDATE|DELETE|INSERT|EXISTS|USING|CHECK)\b|\bAND [a-z({]")
SQL_CHANGES = (
    (r"\bAND\b", "OR"),
    (r"\bOR\b", "AND"),
    (r"\bNOT EXISTS\b", "EXISTS"),
    (r" < ", " <= "),
    (r" = ", " <> "),
)
STATEMENTS = (ast.Expr, ast.AugAssign, ast.Delete, ast.Raise, ast.Continue, ast.Break)


@dataclass(frozen=True, slots=True)
class Mutation:
    """Bytes `start` to `end` become `text`. `ordinal` counts the mutations of one operator in `scope`, a dotted name."""

    scope: str
    operator: str
    ordinal: int
    line: int
    start: int
    end: int
    text: str

    def applied_to(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]


def mutations(source: bytes, exchanges: Mapping[str, str] = MappingProxyType({})) -> list[Mutation]:
    """All mutations of a module. exchanges: member of the enum of rights → the one that takes its place."""
    lines = source.splitlines(keepends=True)
    line_starts = [0]
    for line in lines:
        line_starts.append(line_starts[-1] + len(line))
    ordinals: Counter = Counter()
    found = []
    for scope, operator, node, change in _changes(ast.parse(source), "", exchanges):
        start = line_starts[node.lineno - 1] + node.col_offset
        end = line_starts[node.end_lineno - 1] + node.end_col_offset
        text = change if isinstance(change, str) else ast.unparse(change)
        if operator == "decorator":
            start -= 1  # the @
        elif operator == "lookup":
            end = start + len(node.arg)
        elif operator == "sql":
            if not SQL.search(source[start:end].decode()):
                continue
        elif isinstance(change, ast.Compare | ast.BoolOp | ast.BinOp | ast.UnaryOp) or operator == "not":
            text = f"({text})"
        for start_, end_, text_ in _in_sql(source, start, end) if operator == "sql" else [(start, end, text)]:
            ordinal = ordinals[scope, operator]
            ordinals[scope, operator] += 1
            if b"pragma: no mutation" not in lines[node.lineno - 1]:
                found.append(Mutation(scope, operator, ordinal, node.lineno, start_, end_, text_))
    return found


def _in_sql(source: bytes, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    text = source[start:end].decode()
    for pattern, new in SQL_CHANGES:
        for match in re.finditer(pattern, text):
            at = start + len(text[: match.start()].encode())
            yield at, at + len(match[0]), new


def _changes(
    node: ast.AST, scope: str, exchanges: Mapping[str, str]
) -> Iterator[tuple[str, str, ast.AST, ast.AST | str]]:
    """(scope, operator, node, what replaces it) for the node and everything below."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        for decorator in node.decorator_list:
            if _name(decorator) not in KEPT_DECORATORS:
                yield f"{scope}.{node.name}".lstrip("."), "decorator", decorator, ""
        scope = f"{scope}.{node.name}".lstrip(".")
    for operator, change in _own_changes(node, exchanges):
        yield scope, operator, node, change
    for test in _conditions(node):
        yield scope, "condition", test, ast.UnaryOp(ast.Not(), test)
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns") or isinstance(node, ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_silent(child):
                yield from _changes(child, scope, exchanges)


def _is_silent(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg in SILENT_ARGUMENTS
    if isinstance(node, ast.If):
        return _name(node.test) == "TYPE_CHECKING"
    if isinstance(node, ast.ClassDef):
        return node.name == "Meta"
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        field = node.value.func
        return isinstance(field, ast.Attribute) and _name(field.value) == "models"
    if isinstance(node, ast.Raise):
        return _name(node.exc) == "NotImplementedError"
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Call):
        target = node.value.func
        return isinstance(target, ast.Attribute) and _name(target.value) in SILENT_CALLS
    return isinstance(node.value, ast.Constant)


def _own_changes(node: ast.AST, exchanges: Mapping[str, str]) -> Iterator[tuple[str, ast.AST | str]]:
    match node:
        case ast.Compare():
            for i, operator in enumerate(node.ops):
                ops = [*node.ops[:i], COMPARISONS[type(operator)](), *node.ops[i + 1 :]]
                yield "compare", ast.Compare(node.left, ops, node.comparators)
        case ast.BoolOp():
            yield "boolean", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield "not", node.operand
        case ast.BinOp() if type(node.op) in ARITHMETIC and not (_is_text(node.left) or _is_text(node.right)):
            yield "arithmetic", ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
        case ast.Constant(value=bool()):
            yield "constant", str(not node.value)
        case ast.Constant(value=int()):
            yield "constant", str(node.value + 1)
            yield "constant", str(node.value - 1)
        case ast.Constant(value=str()) | ast.JoinedStr():
            yield "sql", ""
        case ast.Return(value=None):
            yield "statement", "pass"
        case ast.Return() if not _is_empty(node.value):
            yield "return", "return None"
        case ast.Attribute(value=ast.Name(id="P" | "Permission")) if node.attr in exchanges:
            yield "permission", f"{node.value.id}.{exchanges[node.attr]}"
        case ast.Call():
            for lost in _losable_arguments(node):
                arguments = [argument for argument in node.args if argument is not lost]
                keywords = [keyword for keyword in node.keywords if keyword is not lost]
                yield "argument", ast.Call(node.func, arguments, keywords)
        case ast.keyword(arg=str()) if (lookup := node.arg.rpartition("__"))[2] in LOOKUPS:
            yield "lookup", f"{lookup[0]}__{LOOKUPS[lookup[2]]}"
    if isinstance(node, STATEMENTS) or (
        isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript)
    ):
        yield "statement", "pass"


def _conditions(node: ast.AST) -> list[ast.expr]:
    """Tests that no other operator turns round."""
    tests = node.ifs if isinstance(node, ast.comprehension) else []
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        tests = [node.test]
    return [
        test for test in tests if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant)
    ]


def _losable_arguments(call: ast.Call) -> list[ast.AST]:
    name = _name(call.func)
    if name not in NARROWING:
        return []
    positional = {"rows": call.args[3:], "filter": call.args, "exclude": call.args, "Q": call.args}.get(
        name, []
    )
    return [*positional, *(keyword for keyword in call.keywords if keyword.arg not in SILENT_ARGUMENTS)]


def _is_empty(node: ast.expr) -> bool:
    """Whether callers can hardly tell it from None."""
    if isinstance(node, ast.Dict):
        return not node.keys
    return not (node.value if isinstance(node, ast.Constant) else getattr(node, "elts", True))


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr | ast.List | ast.Tuple) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _name(node: ast.AST) -> str:
    """The last name of `a.b(…)`: b."""
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
