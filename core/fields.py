"""Reading untrusted, partly unknown properties: each field is a value, missing, or unknown, and hides only itself."""

__all__ = ["Field"]

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Field:
    """One place in a tree of properties.

    `value` is what stands there (None when nothing does). Policy engines hand in proxies that raise one of
    `unknown_errors` when a value that is not known yet is touched; such a field keeps that error in `unknown`.
    Mappings and sequences are recognised by their abstract types, since the proxies are no dicts and no lists.
    """

    value: object
    path: str = ""
    unknown_errors: tuple[type[Exception], ...] = ()
    unknown: Exception | None = field(default=None, compare=False)

    @property
    def is_missing(self) -> bool:
        """Say whether nothing, or an explicit null, stands here."""
        return self.value is None and self.unknown is None

    @property
    def is_mapping(self) -> bool:
        """Say whether an object stands here."""
        return isinstance(self.value, Mapping)

    @property
    def is_sequence(self) -> bool:
        """Say whether a list stands here."""
        return isinstance(self.value, Sequence) and not isinstance(self.value, str | bytes)

    def get(self, *keys: str) -> "Field":
        """Return the field that the keys lead to; below something missing or unknown all is missing or unknown."""
        here = self
        for key in keys:
            here = here._child(key, f"{here.path}.{key}" if here.path else key)
        return here

    def items(self) -> Iterator["Field"]:
        """Yield the elements of a sequence, unknown ones among them; nothing if there is no sequence here."""
        if isinstance(self.value, Sequence) and not isinstance(self.value, str | bytes):
            for index in range(len(self.value)):
                yield self._child(index, f"{self.path}[{index}]")

    def entries(self) -> Iterator[tuple[str, "Field"]]:
        """Yield the keys of an object, and what they lead to; nothing if there is no object here."""
        if isinstance(self.value, Mapping):
            for key in self.value:
                if isinstance(key, str):
                    yield key, self.get(key)

    def boolean(self) -> bool | None:
        """Return the truth value that stands here, None for anything else; "true" and 1 are something else."""
        return self.value if isinstance(self.value, bool) else None

    def integer(self) -> int | None:
        """Return the whole number that stands here, None for anything else; Protobuf writes 2 as 2.0."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            return None
        return int(self.value) if isinstance(self.value, int) or self.value.is_integer() else None

    def text(self) -> str | None:
        """Return the string that stands here, None for anything else."""
        return self.value if isinstance(self.value, str) else None

    def string(self) -> str:
        """Return the string that stands here, an empty one for anything else."""
        return self.text() or ""

    def _child(self, key: str | int, path: str) -> "Field":
        value: object = None
        unknown = self.unknown
        try:
            if isinstance(self.value, Mapping):
                # Not .get(): some proxies answer a missing key and an unknown value alike only by __getitem__.
                value = self.value[key]
            elif isinstance(self.value, Sequence) and isinstance(key, int):
                value = self.value[key]
        except KeyError:
            pass
        except self.unknown_errors as error:
            unknown = error
        return Field(value, path, self.unknown_errors, unknown)
