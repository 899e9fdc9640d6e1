"""Layers are named by the steps that made them, and what cannot be matched is not guessed."""

import json

import pytest

from core.errors import SptFlowError
from images.workspace.arguments import DOCKERFILE, TARGETS
from lab.images.layer_costs import LayerCost, cost_table, layer_costs, layer_names
from lab.images.size_page import SIZE_PAGE, put_table

MIB = 1024**2
SMALL = """
ARG BASE_IMAGE
FROM ${BASE_IMAGE} AS system
ENV A=1
RUN --mount=type=bind,source=a/with-trust.sh,target=/mnt/with-trust.sh \\
    # a remark in between
    with-trust.sh apt-install.sh bash zsh
FROM system AS go
RUN make-go.sh
FROM system AS full
COPY --from=go /out/ /
COPY images/gitconfig /etc/gitconfig
RUN --mount=type=bind,from=go,target=/mnt/go with-trust.sh rust.sh "${X}" /mnt/go
RUN python3 -I /mnt/report/finish_report.py check
USER 1000
"""


def history(*entries: tuple[str, int]) -> str:
    """Return what docker prints: the newest step first."""
    return "\n".join(json.dumps({"CreatedBy": by, "Size": str(size)}) for by, size in reversed(entries))


MADE = (
    ("RUN something of the base # buildkit", 70 * MIB),
    ("/bin/sh -c #(nop) CMD", 0),
    ("ENV A=1", 0),
    ("RUN /bin/sh -c with-trust.sh # buildkit", 30 * MIB),
    ("COPY /out/ / # buildkit", 200 * MIB),
    ("COPY images/gitconfig /etc/gitconfig # buildkit", 100),
    ("RUN |1 X=a /bin/sh -c rust.sh # buildkit", 500 * MIB),
    ("RUN /bin/sh -c python3 # buildkit", 50),
    ("USER 1000", 0),
)


def test_the_steps_of_a_target_are_those_of_its_stages() -> None:
    assert layer_names(SMALL, "full") == ["packages of the system", "go", "gitconfig", "rust", "own"]
    assert layer_names(SMALL, "go") == ["packages of the system", "make-go"]
    with pytest.raises(SptFlowError, match="no stage 'none'"):
        layer_names(SMALL, "none")


def test_every_layer_counts_once_and_what_is_below_is_the_base() -> None:
    assert layer_costs(history(*MADE), layer_names(SMALL, "full")) == [
        LayerCost("rust", 500 * MIB),
        LayerCost("go", 200 * MIB),
        LayerCost("base image", 70 * MIB),
        LayerCost("packages of the system", 30 * MIB),
        LayerCost("gitconfig", 100),
        LayerCost("own", 50),
    ]


def test_an_image_of_another_dockerfile_is_refused() -> None:
    with pytest.raises(SptFlowError, match="names 5 steps"):
        layer_costs(history(*MADE[:3]), layer_names(SMALL, "full"))


def test_what_is_tiny_is_one_row_and_the_sum_is_whole() -> None:
    lines = cost_table(layer_costs(history(*MADE), layer_names(SMALL, "full")))
    assert lines[-2] == "| gitconfig, own | 0.0 |"
    assert lines[-1] == "| **in all** | **800.0** |"
    assert lines[2] == "| rust | 500.0 |"


@pytest.mark.parametrize("target", TARGETS)
def test_every_step_of_the_workspace_image_has_a_name(target: str) -> None:
    names = layer_names(DOCKERFILE.read_text(encoding="utf-8"), target)
    assert {"packages of the system", "code-server", "own"} <= set(names)
    assert "other steps" not in names


def test_a_table_takes_the_place_of_the_one_before() -> None:
    page = "a\n<!-- sizes of slim: begin -->\nold\n<!-- sizes of slim: end -->\nb\n"
    once = put_table(page, "slim", ["| new |"])
    assert once == "a\n<!-- sizes of slim: begin -->\n\n| new |\n\n<!-- sizes of slim: end -->\nb\n"
    assert put_table(once, "slim", ["| new |"]) == once
    with pytest.raises(SptFlowError, match="no place for the sizes of full"):
        put_table(page, "full", [])


@pytest.mark.parametrize("target", TARGETS)
def test_the_page_has_a_place_for_each_target(target: str) -> None:
    assert put_table(SIZE_PAGE.read_text(encoding="utf-8"), target, ["| new |"])
