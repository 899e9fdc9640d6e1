variable "wildcard_apps" {
  description = "Coder has a wildcard address, so that apps get a host name of their own; else they are paths of Coder's."
  type        = bool
  default     = false
}
