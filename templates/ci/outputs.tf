output "deadline" {
  description = "When the environment is deleted, whoever still uses it."
  value       = terraform_data.deadline.output
}
