provider "coder" {}

# Inside the cluster the service account of Coder's pod is used. A kubeconfig is for a Coder that runs elsewhere.
provider "kubectl" {
  load_config_file = var.use_kubeconfig
  config_path      = var.use_kubeconfig ? var.kubeconfig_path : null
  config_context   = var.use_kubeconfig && var.kubeconfig_context != "" ? var.kubeconfig_context : null
}
