# What a user chooses when creating a workspace. Numbers are bounded by what the cluster admits at most.

data "coder_parameter" "repo_url" {
  name         = "repo_url"
  display_name = "Repository"
  description  = "Git repository (https or git address) whose devcontainer becomes the workspace. Private ones need your GitHub account to be connected."
  type         = "string"
  default      = var.git_url
  icon         = "/icon/git.svg"
  mutable      = true
  order        = 1

  validation {
    regex = "^(https?|git|ssh)://[^\\s#]+$"
    error = "Give an https://, http://, git:// or ssh:// address without '#': the branch has a field of its own."
  }
}

data "coder_parameter" "git_branch" {
  name         = "git_branch"
  display_name = "Branch"
  description  = "Branch to clone and build, for example main or a feature branch you want to try."
  type         = "string"
  default      = "main"
  icon         = "/icon/git.svg"
  mutable      = true
  order        = 2

  validation {
    regex = "^[A-Za-z0-9][A-Za-z0-9._/-]*$"
    error = "A branch is letters, digits, '.', '_', '/' and '-', beginning with a letter or digit."
  }
}

data "coder_parameter" "cpu" {
  name         = "cpu"
  display_name = "CPU"
  description  = "Most CPU cores the workspace may use (1 to ${var.workspace_cpu_max}). A quarter core is reserved."
  type         = "number"
  default      = 2
  icon         = "/icon/memory.svg"
  mutable      = true
  order        = 3

  validation {
    min   = 1
    max   = var.workspace_cpu_max
    error = "It must be from {min} to {max} cores; {value} was given."
  }
}

data "coder_parameter" "memory" {
  name         = "memory"
  display_name = "Memory"
  description  = "Most memory in GiB (1 to ${var.workspace_memory_max}); a process that needs more is stopped. 512 MiB are reserved."
  type         = "number"
  default      = 4
  icon         = "/icon/memory.svg"
  mutable      = true
  order        = 4

  validation {
    min   = 1
    max   = var.workspace_memory_max
    error = "It must be from {min} to {max} GiB; {value} was given."
  }
}

data "coder_parameter" "workspaces_volume_size" {
  name         = "workspaces_volume_size"
  display_name = "Storage"
  description  = "Size of the volume at /workspaces in GiB (1 to ${var.workspace_volume_max}). Everything outside it is rebuilt at each start."
  type         = "number"
  default      = 10
  icon         = "/icon/folder.svg"
  mutable      = false
  order        = 5

  validation {
    min   = 1
    max   = var.workspace_volume_max
    error = "It must be from {min} to {max} GiB; {value} was given."
  }
}

data "coder_parameter" "devcontainer_builder" {
  name         = "devcontainer_builder"
  display_name = "Devcontainer builder"
  description  = "Envbuilder image that builds the devcontainer. Change it only to try another release."
  type         = "string"
  default      = var.envbuilder_image
  icon         = "/icon/container.svg"
  mutable      = true
  order        = 6

  validation {
    regex = "^[a-z0-9][a-zA-Z0-9._/:@-]*[:@][a-zA-Z0-9._:-]+$"
    error = "Give an image with its tag or digest, for example ghcr.io/coder/envbuilder:1.3.0."
  }
}

data "coder_parameter" "system_prompt" {
  name         = "system_prompt"
  display_name = "System prompt"
  description  = "Standing instructions for Claude Code. The presets fill them in for three roles."
  type         = "string"
  form_type    = "textarea"
  default      = trimspace(file("${path.module}/prompts/coder.md"))
  icon         = "/icon/claude.svg"
  mutable      = true
  order        = 7
}

data "coder_parameter" "ai_prompt" {
  name         = "ai_prompt"
  display_name = "AI prompt"
  description  = "First task for Claude Code (optional)."
  type         = "string"
  form_type    = "textarea"
  default      = ""
  icon         = "/icon/tasks.svg"
  mutable      = true
  order        = 8
}
