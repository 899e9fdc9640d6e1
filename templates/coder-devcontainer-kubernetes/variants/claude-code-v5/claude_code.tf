# Claude Code without Coder's Tasks: any server. From module 5 on, starting Claude and giving it its prompts is ours: the
# system prompt stands in ~/.claude/CLAUDE.md (see scripts/claude-md.sh), the first task is handed over by the app.

module "claude-code" {
  count               = data.coder_workspace.me.start_count
  source              = "registry.coder.com/coder/claude-code/coder"
  version             = "5.4.1"
  agent_id            = coder_agent.main.id
  workdir             = var.workspace_folder
  install_claude_code = var.install_claude_code
  post_install_script = file("${path.module}/scripts/claude-mcp.sh")
}

resource "coder_env" "ai_prompt" {
  count    = data.coder_parameter.ai_prompt.value == "" ? 0 : 1
  agent_id = coder_agent.main.id
  name     = "SPT_FLOW_AI_PROMPT"
  value    = data.coder_parameter.ai_prompt.value
}

resource "coder_app" "claude" {
  agent_id     = coder_agent.main.id
  slug         = "claude"
  display_name = "Claude Code"
  icon         = "/icon/claude.svg"
  open_in      = "slim-window"
  share        = "owner"
  order        = 999
  command      = "sh -c ${jsonencode(file("${path.module}/scripts/claude-app.sh"))}"
}
