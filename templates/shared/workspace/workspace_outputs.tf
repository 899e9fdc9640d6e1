output "home_manifest" {
  description = "The volume as it was made; later settings do not change it."
  value       = kubectl_manifest.home.yaml_body
  sensitive   = true
}
