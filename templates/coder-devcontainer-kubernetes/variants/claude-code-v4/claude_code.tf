# Claude Code with Coder's Tasks: servers 2.28 to 2.36. Module 4.9.2 is the last that knows them.

data "coder_task" "me" {}

module "claude-code" {
  count               = data.coder_workspace.me.start_count
  source              = "registry.coder.com/coder/claude-code/coder"
  version             = "4.9.2"
  agent_id            = coder_agent.main.id
  workdir             = var.workspace_folder
  ai_prompt           = data.coder_task.me.enabled ? data.coder_task.me.prompt : data.coder_parameter.ai_prompt.value
  system_prompt       = data.coder_parameter.system_prompt.value
  install_claude_code = var.install_claude_code
  order               = 999
  cli_app             = true
  continue            = true
  report_tasks        = true
  post_install_script = file("${path.module}/scripts/claude-mcp.sh")
}

resource "coder_ai_task" "task" {
  count  = data.coder_task.me.enabled ? data.coder_workspace.me.start_count : 0
  app_id = module.claude-code[0].task_app_id
}
