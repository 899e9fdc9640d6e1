# A developer's workspace: any repository, any image, an editor in the browser, a home that stays.
# What it shares with other templates is laid over this directory; layers.json says from where.

locals {
  more_repositories  = jsondecode(data.coder_parameter.more_repositories.value)
  dotfiles_url       = data.coder_parameter.dotfiles_url.value
  install_wasm_tools = data.coder_parameter.install_wasm_tools.value == "true"
  web_ide            = true

  template_labels      = {}
  template_annotations = {}
}

resource "coder_app" "code_server" {
  count        = data.coder_workspace.me.start_count
  agent_id     = coder_agent.main.id
  slug         = "code-server"
  display_name = "Open VS Code"
  icon         = "/icon/code.svg"
  url          = "http://localhost:${local.ide_port}/?folder=${urlencode(local.ide_folder)}"
  share        = "owner"
  subdomain    = var.wildcard_apps
  order        = 1

  healthcheck {
    url       = "http://localhost:${local.ide_port}/healthz"
    interval  = 3
    threshold = 20
  }
}

locals {
  # The folder that the start clones the first repository into.
  ide_folder = length(local.repositories) == 0 ? local.home : "${local.home}/${trimsuffix(reverse(split("/", replace(trimsuffix(local.repositories[0], "/"), ":", "/")))[0], ".git")}"
}
