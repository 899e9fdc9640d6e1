# Credentials by 1Password's Terraform provider instead of Secrets, for servers with OP_CONNECT_HOST and OP_CONNECT_TOKEN.
# Weigh it: every template author can then read what that token opens, and the values stand in each workspace's state.

provider "onepassword" {}

variable "onepassword_vault" {
  description = "Vault with the items claude-code, perplexity and haos-api."
  type        = string
  default     = "setup-devenv"
}

data "onepassword_vault" "credentials" {
  name = var.onepassword_vault

  lifecycle {
    postcondition {
      condition     = can(self.uuid)
      error_message = "1Password has no vault of the name in onepassword_vault, or the Connect token does not open it."
    }
  }
}

data "onepassword_item" "credential" {
  for_each = {
    CLAUDE_CODE_OAUTH_TOKEN = "claude-code"
    PERPLEXITY_API_KEY      = "perplexity"
    HA_TOKEN                = "haos-api"
  }
  vault = data.onepassword_vault.credentials.uuid
  title = each.value

  lifecycle {
    postcondition {
      condition     = try(self.credential, "") != "" || try(self.password, "") != ""
      error_message = "The 1Password item of this variable has neither a credential nor a password."
    }
  }
}

resource "coder_env" "credential" {
  for_each = nonsensitive(toset(keys(data.onepassword_item.credential)))
  agent_id = coder_agent.main.id
  name     = each.key
  value = coalesce(
    try(data.onepassword_item.credential[each.key].credential, ""),
    try(data.onepassword_item.credential[each.key].password, ""),
  )
}
