"""What every screen is: a widget that shows one kind of View."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from app.domain.events import Button
from ui.theme import Look

Press = Callable[[Button, str], None]
Shown_contra = TypeVar("Shown_contra", contravariant=True)


class Screen(Protocol[Shown_contra]):
    """`show_view` says everything anew, so that a change of language needs nothing else.

    `arrange` places the parts in the widget as large as it is now. `forget` leaves nothing of a
    visitor behind: no digit, no name, no picture.
    """

    def show_view(self, view: Shown_contra) -> None: ...

    def arrange(self, look: Look) -> None: ...

    def forget(self) -> None: ...
