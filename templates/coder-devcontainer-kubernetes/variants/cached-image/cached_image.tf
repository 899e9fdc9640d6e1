# Cached-image mode: before a start, Coder's own pod looks up the image this commit was built to. When it is in the cache,
# the workspace starts from it and nothing is built. The registry's name has to work from Coder's pod, from workspaces and
# from the nodes, which pull the image.

provider "envbuilder" {}

resource "envbuilder_cached_image" "devcontainer" {
  count            = data.coder_workspace.me.start_count
  builder_image    = local.builder_image
  git_url          = local.git_ref
  cache_repo       = local.cache_repo
  cache_ttl_days   = var.cache_ttl_days
  extra_env        = local.envbuilder_env
  git_username     = local.github_token == "" ? "" : "oauth2"
  git_password     = local.github_token
  insecure         = var.registry_insecure
  ssl_cert_base64  = var.ssl_cert_base64
  workspace_folder = var.workspace_folder
  devcontainer_dir = var.devcontainer_dir
  fallback_image   = var.fallback_image
  verbose          = var.verbose

  lifecycle {
    precondition {
      condition     = local.cache_repo != ""
      error_message = "The variant cached-image needs a cache: set registry_url and cache_repo_name, or leave the variant out."
    }
  }
}
