# What the platform decides and users do not see. The push sets these from the stack's settings.

variable "namespace" {
  description = "Namespace of workspaces: it has quota, default limits and a pod security level."
  type        = string
  default     = "coder-workspace"
}

variable "use_kubeconfig" {
  description = "Reach the cluster by a kubeconfig on Coder's host. False when Coder runs inside the cluster."
  type        = bool
  default     = false
}

variable "kubeconfig_path" {
  description = "The kubeconfig on Coder's host; read only when use_kubeconfig is true."
  type        = string
  default     = "~/.kube/config"
}

variable "kubeconfig_context" {
  description = "Context of that kubeconfig; empty for its current one."
  type        = string
  default     = ""
}

variable "agent_url" {
  description = "URL under which workspaces reach Coder; empty for the access URL that users have."
  type        = string
  default     = ""

  validation {
    condition     = var.agent_url == "" || can(regex("^https?://[^/]+", var.agent_url))
    error_message = "The agent_url must be empty or begin with http:// or https://, for example 'https://coder.example.com'."
  }
}

variable "coder_image" {
  description = "Image with the server's own release of Coder at /opt/coder; the workspace's agent is copied from it."
  type        = string
  default     = "ghcr.io/coder/coder:v2.36.3"
}

variable "image_pull_policy" {
  description = "When the node pulls images: IfNotPresent, Always or Never."
  type        = string
  default     = "IfNotPresent"

  validation {
    condition     = contains(["IfNotPresent", "Always", "Never"], var.image_pull_policy)
    error_message = "The image_pull_policy must be one of IfNotPresent, Always and Never."
  }
}

variable "image_pull_secret" {
  description = "Name of a Secret in the namespace with the registry's credentials; empty for none."
  type        = string
  default     = ""
}

variable "registry_url" {
  description = "Host and port of the platform's image registry."
  type        = string
  default     = "registry.coder.svc.cluster.local:5000"
}

variable "storage_class" {
  description = "Class of workspace volumes; empty for the cluster's default class."
  type        = string
  default     = ""
}

variable "external_auth_id" {
  description = "Id of Coder's external authentication for git; empty when the server has none."
  type        = string
  default     = "primary-github"
}

variable "workspace_cpu_max" {
  description = "Most CPU cores a workspace may have."
  type        = number
  default     = 8

  validation {
    condition     = var.workspace_cpu_max >= 1
    error_message = "The workspace_cpu_max must be at least 1."
  }
}

variable "workspace_memory_max" {
  description = "Most memory a workspace may have, in GiB."
  type        = number
  default     = 16

  validation {
    condition     = var.workspace_memory_max >= 1
    error_message = "The workspace_memory_max must be at least 1."
  }
}

variable "workspace_volume_max" {
  description = "Largest volume a workspace may have, in GiB."
  type        = number
  default     = 100

  validation {
    condition     = var.workspace_volume_max >= 1
    error_message = "The workspace_volume_max must be at least 1."
  }
}

variable "workspace_ephemeral_max" {
  description = "What a workspace may write outside its volume, in GiB; it is gone when the workspace stops."
  type        = number
  default     = 16

  validation {
    condition     = var.workspace_ephemeral_max >= 1
    error_message = "The workspace_ephemeral_max must be at least 1."
  }
}

variable "workspace_cpu_request" {
  description = "CPU that is reserved for a workspace, as a Kubernetes quantity."
  type        = string
  default     = "250m"
}

variable "workspace_memory_request" {
  description = "Memory that is reserved for a workspace, as a Kubernetes quantity."
  type        = string
  default     = "512Mi"
}

variable "workspace_environment" {
  description = "Environment variables of every workspace, for example of a proxy. Not for secrets."
  type        = map(string)
  default     = {}
}

variable "node_selector" {
  description = "Labels of the nodes that may run workspaces; empty for every node."
  type        = map(string)
  default     = {}
}
