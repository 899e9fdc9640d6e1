from core.errors import SptFlowError
from core.image_lock import ImageLock
from core.image_reference import ImageReference
from lab.image_lock.locking import lock_images

_NEW, _OLD = "sha256:" + "1" * 64, "sha256:" + "0" * 64
_A, _B, _C = (ImageReference.parse(f"registry.example.com/{name}:1") for name in "abc")


def _digest(image: ImageReference) -> str:
    if image.repository == "c":
        raise SptFlowError("No answer.")
    return _NEW


def test_what_registries_say_is_locked_and_what_is_named_no_more_leaves() -> None:
    gone = ImageReference.parse("registry.example.com/gone:1")
    before = ImageLock({str(_A): _OLD, str(_B): _NEW, str(gone): _OLD})
    done = lock_images([_A, _B], before, _digest)
    assert done.lock == ImageLock({str(_A): _NEW, str(_B): _NEW})
    assert (done.changed, done.same, done.kept, done.missing) == ([_A], [_B], [], [])


def test_a_registry_that_does_not_answer_costs_no_digest_of_before() -> None:
    done = lock_images([_C], ImageLock({str(_C): _OLD}), _digest)
    assert (done.lock.digests, done.kept, done.missing) == ({str(_C): _OLD}, [(_C, "No answer.")], [])


def test_an_image_without_any_digest_is_told_and_none_is_made_up() -> None:
    done = lock_images([_C], ImageLock(), _digest)
    assert (done.lock.digests, done.kept, done.missing) == ({}, [], [(_C, "No answer.")])


def test_an_image_with_a_digest_of_its_own_is_not_asked_for() -> None:
    own = ImageReference.parse(f"registry.example.com/c:1@{_OLD}")
    assert lock_images([own], ImageLock(), _digest).lock.digests == {}
