terraform {
  required_providers {
    envbuilder = {
      source  = "coder/envbuilder"
      version = "1.0.0"
    }
  }
}

locals {
  workspace_image = try(envbuilder_cached_image.devcontainer[0].image, local.builder_image)
  container_env   = try(envbuilder_cached_image.devcontainer[0].env_map, {})
}
