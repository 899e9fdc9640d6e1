# The program inside the pod that Coder talks to, and what it is told.

locals {
  home     = "/home/coder"
  ide_port = 13337

  repositories = distinct(compact(concat([data.coder_parameter.repo_url.value], local.more_repositories)))

  # Why there is or is no /dev/kvm; the start says it in one line.
  nested_virt = (
    data.coder_parameter.enable_nested_virt.value != "true" ? "off" :
    var.kvm_resource == "" ? "absent" :
    data.coder_parameter.workspace_class.value == "kvm" ? "given" : "class"
  )
}

# Tells Coder that workspaces use this login for git. A user without it can still clone what is public.
data "coder_external_auth" "git" {
  count    = var.external_auth_id == "" ? 0 : 1
  id       = var.external_auth_id
  optional = true
}

resource "coder_agent" "main" {
  arch                    = data.coder_provisioner.me.arch
  os                      = "linux"
  startup_script          = local.startup_script
  startup_script_behavior = "non-blocking"

  env = merge(local.git_identity, {
    SPT_FLOW_REPOSITORIES       = join(" ", local.repositories)
    SPT_FLOW_BRANCH             = data.coder_parameter.branch.value
    SPT_FLOW_SETUP_SCRIPT       = data.coder_parameter.setup_script.value
    SPT_FLOW_SETUP_MINUTES      = tostring(var.setup_minutes)
    SPT_FLOW_DOTFILES           = local.dotfiles_url
    SPT_FLOW_INSTALL_WASM_TOOLS = tostring(local.install_wasm_tools)
    SPT_FLOW_NESTED_VIRT        = local.nested_virt
    SPT_FLOW_DOCKER             = tostring(data.coder_parameter.workspace_class.value == "docker")
    SPT_FLOW_IDE_PORT           = local.web_ide ? tostring(local.ide_port) : ""
    SPT_FLOW_DISK_PATH          = local.home
    SPT_FLOW_LINK_URL           = var.external_auth_id == "" ? "" : "${data.coder_workspace.me.access_url}/external-auth/${var.external_auth_id}"

    # Credentials that a client lends live in this daemon's memory. Coder's own helper is asked when it knows none.
    SPT_FLOW_GIT_SOCKET = "/run/spt-flow/git/credentials"
    GIT_CONFIG_COUNT    = "1"
    GIT_CONFIG_KEY_0    = "credential.helper"
    GIT_CONFIG_VALUE_0  = "cache --socket /run/spt-flow/git/credentials"
  })

  lifecycle {
    # A list of texts has no validation of its own, and each text is an argument of git.
    precondition {
      condition     = alltrue([for url in local.repositories : can(regex(local.repository_pattern, url))])
      error_message = "Each of more_repositories must be an address such as https://github.com/example/project.git or git@github.com:example/project.git."
    }
  }

  display_apps {
    vscode                 = local.web_ide
    vscode_insiders        = false
    web_terminal           = true
    ssh_helper             = true
    port_forwarding_helper = local.web_ide
  }

  dynamic "metadata" {
    for_each = local.agent_metadata
    content {
      key          = metadata.value.key
      display_name = metadata.value.display_name
      script       = file("${path.module}/scripts/metadata/${metadata.value.key}.sh")
      interval     = metadata.value.interval
      timeout      = 5
      order        = metadata.key
    }
  }
}
