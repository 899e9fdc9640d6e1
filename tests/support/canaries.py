"""Looking for secrets where none may be: as they are, and in every spelling that some program would give them."""

__all__ = ["found_in", "spellings"]

import base64
import contextlib
import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

_ALIGNMENTS = 3
_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def spellings(secret: str) -> set[bytes]:
    """Return how a secret may be written: raw, escaped for JSON, in a URL, and each of these in base64.

    Base64 depends on what stands before and after: there is one piece for each of the three alignments, without the
    characters at its edges that the neighbours decide, too. The secret must have 6 bytes at least.
    """
    plain = {*_texts(secret), *(json.dumps(text)[1:-1] for text in _texts(secret))}
    raw = {text.encode() for text in plain}
    encoded = {piece for text in raw for piece in _base64_pieces(text)}
    # A Secret's base64 may stand in something that is base64 again: helm keeps its releases so.
    return raw | encoded | {piece for text in encoded for piece in _base64_pieces(text)}


def found_in(content: bytes, wanted: Iterable[bytes]) -> list[bytes]:
    """Return the spellings that are in the content, or in what is compressed in it as a whole."""
    texts = [content, *_unpacked(content)]
    return [spelling for spelling in wanted if any(spelling in text for text in texts)]


def _texts(secret: str) -> Iterator[str]:
    yield secret
    for ascii_only in (True, False):
        escaped = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield escaped
        yield escaped.translate(_HTML)
    for quoted in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield quoted
        yield "".join(part.lower() if part.startswith("%") else part for part in _percent_parts(quoted))


def _percent_parts(text: str) -> Iterator[str]:
    position = 0
    while position < len(text):
        length = 3 if text[position] == "%" else 1
        yield text[position : position + length]
        position += length


def _base64_pieces(text: bytes) -> Iterator[bytes]:
    for shift in range(_ALIGNMENTS):
        whole = base64.b64encode(b"\0" * shift + text)
        # Characters with a bit of what stands before, and with a bit of what follows.
        first = -(-shift * 8 // 6)
        last = (shift + len(text)) * 8 // 6
        piece = whole[first:last]
        yield piece
        yield piece.translate(bytes.maketrans(b"+/", b"-_"))


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what a release of helm's holds, or a compressed file: gzip, in base64 once or twice or not at all."""
    for _ in range(_ALIGNMENTS):
        with contextlib.suppress(OSError, EOFError, ValueError, zlib.error):
            yield gzip.decompress(content)
        try:
            content = base64.b64decode(content, validate=True)
        except ValueError:
            return
