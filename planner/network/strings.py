"""Many strings in two arrays, so that a network of a million names opens without reading them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Strings:
    """An immutable list of strings.

    blob: uint8 (n_bytes,), the UTF-8 text of all of them, one after another.
    offset: int64 (n + 1,), string i is blob[offset[i] : offset[i + 1]].
    """

    blob: NDArray[np.uint8]
    offset: NDArray[np.int64]

    @classmethod
    def of(cls, values: Iterable[str]) -> Self:
        """Pack `values`, in their order."""
        encoded = [value.encode() for value in values]
        offset = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(text) for text in encoded], out=offset[1:])
        blob = np.frombuffer(b"".join(encoded), np.uint8)
        offset.flags.writeable = False
        return cls(blob, offset)

    @property
    def count(self) -> int:
        """Number of strings."""
        return len(self.offset) - 1

    def get(self, index: int) -> str:
        """String number `index`; IndexError outside 0..count-1."""
        if not 0 <= index < self.count:
            msg = f"string {index} of {self.count}"
            raise IndexError(msg)
        return self.blob[self.offset[index] : self.offset[index + 1]].tobytes().decode()

    def list_all(self) -> Iterator[str]:
        """Every string in order."""
        text = self.blob.tobytes()
        for start, end in zip(self.offset[:-1].tolist(), self.offset[1:].tolist(), strict=True):
            yield text[start:end].decode()
