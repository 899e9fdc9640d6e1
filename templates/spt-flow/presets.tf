# Sizes with a name. Whatever a preset leaves out keeps its own default.

data "coder_workspace_preset" "standard" {
  name        = "Standard"
  description = "Four cores and 8 GiB: an editor, a build, some services."
  icon        = "/icon/container.svg"
  default     = true
  parameters = {
    cpu    = tostring(min(4, var.workspace_cpu_max))
    memory = tostring(min(8, var.workspace_memory_max))
  }
}

data "coder_workspace_preset" "small" {
  name        = "Small"
  description = "Two cores and 4 GiB: editing, scripts, documentation."
  icon        = "/icon/container.svg"
  parameters = {
    cpu    = tostring(min(2, var.workspace_cpu_max))
    memory = tostring(min(4, var.workspace_memory_max))
  }
}

data "coder_workspace_preset" "large" {
  name        = "Large"
  description = "All a workspace may have: compilers, test suites, virtual machines."
  icon        = "/icon/container.svg"
  parameters = {
    cpu    = tostring(var.workspace_cpu_max)
    memory = tostring(var.workspace_memory_max)
  }
}
