# The three objects of a workspace. The volume lives as long as the workspace, the others as long as it runs.

locals {
  pod_annotations = {
    # The pod reads its environment once: a changed Secret has to start another.
    "spt-flow/environment-checksum" = nonsensitive(sha256(jsonencode(local.container_env)))
    "com.coder.agent.id"            = coder_agent.main.id
  }
  requests = {
    cpu                 = var.workspace_cpu_request
    memory              = var.workspace_memory_request
    "ephemeral-storage" = "1Gi"
  }
  limits = {
    cpu                 = tostring(data.coder_parameter.cpu.value)
    memory              = "${data.coder_parameter.memory.value}Gi"
    "ephemeral-storage" = "${var.workspace_ephemeral_max}Gi"
  }
}

resource "kubectl_manifest" "volume" {
  yaml_body = templatefile("${path.module}/volume.yaml.tftpl", {
    name          = local.volume_name
    namespace     = var.namespace
    labels        = local.labels
    annotations   = local.annotations
    storage_class = var.storage_class
    size          = data.coder_parameter.workspaces_volume_size.value
  })
  # A class may bind when the first pod arrives: waiting here would wait for ever.
  wait_for_rollout = false

  lifecycle {
    # No edit of the template may replace a volume. A wrong word in here would cost someone's work.
    ignore_changes = all
  }
}

resource "kubectl_manifest" "deployment" {
  count = data.coder_workspace.me.start_count
  yaml_body = templatefile("${path.module}/deployment.yaml.tftpl", {
    name              = local.object_name
    namespace         = var.namespace
    selector_labels   = local.selector_labels
    pull_secret       = var.image_pull_secret
    node_selector     = var.node_selector
    labels            = local.labels
    annotations       = local.annotations
    pod_annotations   = local.pod_annotations
    image             = local.workspace_image
    coder_image       = var.coder_image
    image_pull_policy = var.image_pull_policy
    runtime_path      = local.runtime_path
    secret_name       = local.secret_name
    secret_env        = local.secret_env
    volume_name       = local.volume_name
    progress_deadline = var.build_timeout_seconds
    requests          = local.requests
    limits            = local.limits
  })
  # The dashboard follows the agent; a build that takes minutes must not hold the provisioner.
  wait_for_rollout = false
  # A stop ends when the pod is gone: two must never write to one volume.
  wait       = true
  depends_on = [kubectl_manifest.volume]
}

resource "kubectl_manifest" "environment" {
  count = data.coder_workspace.me.start_count
  yaml_body = templatefile("${path.module}/environment.yaml.tftpl", {
    name        = local.secret_name
    namespace   = var.namespace
    labels      = local.labels
    annotations = local.annotations
    environment = local.container_env
  })
  sensitive_fields = ["data"]

  # Coder shows an agent at the resource that is nearest to it in Terraform's graph. That is to be the Deployment; its pod
  # needs this Secret only after its init container.
  depends_on = [kubectl_manifest.deployment]
}

resource "coder_metadata" "container_info" {
  count       = data.coder_workspace.me.start_count
  resource_id = kubectl_manifest.deployment[0].id
  icon        = "/icon/k8s.png"

  item {
    key   = "workspace image"
    value = local.workspace_image
  }
  item {
    key   = "git url"
    value = local.git_ref
  }
  item {
    key   = "cache repo"
    value = local.cache_repo == "" ? "not enabled" : local.cache_repo
  }
}

resource "coder_metadata" "volume_info" {
  resource_id = kubectl_manifest.volume.id
  icon        = "/icon/folder.svg"

  item {
    key   = "mounted at"
    value = "/workspaces"
  }
  item {
    key   = "size"
    value = "${data.coder_parameter.workspaces_volume_size.value} GiB"
  }
}

resource "coder_metadata" "environment_info" {
  count       = data.coder_workspace.me.start_count
  resource_id = kubectl_manifest.environment[0].id
  hide        = true
}
