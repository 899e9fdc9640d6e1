# What Envbuilder is told. It clones the repository, builds its devcontainer, becomes that image and starts the agent.

locals {
  builder_image = data.coder_parameter.devcontainer_builder.value
  git_ref       = "${data.coder_parameter.repo_url.value}#refs/heads/${data.coder_parameter.git_branch.value}"
  cache_repo    = var.registry_url == "" || var.cache_repo_name == "" ? "" : "${var.registry_url}/${var.cache_repo_name}"

  # An unset variable keeps Envbuilder's own default; an empty one would not for all of them.
  envbuilder_settings = {
    ENVBUILDER_GIT_URL                 = local.git_ref
    ENVBUILDER_GIT_USERNAME            = local.github_token == "" ? "" : "oauth2"
    ENVBUILDER_GIT_PASSWORD            = local.github_token
    ENVBUILDER_GIT_CLONE_SINGLE_BRANCH = tostring(var.git_clone_single_branch)
    ENVBUILDER_GIT_CLONE_DEPTH         = var.git_clone_depth == 0 ? "" : tostring(var.git_clone_depth)
    ENVBUILDER_GIT_HTTP_PROXY_URL      = var.git_http_proxy_url
    ENVBUILDER_WORKSPACE_FOLDER        = var.workspace_folder
    ENVBUILDER_DEVCONTAINER_DIR        = var.devcontainer_dir
    ENVBUILDER_CACHE_REPO              = local.cache_repo
    ENVBUILDER_CACHE_TTL_DAYS          = tostring(var.cache_ttl_days)
    ENVBUILDER_PUSH_IMAGE              = local.cache_repo != "" && var.push_image ? "true" : ""
    ENVBUILDER_EXIT_ON_PUSH_FAILURE    = tostring(var.exit_on_push_failure)
    ENVBUILDER_EXIT_ON_BUILD_FAILURE   = tostring(var.exit_on_build_failure)
    ENVBUILDER_FALLBACK_IMAGE          = var.fallback_image
    ENVBUILDER_REMOTE_REPO_BUILD_MODE  = tostring(var.remote_repo_build_mode)
    ENVBUILDER_INSECURE                = tostring(var.registry_insecure)
    ENVBUILDER_SSL_CERT_BASE64         = var.ssl_cert_base64
    ENVBUILDER_DOCKER_CONFIG_BASE64    = var.docker_config_base64
    ENVBUILDER_IGNORE_PATHS            = join(",", compact(concat(split(",", var.ignore_paths), [local.runtime_path])))
    ENVBUILDER_SKIP_REBUILD            = tostring(var.skip_rebuild)
    ENVBUILDER_VERBOSE                 = tostring(var.verbose)
    ENVBUILDER_INIT_SCRIPT             = templatefile("${path.module}/scripts/init.sh.tftpl", { runtime_path = local.runtime_path })
    CODER_AGENT_TOKEN                  = coder_agent.main.token
    CODER_AGENT_URL                    = local.agent_url
    # The agent would look for a Docker daemon, and complain.
    CODER_AGENT_DEVCONTAINERS_ENABLE = "false"
  }
  # The platform's environment, such as a proxy's address, serves the build as well as the workspace.
  envbuilder_env = merge(
    var.workspace_environment,
    { for name, value in local.envbuilder_settings : name => value if value != "" },
  )

  # Layer-cache mode: always Envbuilder's image, whose build takes unchanged layers from the cache. The variant
  # `cached-image` overrides these two.
  workspace_image = local.builder_image
  container_env   = local.envbuilder_env
}
