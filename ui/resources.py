"""Where our own data files lie: beside the sources, inside the wheel, or inside a bundle."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path


def folder() -> Path:
    """The folder `resources`; raises FileNotFoundError when the installation is incomplete."""
    here = Path(__file__).resolve().parent.parent
    bundled = Path(getattr(sys, "_MEIPASS", here))
    places = (
        here / "resources",
        here / "app" / "_data" / "resources",
        bundled / "resources",
        bundled / "app" / "_data" / "resources",
    )
    for place in places:
        if (place / "theme").is_dir():
            return place
    raise FileNotFoundError(f"no resources in {', '.join(map(str, places))}. Install Foyer again.")


def bundled_fonts() -> tuple[Path, ...]:
    """DejaVu Sans, regular and bold, as matplotlib ships it; without importing matplotlib."""
    roots = [Path(getattr(sys, "_MEIPASS", ".")) / "matplotlib"]
    spec = find_spec("matplotlib")
    if spec is not None and spec.origin is not None:
        roots.insert(0, Path(spec.origin).parent)
    for root in roots:
        found = root / "mpl-data" / "fonts" / "ttf"
        files = (found / "DejaVuSans.ttf", found / "DejaVuSans-Bold.ttf")
        if all(file.is_file() for file in files):
            return files
    return ()
