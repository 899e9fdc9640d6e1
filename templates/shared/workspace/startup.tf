# The programs of a workspace, joined from parts that are short enough to read and to test one by one.

locals {
  install_tools = file("${path.module}/scripts/install_tools.sh")

  # The agent runs it at each start. The first line decides which shell: the plainest, since any image has it.
  startup_script = join("\n", concat(
    ["#!/bin/sh"],
    [file("${path.module}/scripts/startup/report.sh"), local.install_tools],
    [
      "read_devcontainer() { python3 - \"$@\" <<'SPT_FLOW_PYTHON'",
      "${file("${path.module}/scripts/devcontainer.py")}SPT_FLOW_PYTHON",
      "}",
    ],
    [for part in [
      "tools", "surroundings", "repositories", "ide", "docker", "devcontainer", "personal", "run",
    ] : file("${path.module}/scripts/startup/${part}.sh")],
  ))

  # The first program of a pod from an image that was not made for workspaces.
  prepare_script = join("\n", [local.install_tools, file("${path.module}/scripts/prepare.sh")])
}
