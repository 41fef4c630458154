"""Photographs of people that come inside libraries Foyer depends on, both in the public domain.

Nothing of them is committed or bundled by us; a frozen bundle carries the libraries' data files.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.cv import cv2
from app.errors import ImageError
from app.resources import library_file


class Still(Enum):
    """A library and the picture in it.

    `ASTRONAUT`: Eileen Collins, NASA 1993, carried by scikit-image. `ADMIRAL`: Grace Hopper,
    US Navy 1984, carried by matplotlib. dlib's network puts them 0.71 apart.
    """

    ASTRONAUT = ("skimage", "data/astronaut.png")
    ADMIRAL = ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg")


def installed_photo(still: Still) -> Path:
    """Where the picture lies; raises ImageError if it is not installed."""
    try:
        return library_file(*still.value)
    except FileNotFoundError as error:
        raise ImageError(str(error)) from error


def load_photo(still: Still) -> NDArray[np.uint8]:
    """Its pixels, uint8 [h, w, 3] BGR; raises ImageError."""
    path = installed_photo(still)
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ImageError(f"{path} cannot be read. Install Foyer again.")
    return np.asarray(pixels, dtype=np.uint8)
