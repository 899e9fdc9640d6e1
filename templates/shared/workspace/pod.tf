# What is made in the cluster: the volume as long as the workspace exists, Secret and pod while it runs.

locals {
  # Made for workspaces: uid 1000, git, an editor. Any other image is prepared by root before the agent starts.
  is_own_image = data.coder_parameter.workspace_image.value == var.workspace_image
  is_prepared  = !local.is_own_image && var.prepare_other_images

  class_labels = {
    "spt-flow.dev/class" = data.coder_parameter.workspace_class.value
    "spt-flow.dev/kvm"   = local.nested_virt == "given" ? "true" : "false"
  }

  workspace_labels = merge(local.labels, local.template_labels)

  limits = merge(
    {
      cpu                 = data.coder_parameter.cpu.value
      memory              = "${data.coder_parameter.memory.value}Gi"
      "ephemeral-storage" = "${var.workspace_ephemeral_max}Gi"
    },
    local.nested_virt == "given" ? { (var.kvm_resource) = "1" } : {},
  )

  requests = merge(
    {
      cpu                 = var.workspace_cpu_request
      memory              = var.workspace_memory_request
      "ephemeral-storage" = "256Mi"
    },
    local.nested_virt == "given" ? { (var.kvm_resource) = "1" } : {},
  )
}

resource "kubectl_manifest" "home" {
  yaml_body = templatefile("${path.module}/volume.yaml.tftpl", {
    name          = "${local.object_name}-home"
    namespace     = var.namespace
    labels        = local.workspace_labels
    annotations   = merge(local.annotations, local.template_annotations)
    storage_class = var.storage_class
    size          = data.coder_parameter.disk.value
  })

  # Nothing about a template or its settings may ever cost a user the home.
  lifecycle {
    ignore_changes = all
  }
}

resource "kubectl_manifest" "secret" {
  count = data.coder_workspace.me.start_count

  yaml_body = templatefile("${path.module}/secret.yaml.tftpl", {
    name        = "${local.object_name}-agent"
    namespace   = var.namespace
    labels      = local.workspace_labels
    annotations = merge(local.annotations, local.template_annotations)
    token       = coder_agent.main.token
  })
}

# Depends on the agent itself, not on the Secret: Coder shows the agent at the resource that is nearest to it.
resource "kubectl_manifest" "pod" {
  count = data.coder_workspace.me.start_count

  # The agent's progress is what users watch, and it only shows once the build is over.
  wait_for_rollout = false
  # A stop ends when the pod is gone: two pods must never write to one home.
  wait = true

  yaml_body = templatefile("${path.module}/pod.yaml.tftpl", {
    name               = local.object_name
    namespace          = var.namespace
    labels             = merge(local.workspace_labels, local.class_labels)
    selector_labels    = local.selector_labels
    annotations        = merge(local.annotations, local.template_annotations)
    agent_hash         = sha256(coder_agent.main.token)
    secret_name        = "${local.object_name}-agent"
    volume_name        = "${local.object_name}-home"
    hostname           = lower(data.coder_workspace.me.name)
    home               = local.home
    image              = data.coder_parameter.workspace_image.value
    prepare_script     = local.is_prepared ? local.prepare_script : ""
    agent_url          = local.agent_url
    environment        = var.workspace_environment
    coder_image        = var.coder_image
    image_pull_policy  = var.image_pull_policy
    image_pull_secret  = var.image_pull_secret
    runtime_class      = data.coder_parameter.workspace_class.value == "docker" ? var.docker_runtime_class : ""
    supplemental_group = local.nested_virt == "given" ? var.kvm_group : 0
    node_selector      = var.node_selector
    requests           = local.requests
    limits             = local.limits
  })

  depends_on = [kubectl_manifest.home]
}

resource "coder_metadata" "pod" {
  count       = data.coder_workspace.me.start_count
  resource_id = kubectl_manifest.pod[0].id
  icon        = "/icon/k8s.svg"

  item {
    key   = "image"
    value = data.coder_parameter.workspace_image.value
  }
  item {
    key   = "class"
    value = data.coder_parameter.workspace_class.value
  }
  item {
    key   = "pod"
    value = "${var.namespace}/${local.object_name}"
  }
}

resource "coder_metadata" "home" {
  resource_id = kubectl_manifest.home.id
  icon        = "/icon/folder.svg"

  item {
    key   = "size"
    value = "${data.coder_parameter.disk.value} GiB"
  }
  item {
    key   = "volume"
    value = "${var.namespace}/${local.object_name}-home"
  }
}
