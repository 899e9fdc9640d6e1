# Set by whoever pushes the template; users never see these.

# Workspace

variable "troubleshooting_url" {
  description = "Page the dashboard links when an agent does not connect."
  type        = string
  default     = "https://coder.com/docs/admin/templates/troubleshooting"
}

# What is built

variable "envbuilder_image" {
  description = "Envbuilder's image, pinned. Users may choose another one in the workspace's form."
  type        = string
  default     = "ghcr.io/coder/envbuilder:1.3.0"
}

variable "git_url" {
  description = "Repository offered in the workspace's form."
  type        = string
  default     = "https://git.example.com/setup.git"
}

variable "workspace_folder" {
  description = "Folder below /workspaces the repository is cloned into and terminals open in."
  type        = string
  default     = "/workspaces/setup"

  validation {
    condition     = can(regex("^/workspaces/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$", var.workspace_folder))
    error_message = "workspace_folder lies below /workspaces, the only folder that is kept."
  }
}

variable "devcontainer_dir" {
  description = "Folder of devcontainer.json in the repository."
  type        = string
  default     = ".devcontainer/beta"
}

variable "fallback_image" {
  description = "Image to run when there is no devcontainer or its build fails; empty to stop with the error."
  type        = string
  default     = ""
}

variable "exit_on_build_failure" {
  description = "Stop when a build fails, even though there is a fallback image."
  type        = bool
  default     = false
}

variable "build_timeout_seconds" {
  description = "Seconds until the dashboard reports an agent that has not connected."
  type        = number
  default     = 1800

  validation {
    condition     = var.build_timeout_seconds >= 60
    error_message = "build_timeout_seconds is at least 60: a build without cache takes minutes."
  }
}

variable "ignore_paths" {
  description = "Paths the build leaves alone, separated by commas; mounts and files the runtime adds."
  type        = string
  default     = "/var/run,/product_uuid,/product_name"
}

variable "ssl_cert_base64" {
  description = "Certificate bundle (PEM, base64) that clones and registry requests of the build trust."
  type        = string
  default     = ""
}

variable "git_clone_depth" {
  description = "Commits to clone; 0 for the whole history."
  type        = number
  default     = 0
}

variable "git_clone_single_branch" {
  description = "Clone only the chosen branch."
  type        = bool
  default     = false
}

variable "git_http_proxy_url" {
  description = "HTTP proxy for the clone."
  type        = string
  default     = ""
}

variable "remote_repo_build_mode" {
  description = "Build from the repository as it is on its server, not from the user's working copy."
  type        = bool
  default     = false
}

variable "skip_rebuild" {
  description = "Do not build again when a container of the pod restarts."
  type        = bool
  default     = true
}

variable "verbose" {
  description = "Write the builder's debug log."
  type        = bool
  default     = false
}

# Cache

variable "cache_repo_name" {
  description = "Repository in that registry."
  type        = string
  default     = "coder-cache"
}

variable "registry_insecure" {
  description = "The registry is served without a certificate that can be verified."
  type        = bool
  default     = true
}

variable "push_image" {
  description = "Push the whole image besides its layers, as the cached-image mode needs."
  type        = bool
  default     = true
}

variable "exit_on_push_failure" {
  description = "Stop when the push fails; else the workspace starts and the log says so."
  type        = bool
  default     = false
}

variable "cache_ttl_days" {
  description = "Days a cached layer is used."
  type        = number
  default     = 7
}

variable "docker_config_base64" {
  description = "Docker configuration (base64) with the sign-in of private registries."
  type        = string
  default     = ""
  sensitive   = true
}

# Accounts and credentials

variable "claude_secret" {
  description = "Secret and key, as name/key, of CLAUDE_CODE_OAUTH_TOKEN; empty without."
  type        = string
  default     = ""

  validation {
    condition     = var.claude_secret == "" || can(regex("^[a-z0-9.-]+/[A-Za-z0-9._-]+$", var.claude_secret))
    error_message = "claude_secret is empty or name/key, for example claude-code/credential."
  }
}

variable "perplexity_secret" {
  description = "Secret and key, as name/key, of PERPLEXITY_API_KEY; empty without."
  type        = string
  default     = ""

  validation {
    condition     = var.perplexity_secret == "" || can(regex("^[a-z0-9.-]+/[A-Za-z0-9._-]+$", var.perplexity_secret))
    error_message = "perplexity_secret is empty or name/key, for example perplexity/credential."
  }
}

variable "home_assistant_secret" {
  description = "Secret and key, as name/key, of HA_TOKEN; empty without."
  type        = string
  default     = ""

  validation {
    condition     = var.home_assistant_secret == "" || can(regex("^[a-z0-9.-]+/[A-Za-z0-9._-]+$", var.home_assistant_secret))
    error_message = "home_assistant_secret is empty or name/key, for example haos-api/credential."
  }
}

variable "secrets_optional" {
  description = "Start without a credential whose Secret or key is missing (true), or wait for it (false)."
  type        = bool
  default     = false
}

variable "ha_url" {
  description = "Address of Home Assistant, handed over as HA_URL; empty without."
  type        = string
  default     = ""
}

# Fleet MCP and Claude Code

variable "fleet_command" {
  description = "Command that serves Fleet MCP on 127.0.0.1:8000, run in workspace_folder; empty for none."
  type        = string
  default     = "/workspaces/setup/bin/direnv exec . nx run --tui=false fleet-mcp:server"
}

variable "fleet_taskfile" {
  description = "Taskfile of the Fleet MCP server; the template's own is taken where the repository has none."
  type        = string
  default     = "/workspaces/setup/libs/coder-devcontainer-kubernetes/Taskfile.yml"
}

variable "fleet_timeout_seconds" {
  description = "Seconds to wait for supervisord, and then for the server's health."
  type        = number
  default     = 120
}

variable "install_claude_code" {
  description = "Let the module install Claude Code; false where the devcontainer brings it."
  type        = bool
  default     = false
}

variable "enable_code_server" {
  description = "Offer code-server, the editor in the browser (needs the registry's modules)."
  type        = bool
  default     = false
}
