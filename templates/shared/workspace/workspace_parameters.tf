# What users choose. Whatever is not mutable decides about the volume, which outlives every change.

locals {
  repository_pattern = "^$|^(https?|ssh|git)://[A-Za-z0-9._~:/@%+?=&-]+$|^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[A-Za-z0-9._~/+-]+$"
  repository_hint    = "It must be an address such as https://github.com/example/project.git or git@github.com:example/project.git."

  class_options = [for option in [
    {
      value       = "standard"
      name        = "Standard"
      description = "A container of your own, without /dev/kvm."
      icon        = "/icon/container.svg"
      offered     = true
    },
    {
      value       = "kvm"
      name        = "KVM"
      description = "Nested virtualization: /dev/kvm for Firecracker, Kuasar, QEMU. Waits until a node has it."
      icon        = "/emojis/26a1.png"
      offered     = var.kvm_resource != "" && contains(var.workspace_classes, "kvm")
    },
    {
      value       = "docker"
      name        = "Docker"
      description = "A runtime in which a Docker daemon works without privileges."
      icon        = "/icon/docker.svg"
      offered     = var.docker_runtime_class != "" && contains(var.workspace_classes, "docker")
    },
  ] : option if option.offered]
}

data "coder_parameter" "repo_url" {
  name         = "repo_url"
  display_name = "Repository"
  description  = "Git repository that is cloned into the home when the workspace starts for the first time."
  type         = "string"
  default      = var.default_repository
  icon         = "/icon/git.svg"
  mutable      = true
  order        = 10

  validation {
    regex = local.repository_pattern
    error = local.repository_hint
  }
}

data "coder_parameter" "branch" {
  name         = "branch"
  display_name = "Branch"
  description  = "Branch of the repository; empty for its default branch."
  type         = "string"
  default      = ""
  icon         = "/icon/git.svg"
  mutable      = true
  order        = 20

  validation {
    regex = "^$|^[A-Za-z0-9_][A-Za-z0-9._/+-]*$"
    error = "It must be the name of a branch, for example main or feature/login."
  }
}

data "coder_parameter" "cpu" {
  name         = "cpu"
  display_name = "CPU"
  description  = "Most CPU cores the workspace may use."
  type         = "number"
  default      = min(4, var.workspace_cpu_max)
  icon         = "/icon/memory.svg"
  mutable      = true
  order        = 40

  validation {
    min   = 1
    max   = var.workspace_cpu_max
    error = "It must be from {min} to {max} cores; {value} was given."
  }
}

data "coder_parameter" "memory" {
  name         = "memory"
  display_name = "Memory"
  description  = "Most memory the workspace may use, in GiB. A program that takes more is killed."
  type         = "number"
  default      = min(8, var.workspace_memory_max)
  icon         = "/icon/memory.svg"
  mutable      = true
  order        = 50

  validation {
    min   = 1
    max   = var.workspace_memory_max
    error = "It must be from {min} to {max} GiB; {value} was given."
  }
}

data "coder_parameter" "disk" {
  name         = "disk"
  display_name = "Home volume"
  description  = "Size of the volume at /home/coder, in GiB. It cannot be changed later."
  type         = "number"
  default      = min(var.workspace_volume_default, var.workspace_volume_max)
  icon         = "/icon/folder.svg"
  mutable      = false
  order        = 60

  validation {
    min   = 1
    max   = var.workspace_volume_max
    error = "It must be from {min} to {max} GiB; {value} was given."
  }
}

data "coder_parameter" "workspace_class" {
  name         = "workspace_class"
  display_name = "Class"
  description  = "What the workspace may do beyond a plain container."
  type         = "string"
  default      = contains(local.class_options[*].value, "kvm") ? "kvm" : "standard"
  icon         = "/icon/container.svg"
  mutable      = true
  order        = 70

  dynamic "option" {
    for_each = local.class_options
    content {
      name        = option.value.name
      value       = option.value.value
      description = option.value.description
      icon        = option.value.icon
    }
  }
}

data "coder_parameter" "enable_nested_virt" {
  name         = "enable_nested_virt"
  display_name = "Nested virtualization"
  description  = "Ask for /dev/kvm in the class KVM. A cluster without it starts the workspace all the same."
  type         = "bool"
  default      = true
  icon         = "/emojis/26a1.png"
  mutable      = true
  order        = 80
}

data "coder_parameter" "workspace_image" {
  name         = "workspace_image"
  display_name = "Image"
  description  = "Container image of the workspace. Any image with a shell will do; what it lacks is installed at each start."
  type         = "string"
  default      = var.workspace_image
  icon         = "/icon/docker.svg"
  mutable      = true
  order        = 90

  validation {
    regex = "^[a-z0-9][A-Za-z0-9._:/@-]*$"
    error = "It must be an image reference, for example ubuntu:22.04 or ghcr.io/example/image:1.2."
  }
}

data "coder_parameter" "setup_script" {
  name         = "setup_script"
  display_name = "Setup script"
  description  = "Path inside the repository of a script that runs at each start; it is passed over when it is not there."
  type         = "string"
  default      = "devpods/setup.sh"
  icon         = "/icon/terminal.svg"
  mutable      = true
  order        = 100

  validation {
    regex = "^$|^([A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$"
    error = "It must be a path inside the repository without hidden folders, for example devpods/setup.sh."
  }
}
