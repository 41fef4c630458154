"""Where data files lie: our own, and those that come inside a library.

Our own are named by their place in the project (`resources/theme/light.toml`,
`models/manifest.toml`). In a source checkout they lie there; a wheel and a frozen bundle carry
them in `app/_data`. Code never builds such a path any other way.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

_APP = Path(__file__).resolve().parent


def resource(path: str) -> Path:
    """One of our own files or folders; raises FileNotFoundError when it is not installed."""
    for root in (_APP / "_data", _APP.parent):
        found = root / path
        if found.exists():
            return found
    raise FileNotFoundError(f"{path} is missing from this installation. Install Foyer again.")


def library_file(package: str, path: str) -> Path:
    """A file inside an installed library, found without importing the library.

    Raises FileNotFoundError when the library or the file in it is not there.
    """
    spec = find_spec(package)
    for root in (spec.submodule_search_locations or ()) if spec else ():
        found = Path(root) / path
        if found.is_file():
            return found
    raise FileNotFoundError(f"{path} of {package} is missing. Install Foyer again.")
