"""Read the field's YAML data (option lists, instruments) strictly: a key that stands twice is an error."""

from pathlib import Path
from typing import Any

import yaml

# libyaml reads the files several times faster; the pure reader gives the same answer where it is not built.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"


class DataError(ValueError):
    """A data file breaks a rule; the message names the file or list and what is wrong."""


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in one YAML file.

    Raises:
        DataError: a key stands twice, a key is not a text, or the file does not hold a mapping.
    """
    try:
        return parse_yaml(path.read_bytes())
    except DataError as error:
        raise DataError(f"{path.name}: {error}") from None


def parse_yaml(data: bytes) -> dict[str, Any]:
    """The mapping that ``data`` holds.

    Raises:
        DataError: a key stands twice, a key is not a text, or it is no mapping.
        yaml.YAMLError: it is not YAML.
    """
    loader = _Loader(data)
    try:
        content = _plain(loader.get_single_node(), loader)
    finally:
        loader.dispose()
    if not isinstance(content, dict):
        raise DataError("expected a mapping of codes")
    return content


def required_text(entry: dict[str, Any], key: str, where: str) -> str:
    """The text under `key`, never empty.

    Raises:
        DataError: the key is missing, empty or not a text (an unquoted `no` is a truth value in YAML).
    """
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{where}: {key!r} must be a text, found {value!r}")
    return value


def optional_text(entry: dict[str, Any], key: str, where: str) -> str | None:
    """The text under `key`, or None where it is not given.

    Raises:
        DataError: the key is there but empty or not a text.
    """
    return required_text(entry, key, where) if key in entry else None


def flag(entry: dict[str, Any], key: str, where: str) -> bool:
    """The truth value under `key`, false where it is not given.

    Raises:
        DataError: there is something else than true or false.
    """
    value = entry.get(key, False)
    if not isinstance(value, bool):
        raise DataError(f"{where}: {key!r} must be true or false")
    return value


def mappings(entry: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    """The list of mappings under `key`, empty where it is not given.

    Raises:
        DataError: there is something else than a list of mappings.
    """
    value = entry.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise DataError(f"{where}: {key!r} must be a list of entries, each with its own keys")
    return value


def texts(entry: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    """The list of texts under `key`, at least one.

    Raises:
        DataError: there is something else, or nothing.
    """
    value = entry.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item.strip() for item in value):
        raise DataError(f"{where}: {key!r} must be a list of texts")
    return tuple(value)


def check_keys(entry: dict[str, Any], known: frozenset[str], where: str) -> None:
    """Refuse a key that nobody reads: most often it is a misspelt one.

    Raises:
        DataError: the entry holds a key outside `known`.
    """
    if unknown := entry.keys() - known:
        raise DataError(f"{where}: unknown keys {sorted(unknown)}")


def _plain(node: yaml.Node | None, loader: Any) -> Any:
    """Dicts, lists and scalars of a node tree; PyYAML's own way lets a later key overwrite an earlier one."""
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.tag == _TEXT else loader.construct_object(node)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, loader) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            if key.tag != _TEXT:
                raise DataError(f"the key {key.value!r} is not a text (line {key.start_mark.line + 1})")
            if key.value in mapping:
                raise DataError(f"{key.value!r} stands twice (line {key.start_mark.line + 1})")
            mapping[key.value] = _plain(value, loader)
        return mapping
    return None
