# Workspaces on Kubernetes whose image is built from a repository's devcontainer by Envbuilder.
# README.md explains use, AGENTS.md the parts. layers.json names the shared folders this one is laid over when it is pushed
# (data sources, labels, metadata scripts, the platform's variables); variants/ holds files the push may add.

terraform {
  required_version = ">= 1.9"

  required_providers {
    coder = {
      source  = "coder/coder"
      version = "~> 2.19"
    }
    kubectl = {
      source  = "gavinbunney/kubectl"
      version = "~> 1.19"
    }
  }
}

data "coder_external_auth" "github" {
  count    = var.external_auth_id == "" ? 0 : 1
  id       = var.external_auth_id
  optional = true
}

locals {
  volume_name  = "${local.object_name}-workspaces"
  secret_name  = "${local.object_name}-environment"
  runtime_path = "/opt/spt-flow"
  github_token = try(data.coder_external_auth.github[0].access_token, "")
}
