# The Fleet MCP server: run by supervisord inside the workspace, reached by Claude Code with a bearer token.

locals {
  fleet_url    = "http://127.0.0.1:8000"
  fleet_health = "${local.fleet_url}/health"
  # The agent's token is random, secret and new at each start; its hash is as random, and tells nothing of the token.
  fleet_token = sha256("fleet-mcp/${coder_agent.main.token}")
  fleet_env = var.fleet_command == "" ? {} : {
    FLEET_MCP_AUTH_TOKEN   = local.fleet_token
    FLEET_MCP_AUTH_ENABLED = "true"
    FLEET_MCP_TASKFILE     = var.fleet_taskfile
  }
}

resource "coder_env" "fleet" {
  for_each = local.fleet_env
  agent_id = coder_agent.main.id
  name     = each.key
  value    = each.value
}

resource "coder_app" "fleet_mcp" {
  count        = var.fleet_command == "" ? 0 : 1
  agent_id     = coder_agent.main.id
  slug         = "fleet-mcp"
  display_name = "Fleet MCP"
  icon         = "/icon/tasks.svg"
  url          = local.fleet_url
  share        = "owner"
  subdomain    = false
  order        = 10

  healthcheck {
    url       = local.fleet_health
    interval  = 5
    threshold = 24
  }
}
