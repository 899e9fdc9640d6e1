# Modules of Coder's registry. They are fetched when the template is pushed, so this file is left out where the registry
# cannot be reached. Versions are exact; the README has the table with the way back.

# SSH signatures under the user's Coder key; needs curl and jq in the devcontainer.
module "git-commit-signing" {
  count    = data.coder_workspace.me.start_count
  source   = "registry.coder.com/coder/git-commit-signing/coder"
  version  = "1.0.32"
  agent_id = coder_agent.main.id
}

module "vscode-desktop" {
  count    = data.coder_workspace.me.start_count
  source   = "registry.coder.com/coder/vscode-desktop/coder"
  version  = "1.2.1"
  agent_id = coder_agent.main.id
  folder   = var.workspace_folder
  order    = 1
}

# Signs the coder command in: CODER_SESSION_TOKEN and CODER_URL.
module "coder-login" {
  count    = data.coder_workspace.me.start_count
  source   = "registry.coder.com/coder/coder-login/coder"
  version  = "1.1.1"
  agent_id = coder_agent.main.id
}

module "code-server" {
  count    = var.enable_code_server ? data.coder_workspace.me.start_count : 0
  source   = "registry.coder.com/coder/code-server/coder"
  version  = "1.5.2"
  agent_id = coder_agent.main.id
  folder   = var.workspace_folder
  order    = 2
}
