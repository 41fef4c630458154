"""Everything that can go wrong in the environment, as one tree.

What a *person* can cause (an unknown face, a wrong PIN, an ended contract) is a value with a
`domain.reasons.Reason`, never an exception. Each class below has a stable `code` for logs and
machines, and one `consequence` that the supervisor carries out without reading the message:

    FoyerError
    ├── SettingsError          stop      a setting is malformed, unknown or out of range
    ├── CameraError
    │   ├── CameraUnavailable  retry     not there, unplugged, busy: opened again every few seconds
    │   └── CameraMisbehaved   retry     frozen, stalled, changed its format, stamped backwards
    ├── ModelError
    │   ├── ModelMissing       degrade   the face path is off; badge and PIN go on
    │   └── ModelRejected      degrade   digest, shape or golden embedding is wrong; never loaded
    ├── ImageError             deny      a picture that cannot be used, with what to do about it
    ├── GalleryError
    │   ├── GalleryLocked      stop      wrong key, no key, key provider locked or missing
    │   ├── GalleryCorrupt     stop      not a gallery, truncated, plaintext, altered
    │   ├── GalleryRolledBack  stop      older than the high-water mark
    │   ├── GalleryTooNew      stop      written by a later version of Foyer
    │   ├── GalleryUnwritable  deny      full or read-only disk: nobody is let in unrecorded
    │   └── GalleryRefused     deny      the change would break a rule (duplicate number, erased)
    ├── KeyStoreError          stop      the chosen key provider cannot serve
    ├── ReaderError            retry     a badge reader went away
    └── DoorError              deny      the door did not acknowledge

Every message says what happened and, after a full stop, what to do about it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class Consequence(StrEnum):
    """What the supervisor does when a part raises."""

    RETRY = "retry"
    DEGRADE = "degrade"
    DENY = "deny"
    STOP = "stop"


class FoyerError(Exception):
    """The root; never raised itself."""

    code: ClassVar[str] = "foyer"
    consequence: ClassVar[Consequence] = Consequence.DENY


class SettingsError(FoyerError):
    code = "settings"
    consequence = Consequence.STOP


class CameraError(FoyerError):
    code = "camera"
    consequence = Consequence.RETRY


class CameraUnavailable(CameraError):
    code = "camera-unavailable"


class CameraMisbehaved(CameraError):
    code = "camera-misbehaved"


class ModelError(FoyerError):
    code = "model"
    consequence = Consequence.DEGRADE


class ModelMissing(ModelError):
    code = "model-missing"


class ModelRejected(ModelError):
    code = "model-rejected"


class ImageError(FoyerError):
    code = "image"


class GalleryError(FoyerError):
    code = "gallery"
    consequence = Consequence.STOP


class GalleryLocked(GalleryError):
    code = "gallery-locked"


class GalleryCorrupt(GalleryError):
    code = "gallery-corrupt"


class GalleryRolledBack(GalleryError):
    code = "gallery-rolled-back"


class GalleryTooNew(GalleryError):
    code = "gallery-too-new"


class GalleryUnwritable(GalleryError):
    code = "gallery-unwritable"
    consequence = Consequence.DENY


class GalleryRefused(GalleryError):
    code = "gallery-refused"
    consequence = Consequence.DENY


class KeyStoreError(FoyerError):
    code = "key-store"
    consequence = Consequence.STOP


class ReaderError(FoyerError):
    code = "reader"
    consequence = Consequence.RETRY


class DoorError(FoyerError):
    code = "door"
