# An environment for a pipeline: the same pod as a developer's, no editor, gone at its deadline whatever happens.
# What it shares with other templates is laid over this directory; layers.json says from where.

locals {
  more_repositories  = []
  dotfiles_url       = ""
  install_wasm_tools = false
  web_ide            = false

  # What the reaper looks for. The deadline counts from the workspace's creation; a restart does not move it.
  template_labels = {
    "spt-flow.dev/ci" = "true"
  }
  template_annotations = {
    "spt-flow.dev/deadline" = terraform_data.deadline.output
  }
}

resource "terraform_data" "deadline" {
  input = timeadd(plantimestamp(), "${data.coder_parameter.ttl_minutes.value}m")

  lifecycle {
    ignore_changes = [input]
  }
}

resource "coder_metadata" "deadline" {
  resource_id = terraform_data.deadline.id
  icon        = "/emojis/23f0.png"

  item {
    key   = "deadline"
    value = terraform_data.deadline.output
  }
}
