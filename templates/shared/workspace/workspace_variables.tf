# What the platform decides about workspaces made from any image.

variable "workspace_image" {
  description = "Image of a workspace that names no other. It is made for uid 1000 with its home at /home/coder."
  type        = string
  default     = "registry.coder.svc.cluster.local:5000/spt-flow/workspace:0.1.0"
}

variable "workspace_volume_default" {
  description = "Size of a home volume that names no other, in GiB."
  type        = number
  default     = 20

  validation {
    condition     = var.workspace_volume_default >= 1
    error_message = "The workspace_volume_default must be at least 1."
  }
}

variable "default_repository" {
  description = "Repository that is offered when the user names none; empty for none."
  type        = string
  default     = ""
}

variable "workspace_classes" {
  description = "Classes users may choose from: standard, kvm, docker. The last two also need their resource or runtime class."
  type        = list(string)
  default     = ["standard", "kvm", "docker"]

  validation {
    condition     = contains(var.workspace_classes, "standard") && length(setsubtract(var.workspace_classes, ["standard", "kvm", "docker"])) == 0
    error_message = "The workspace_classes must hold standard, and may hold kvm and docker."
  }
}

variable "kvm_resource" {
  description = "Extended resource that brings /dev/kvm, for example devices.spt-flow.dev/kvm; empty when the cluster has none."
  type        = string
  default     = ""
}

variable "kvm_group" {
  description = "Group id that owns /dev/kvm on the nodes; 0 when the runtime hands the device to the container's user."
  type        = number
  default     = 0
}

variable "docker_runtime_class" {
  description = "RuntimeClass under which Docker runs inside a workspace without privileges, for example sysbox-runc; empty for none."
  type        = string
  default     = ""
}

variable "prepare_other_images" {
  description = "Let other images than workspace_image begin as root, to make the user and install git; the agent never is root."
  type        = bool
  default     = true
}

variable "setup_minutes" {
  description = "Longest a setup script, dotfiles script or devcontainer command may take, in minutes."
  type        = number
  default     = 30
}
