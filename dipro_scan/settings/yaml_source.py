"""A YAML file as plain values that remember the lines on which they were written.

Only what settings need is read: mappings, lists, text, numbers, true/false and null. Anchors, aliases,
merge keys and tags are refused, so that a small file stays small and a value stands where it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer

from dipro_scan.model import SettingsError
from dipro_scan.settings.limited_file import MAX_BYTES, read_limited
from dipro_scan.translation import _

Location = tuple[str | int, ...]

_MAX_DEPTH = 24
_TAG = "tag:yaml.org,2002:"
_NUMBERS = (_TAG + "int", _TAG + "float")


@dataclass(frozen=True, slots=True)
class YamlSource:
    """A file's content. `lines` and `written` are keyed by the way from the top to a value.

    `written` holds scalars letter by letter: `63.10` is the number 63.1, but it was written 63.10.
    """

    path: Path
    value: dict[str, Any]
    lines: Mapping[Location, int] = field(repr=False)
    written: Mapping[Location, str] = field(repr=False)

    def line_of(self, location: Location) -> int:
        """The line (from 1) of the value at `location`, or of the nearest thing around it."""
        for length in range(len(location), -1, -1):
            line = self.lines.get(location[:length])
            if line is not None:
                return line
        return 1


def read_yaml(path: Path) -> YamlSource:
    """The settings written in `path`. Raises SettingsError with file and line."""
    node = _composed(path, _decoded(path))
    if not isinstance(node, yaml.MappingNode):
        raise SettingsError(
            _("%(file)s: the file holds no settings; it must consist of lines such as “name: value”.")
            % {"file": path}
        )
    reader = _NodeReader(path)
    value = reader.value(node, ())
    return YamlSource(path, value, reader.lines, reader.written)


class _RefusedYaml(yaml.MarkedYAMLError):
    """Something that is YAML, but not for settings; `problem` is the translated sentence part."""


class _PlainComposer(Composer):
    """Composes nodes without anchors and aliases, and not deeper than settings can be."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[attr-defined]  # the parser's, in the classes below
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            problem = _(
                "anchors (&) and aliases (*) are not allowed; write the value out, or put text in quotes"
            )
            raise _RefusedYaml(problem=problem, problem_mark=event.start_mark)
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            problem = _("the settings are nested too deeply")
            raise _RefusedYaml(problem=problem, problem_mark=event.start_mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node


class _PlainLoader(_PlainComposer, yaml.SafeLoader):
    """Says best what is wrong with a file."""

    def __init__(self, text: str) -> None:
        yaml.SafeLoader.__init__(self, text)
        Composer.__init__(self)


_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _FastLoader(_PlainComposer, _FAST):  # type: ignore[misc]
    """Nine times as fast, where PyYAML was built with libyaml, whose messages say less."""

    def __init__(self, text: str) -> None:
        _FAST.__init__(self, text)
        Composer.__init__(self)


def _composed(path: Path, text: str) -> yaml.Node | None:
    """The one node of `text`. What the fast loader refuses, the other one is asked about."""
    with suppress(yaml.YAMLError):
        return _node(_FastLoader, text)
    try:
        return _node(_PlainLoader, text)
    except yaml.reader.ReaderError as error:
        raise _control_character(path, text, error) from error
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(path, error) from error


def _node(kind: type[_PlainLoader] | type[_FastLoader], text: str) -> yaml.Node | None:
    loader = kind(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    return node


def _decoded(path: Path) -> str:
    data = read_limited(path)
    if data is None:
        raise SettingsError(
            _("%(file)s is larger than %(megabytes)d MB; that is no file of settings.")
            % {"file": path, "megabytes": MAX_BYTES // 1_000_000}
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(
            _("%(file)s, line %(line)d: a character is not coded as UTF-8; save the file as UTF-8.")
            % {"file": path, "line": data.count(b"\n", 0, error.start) + 1}
        ) from error


def _control_character(path: Path, text: str, error: yaml.reader.ReaderError) -> SettingsError:
    return SettingsError(
        _("%(file)s, line %(line)d: the control character %(code)s is not allowed; delete it.")
        % {
            "file": path,
            "line": text.count("\n", 0, error.position) + 1,
            "code": f"U+{ord(text[error.position]):04X}",
        }
    )


class _NodeReader:
    """Turns nodes into values and notes where each stood."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._scalars = yaml.constructor.SafeConstructor()
        self.lines: dict[Location, int] = {}
        self.written: dict[Location, str] = {}

    def value(self, node: yaml.Node, at: Location) -> Any:
        self.lines.setdefault(at, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
            return {key: self.value(child, (*at, key)) for key, child in self._entries(node, at)}
        if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
            return [self.value(child, (*at, index)) for index, child in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, at)
        raise self._refused(node)

    def _entries(self, node: yaml.MappingNode, at: Location) -> Iterator[tuple[str, yaml.Node]]:
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == _TAG + "merge":
                raise self._refused(key_node)
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if (*at, key) in self.lines:
                raise SettingsError(
                    _("%(file)s, line %(line)d: “%(key)s” already stands in line %(first)d; keep one.")
                    % {"file": self._path, "line": line, "key": key, "first": self.lines[(*at, key)]}
                )
            self.lines[(*at, key)] = line
            yield key, child

    def _scalar(self, node: yaml.ScalarNode, at: Location) -> Any:
        self.written[at] = node.value
        if node.tag == _TAG + "null":
            return None
        if node.tag == _TAG + "bool":
            return self._scalars.construct_yaml_bool(node)
        if node.tag in _NUMBERS:
            return self._number(node)
        if node.tag in (_TAG + "str", _TAG + "timestamp"):
            # A date stays as written; the schema knows whether it wants a date there.
            return node.value
        raise self._refused(node)

    def _number(self, node: yaml.ScalarNode) -> Any:
        try:
            if node.tag == _TAG + "int":
                return self._scalars.construct_yaml_int(node)
            return self._scalars.construct_yaml_float(node)
        except ValueError:  # too many digits, or tagged as a number by hand
            return node.value

    def _refused(self, node: yaml.Node) -> SettingsError:
        return SettingsError(
            _("%(file)s, line %(line)d: tags (!) and merges (<<) are not allowed; write the value out.")
            % {"file": self._path, "line": node.start_mark.line + 1}
        )


def _syntax_error(path: Path, error: yaml.MarkedYAMLError) -> SettingsError:
    unclosed = error.problem in ("found unexpected end of stream", "found unexpected document separator")
    mark = (error.context_mark if unclosed else None) or error.problem_mark or error.context_mark
    sentence = _("%(file)s, line %(line)d: %(problem)s.")
    return SettingsError(
        sentence
        % {"file": path, "line": mark.line + 1 if mark else 1, "problem": _syntax_problem(error, unclosed)}
    )


def _syntax_problem(error: yaml.MarkedYAMLError, unclosed: bool) -> str:
    problem = error.problem or ""
    if isinstance(error, _RefusedYaml):
        return problem
    if unclosed:
        return _("a quotation mark is opened here and never closed")
    if "'\\t'" in problem:
        return _("a tab stands here; indent with blanks")
    if problem.startswith("mapping values are not allowed"):
        return _(
            "a colon stands here where none is expected; check the indentation, or put the text in quotes"
        )
    if problem.startswith("could not find expected ':'"):
        return _("the line has no colon after its name")
    if problem.startswith("found unknown escape"):
        return _("a backslash in double quotes is not allowed here; use single quotes")
    if problem.startswith(("expected <block end>", "expected ',' or")):
        return _("something does not fit here; check indentation, quotation marks, brackets and colons")
    if problem.startswith("but found another document"):
        return _("a second part begins here (---); a file holds one")
    return _("this cannot be read (%(problem)s); check indentation, quotation marks and colons") % {
        "problem": problem
    }
