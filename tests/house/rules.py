"""Rules of the house that no other tool checks, as functions over a tree of files.

Each takes the project's folder and the files in it (relative), and returns its complaints.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

Files = Sequence[Path]
Rule = Callable[[Path, Files], list[str]]

LONGEST_MODULE_LINES = 450
#: Folders that would hide a library of the same name, or are not code, if they were packages.
NO_PACKAGES = ("packaging", "resources", "models", "docs")
#: Text only: weights, fonts, sounds, videos and photographs have other names and do not belong.
KINDS = {".py", ".typed", ".toml", ".md", ".sql", ".json", ".jsonl", ".spec", ".ts"}
NAMES = {"LICENSE", ".gitignore", "packaging/setup", ".ci/run"}
COMMANDS = {
    "Run": "sh packaging/setup && .venv/bin/foyer demo",
    "Test": "sh packaging/setup --dev && .venv/bin/python -m pytest",
}
LEFT_FOR_LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def no_qt_in_app(root: Path, files: Files) -> list[str]:
    return [
        f"{file} imports {name}"
        for file in modules(files)
        if file.parts[0] == "app"
        for name in imports(root / file)
        if name.split(".")[0] in ("PySide6", "shiboken6", "ui")
    ]


def no_packages_where_none_belong(_root: Path, files: Files) -> list[str]:
    return [
        f"{file} makes {file.parts[0]} a package"
        for file in files
        if file.name == "__init__.py" and file.parts[0] in NO_PACKAGES
    ]


def short_modules(root: Path, files: Files) -> list[str]:
    lengths = {file: len(read(root / file).splitlines()) for file in modules(files)}
    return [
        f"{file} has {length} lines, more than {LONGEST_MODULE_LINES}"
        for file, length in lengths.items()
        if length > LONGEST_MODULE_LINES
    ]


def only_our_own_text(root: Path, files: Files) -> list[str]:
    complaints = []
    for file in files:
        if file.suffix == ".png" and file.parts[:2] == ("docs", "pictures"):
            continue
        if file.suffix not in KINDS and file.as_posix() not in NAMES:
            complaints.append(f"{file} is of a kind that is not committed")
        elif b"\0" in (root / file).read_bytes():
            complaints.append(f"{file} is not text")
    return complaints


def nothing_left_for_later(root: Path, files: Files) -> list[str]:
    return [
        f"{file}:{number} leaves something for later"
        for file in files
        if file.suffix in KINDS
        for number, line in enumerate(read(root / file).splitlines(), 1)
        if LEFT_FOR_LATER.search(line)
    ]


def no_sleep_in_tests(root: Path, files: Files) -> list[str]:
    return [
        f"{file} sleeps"
        for file in modules(files)
        if file.parts[0] == "tests"
        for node in ast.walk(parse(root / file))
        if is_sleep(node)
    ]


def is_sleep(node: ast.AST) -> bool:
    """Whether this is `time.sleep`, or takes `sleep` out of `time`."""
    match node:
        case ast.Attribute(value=ast.Name(id="time"), attr="sleep"):
            return True
        case ast.ImportFrom(module="time", names=names):
            return any(name.name == "sleep" for name in names)
        case _:
            return False


def docstrings(root: Path, files: Files) -> list[str]:
    """Every module says what it is for; an empty `__init__.py` has nothing to say."""
    trees = {file: parse(root / file) for file in modules(files)}
    return [
        f"{file} does not say what it is for"
        for file, tree in trees.items()
        if tree.body and not ast.get_docstring(tree)
    ]


def two_commands(root: Path, _files: Files) -> list[str]:
    text = read(root / "README.md")
    sections = dict(re.findall(r"^## (\w+)\b.*?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    blocks = {
        name: re.findall(r"^```(\w*)\n(.*?)^```", sections.get(name, ""), re.MULTILINE | re.DOTALL)
        for name in COMMANDS
    }
    return [
        f"README: '## {name}' must have one fenced block: {command}"
        for name, command in COMMANDS.items()
        if [(kind, body.strip()) for kind, body in blocks[name]] != [("sh", command)]
    ]


RULES: tuple[Rule, ...] = (
    no_qt_in_app,
    no_packages_where_none_belong,
    short_modules,
    only_our_own_text,
    nothing_left_for_later,
    no_sleep_in_tests,
    docstrings,
    two_commands,
)


def modules(files: Files) -> Iterator[Path]:
    return (file for file in files if file.suffix == ".py")


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def parse(file: Path) -> ast.Module:
    return ast.parse(read(file))


def imports(file: Path) -> Iterator[str]:
    """Dotted names of everything `file` imports, wherever in it."""
    for node in ast.walk(parse(file)):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module)):
                yield module
            case _:
                pass
