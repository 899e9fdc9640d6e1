# Credentials that a cluster administrator, or the 1Password operator, has put into Secrets of the workspaces' namespace.
# They go from the Secret into the pod and never pass through Terraform, so no state holds them.

locals {
  secret_sources = {
    CLAUDE_CODE_OAUTH_TOKEN = var.claude_secret
    PERPLEXITY_API_KEY      = var.perplexity_secret
    HA_TOKEN                = var.home_assistant_secret
  }
  secret_env = [
    for name, source in local.secret_sources : {
      name     = name
      secret   = split("/", source)[0]
      key      = split("/", source)[1]
      optional = var.secrets_optional
    } if source != ""
  ]
}
