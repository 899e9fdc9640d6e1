import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.image_reference import ImageReference, ImageReferenceError

_SHA = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag", "digest"),
    [
        ("nginx", "docker.io", "library/nginx", None, None),
        ("nginx:1.27", "docker.io", "library/nginx", "1.27", None),
        ("coder/coder", "docker.io", "coder/coder", None, None),
        ("docker.io/nginx", "docker.io", "library/nginx", None, None),
        ("index.docker.io/nginx:1", "docker.io", "library/nginx", "1", None),
        ("localhost/app:1", "localhost", "app", "1", None),
        ("localhost:5000/app", "localhost:5000", "app", None, None),
        ("nginx:443/nginx", "nginx:443", "nginx", None, None),
        ("registry.coder.svc.cluster.local:5000/a/b/c:t", "registry.coder.svc.cluster.local:5000", "a/b/c", "t", None),
        ("Registry:5000/x", "Registry:5000", "x", None, None),
        ("Registry/x", "Registry", "x", None, None),
        ("10.98.0.50:5000/x:v1", "10.98.0.50:5000", "x", "v1", None),
        ("[2001:db8::1]:5000/x", "[2001:db8::1]:5000", "x", None, None),
        ("[2001:db8::1]/x:1", "[2001:db8::1]", "x", "1", None),
        (f"nginx@{_SHA}", "docker.io", "library/nginx", None, _SHA),
        (f"ghcr.io/a/b:1@{_SHA}", "ghcr.io", "a/b", "1", _SHA),
        ("a/b_c/d__e/f-g--h/i.j:Tag_1.2-x", "docker.io", "a/b_c/d__e/f-g--h/i.j", "Tag_1.2-x", None),
        ("x:" + "t" * 128, "docker.io", "library/x", "t" * 128, None),
    ],
)
def test_reads_and_normalises(text: str, registry: str, repository: str, tag: str | None, digest: str | None) -> None:
    image = ImageReference.parse(text)
    assert (image.registry, image.repository, image.tag, image.digest) == (registry, repository, tag, digest)
    assert ImageReference.parse(str(image)) == image


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":1",
        "@" + _SHA,
        "/x",
        "x/",
        "x//y",
        "Nginx",
        "docker.io/Nginx",
        "x:",
        "x:" + "t" * 129,
        "x:-t",
        "x:.t",
        "x y",
        "x\n",
        "x:1\n",
        "x@",
        "x@sha256:abc",
        "x@md5:" + "0" * 32,
        "x@" + _SHA.upper(),
        _SHA + "@" + _SHA + "@" + _SHA,
        "https://example.com/x",
        "example.com:port/x",
        "-example.com/x",
        "example..com/x",
        "x/-y",
        "x/y_",
        "x/y___z",
        "x/y..z",
        "0123456789abcdef" * 4,
        "a" * 256,
        "\u00fcber/x",
        "x:\u0661",
    ],
)
def test_refuses_what_is_no_reference(text: str) -> None:
    with pytest.raises(ImageReferenceError):
        ImageReference.parse(text)


@pytest.mark.parametrize(
    ("text", "tag"), [("x", "latest"), ("x:latest", "latest"), ("x:1", "1"), (f"x@{_SHA}", None), (f"x:1@{_SHA}", "1")]
)
def test_knows_the_tag_that_a_runtime_pulls(text: str, tag: str | None) -> None:
    assert ImageReference.parse(text).effective_tag == tag


@given(st.text(alphabet="aZ0.:/@-_[]% \n" + "sha256", max_size=60))
def test_any_text_is_a_reference_that_reads_back_or_an_error(text: str) -> None:
    try:
        image = ImageReference.parse(text)
    except ImageReferenceError:
        return
    assert ImageReference.parse(str(image)) == image
