"""Certificates: complete, verifiable, private, and renewed when they must be."""

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from lab.cluster.certificate import CertificateSpec, issue, load, satisfies
from lab.cluster.pki import build_certificate_specs, ensure_pki
from lab.instance import LabInstance

NOW = dt.datetime.now(dt.UTC)
AUTHORITY = CertificateSpec(name="ca", common_name="authority", issuer=None, days=3650)
SERVER = CertificateSpec(
    name="web", common_name="web", issuer="ca", names=("web.local",), addresses=("10.0.0.1",), server=True
)


@pytest.fixture
def instance(tmp_path: Path) -> LabInstance:
    return LabInstance(name="unit", directory=tmp_path, slot=5)


def test_every_certificate_is_issued_by_its_authority(instance: LabInstance, tmp_path: Path) -> None:
    issued = ensure_pki(instance, tmp_path)
    specs = {spec.name: spec for spec in build_certificate_specs(instance)}
    assert issued.keys() == specs.keys()
    for name, spec in specs.items():
        issued[name].certificate.verify_directly_issued_by(issued[spec.issuer or name].certificate)
        usages = issued[name].certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        assert usages.ca is (spec.issuer is None)


def test_the_api_server_is_known_by_every_name_it_is_called(instance: LabInstance, tmp_path: Path) -> None:
    certificate = ensure_pki(instance, tmp_path)["apiserver"].certificate
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(address) for address in names.get_values_for_type(x509.IPAddress)} == {
        "10.99.5.2",
        "10.98.5.1",
        "127.0.0.1",
    }
    assert "kubernetes.default.svc.cluster.local" in names.get_values_for_type(x509.DNSName)
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_keys_are_readable_by_their_owner_alone(instance: LabInstance, tmp_path: Path) -> None:
    ensure_pki(instance, tmp_path)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("*.key")}
    assert len(modes) == len(build_certificate_specs(instance)) + 1
    assert set(modes.values()) == {0o600}


def test_a_second_run_changes_no_file(instance: LabInstance, tmp_path: Path) -> None:
    ensure_pki(instance, tmp_path)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    ensure_pki(instance, tmp_path)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()} == before


def test_a_new_authority_makes_new_certificates(instance: LabInstance, tmp_path: Path) -> None:
    before = ensure_pki(instance, tmp_path)
    (tmp_path / "ca.key").unlink()
    after = ensure_pki(instance, tmp_path)
    changed = {name for name in before if before[name].certificate != after[name].certificate}
    specs = build_certificate_specs(instance)
    assert changed == {"ca", *(spec.name for spec in specs if spec.issuer == "ca")}


def test_another_node_address_makes_new_server_certificates(instance: LabInstance, tmp_path: Path) -> None:
    before = ensure_pki(instance, tmp_path)
    after = ensure_pki(instance.model_copy(update={"slot": 6}), tmp_path)
    changed = {name for name in before if before[name].certificate != after[name].certificate}
    assert changed == {"apiserver", "kubelet-server"}


def test_the_token_key_is_kept_and_its_public_half_restored(instance: LabInstance, tmp_path: Path) -> None:
    ensure_pki(instance, tmp_path)
    private, public = (tmp_path / "sa.key").read_bytes(), (tmp_path / "sa.pub").read_bytes()
    (tmp_path / "sa.pub").unlink()
    ensure_pki(instance, tmp_path)
    assert ((tmp_path / "sa.key").read_bytes(), (tmp_path / "sa.pub").read_bytes()) == (private, public)


@pytest.mark.parametrize("damage", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_damaged_certificate_counts_as_none(tmp_path: Path, damage: str) -> None:
    issue(AUTHORITY, None).save(tmp_path, "ca")
    assert load(tmp_path, "ca") is not None
    (tmp_path / "ca.crt").write_text(damage)
    assert load(tmp_path, "ca") is None


@pytest.mark.parametrize(("later", "expected"), [(0, True), (334, True), (336, False), (366, False)], ids=str)
def test_a_certificate_is_renewed_thirty_days_before_its_end(later: int, expected: bool) -> None:  # noqa: FBT001
    authority = issue(AUTHORITY, None, NOW)
    stored = issue(SERVER, authority, NOW)
    assert satisfies(stored, SERVER, authority, NOW + dt.timedelta(days=later)) is expected


@pytest.mark.parametrize(
    "wanted",
    [
        CertificateSpec("web", "other", "ca", names=("web.local",), addresses=("10.0.0.1",), server=True),
        CertificateSpec("web", "web", "ca", names=("web.local",), addresses=("10.0.0.2",), server=True),
        CertificateSpec("web", "web", "ca", names=("web.local",), server=True),
        CertificateSpec("web", "web", "ca", names=("web.local",), addresses=("10.0.0.1",), client=True),
        CertificateSpec("web", "web", "ca", ("group",), ("web.local",), ("10.0.0.1",), server=True),
    ],
)
def test_a_certificate_that_says_something_else_is_not_kept(wanted: CertificateSpec) -> None:
    authority = issue(AUTHORITY, None, NOW)
    stored = issue(SERVER, authority, NOW)
    assert satisfies(stored, SERVER, authority, NOW)
    assert not satisfies(stored, wanted, authority, NOW)


def test_a_key_that_is_not_the_certificates_is_not_kept() -> None:
    authority = issue(AUTHORITY, None, NOW)
    one, two = issue(SERVER, authority, NOW), issue(SERVER, authority, NOW)
    assert not satisfies(type(one)(one.certificate, two.key), SERVER, authority, NOW)
