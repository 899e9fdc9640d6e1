from core.image_lock import ImageLock
from core.image_reference import ImageReference
from settings import Settings, load_settings

_SHA = "sha256:" + "0123456789abcdef" * 4


def _settings(**more: str) -> Settings:
    values = {
        "kubeContext": "here",
        "nodeCidrs": '["10.0.0.0/16"]',
        "coderAccessUrl": "https://coder.example.com",
        **more,
    }
    return load_settings("prod", {f"spt-flow:{key}": value for key, value in values.items()})


def test_every_image_of_the_settings_is_named_once() -> None:
    images = [str(image) for image in _settings(workspaceImage="ghcr.io/coder/coder:v2.36.3").images()]
    assert "docker.io/library/registry:3.1.2" in images
    assert images.count("ghcr.io/coder/coder:v2.36.3") == 1


def test_the_program_sees_the_digest_behind_the_tag() -> None:
    lock = ImageLock({"docker.io/library/registry:3.1.2": _SHA})
    settings = _settings().with_locked_images(lock)
    assert str(settings.registry.registry_image) == f"docker.io/library/registry:3.1.2@{_SHA}"
    assert settings.database.database_image.digest is None
    assert settings.stack == "prod"


def test_a_digest_of_the_stack_file_stays() -> None:
    own = f"registry:3.1.2@sha256:{'0' * 64}"
    settings = _settings(registryImage=own).with_locked_images(ImageLock({"docker.io/library/registry:3.1.2": _SHA}))
    assert settings.registry.registry_image == ImageReference.parse(own)
