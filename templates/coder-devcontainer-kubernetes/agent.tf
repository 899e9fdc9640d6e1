# The agent that runs inside the workspace, its environment and its figures in the dashboard.

locals {
  # Claude Code 4.x hands the system prompt over itself; its variant overrides this.
  system_prompt_file = data.coder_parameter.system_prompt.value

  startup_script = templatefile("${path.module}/scripts/startup.sh.tftpl", {
    secret_names     = join(" ", [for variable in local.secret_env : variable.name])
    system_prompt    = base64encode(local.system_prompt_file)
    claude_md_script = base64encode(file("${path.module}/scripts/claude-md.sh"))
    fleet            = var.fleet_command != ""
    fleet_script     = base64encode(file("${path.module}/scripts/fleet.sh"))
    fleet_taskfile   = base64encode(file("${path.module}/scripts/Taskfile.yml"))
    supervisord_conf = base64encode(templatefile("${path.module}/supervisord.conf.tftpl", {
      folder  = var.workspace_folder
      command = var.fleet_command
    }))
    fleet_settings = {
      FLEET_FOLDER  = var.workspace_folder
      FLEET_TIMEOUT = tostring(var.fleet_timeout_seconds)
      FLEET_HEALTH  = local.fleet_health
    }
  })
}

resource "coder_agent" "main" {
  arch = data.coder_provisioner.me.arch
  os   = "linux"
  dir  = var.workspace_folder
  # A devcontainer's first build takes minutes: until then the agent is expected, not missing.
  connection_timeout  = var.build_timeout_seconds
  startup_script      = local.startup_script
  shutdown_script     = "supervisorctl -s http://127.0.0.1:9001 shutdown >/dev/null 2>&1 || true"
  troubleshooting_url = var.troubleshooting_url

  env = merge(
    local.git_identity,
    { SPT_FLOW_DISK_PATH = "/workspaces" },
    var.ha_url == "" ? {} : { HA_URL = var.ha_url },
  )

  dynamic "metadata" {
    for_each = local.agent_metadata
    content {
      key          = metadata.value.key
      display_name = metadata.value.display_name
      order        = metadata.key + 1
      interval     = metadata.value.interval
      timeout      = 5
      script       = file("${path.module}/scripts/metadata/${metadata.value.key}.sh")
    }
  }
}

resource "coder_env" "gh_token" {
  count    = local.github_token == "" ? 0 : 1
  agent_id = coder_agent.main.id
  name     = "GH_TOKEN"
  value    = local.github_token
}
