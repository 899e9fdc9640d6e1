"""A lab's identity and what follows from it."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from core.errors import SptFlowError
from lab.instance import LabInstance

LAB = LabInstance(name="lab", directory=Path("/srv/lab"), slot=3)


def test_addresses_follow_from_the_slot() -> None:
    assert (str(LAB.host_address), str(LAB.node_address)) == ("10.99.3.1", "10.99.3.2")
    assert (str(LAB.pod_cidr), str(LAB.service_cidr)) == ("10.97.3.0/24", "10.98.3.0/24")
    assert (str(LAB.api_service_address), str(LAB.dns_address)) == ("10.98.3.1", "10.98.3.10")
    assert str(LAB.registry_address) == "10.98.3.50"
    assert LAB.api_url == "https://10.99.3.2:6443"


def test_names_follow_from_the_name() -> None:
    assert (LAB.host_device, LAB.cgroup, LAB.context) == ("spt-lab", "/spt-lab", "spt-flow-lab")
    longest = LabInstance(name="abcdefgh", directory=Path("/srv"), slot=0)
    assert len(longest.host_device) <= 15, "the kernel's limit for device names"


def test_no_two_slots_share_an_address() -> None:
    labs = [LabInstance(name="lab", directory=Path("/srv"), slot=slot) for slot in range(64)]
    networks = [network for lab in labs for network in (lab.link, lab.pod_cidr, lab.service_cidr)]
    assert not [(a, b) for i, a in enumerate(networks) for b in networks[i + 1 :] if a.overlaps(b)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Lab"},
        {"name": ""},
        {"name": "ninechars"},
        {"name": "a-b"},
        {"slot": -1},
        {"slot": 64},
        {"directory": Path("lab")},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        LabInstance.model_validate({**LAB.model_dump(), **wrong})


def test_it_is_kept_and_read_again(tmp_path: Path) -> None:
    lab = LAB.model_copy(update={"directory": tmp_path / "new" / "lab"})
    assert LabInstance.load(lab.directory) is None
    lab.save()
    assert LabInstance.load(lab.directory) == lab
    assert lab.directory.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in lab.directory.iterdir()] == ["instance.json"]


def test_a_damaged_record_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "instance.json").write_text("{")
    with pytest.raises(SptFlowError, match=r"instance\.json cannot be read"):
        LabInstance.load(tmp_path)
