# Who asks for the workspace, and what everything made for it is called.

data "coder_provisioner" "me" {}

data "coder_workspace" "me" {}

data "coder_workspace_owner" "me" {}

locals {
  # Every object's name begins with it. By id, not by name: a workspace can be renamed, its volume cannot.
  object_name = "coder-${data.coder_workspace.me.id}"

  labels = {
    "app.kubernetes.io/name"     = "coder-workspace"
    "app.kubernetes.io/instance" = local.object_name
    "app.kubernetes.io/part-of"  = "coder"
    "com.coder.resource"         = "true"
    "com.coder.workspace.id"     = data.coder_workspace.me.id
    "com.coder.workspace.name"   = data.coder_workspace.me.name
    "com.coder.user.id"          = data.coder_workspace_owner.me.id
    "com.coder.user.username"    = data.coder_workspace_owner.me.name
  }

  # An address is no valid label value.
  annotations = {
    "com.coder.user.email" = data.coder_workspace_owner.me.email
  }

  # Unique for each workspace, so that no Deployment takes another's pod for its own.
  selector_labels = {
    "app.kubernetes.io/name" = "coder-workspace"
    "com.coder.workspace.id" = data.coder_workspace.me.id
  }

  # Where agents reach Coder: by default where users do.
  agent_url = var.agent_url != "" ? var.agent_url : data.coder_workspace.me.access_url

  # The provider says "default" for a user without a full name.
  owner_name = contains(["", "default"], data.coder_workspace_owner.me.full_name) ? data.coder_workspace_owner.me.name : data.coder_workspace_owner.me.full_name

  # What git writes into commits, until the user configures something else in the repository.
  git_identity = {
    GIT_AUTHOR_NAME     = local.owner_name
    GIT_AUTHOR_EMAIL    = data.coder_workspace_owner.me.email
    GIT_COMMITTER_NAME  = local.owner_name
    GIT_COMMITTER_EMAIL = data.coder_workspace_owner.me.email
  }
}
