variable "ttl_minutes_default" {
  description = "Minutes an environment lives that names no other time."
  type        = number
  default     = 30

  validation {
    condition     = var.ttl_minutes_default >= 1
    error_message = "The ttl_minutes_default must be at least 1."
  }
}

variable "ttl_minutes_max" {
  description = "Longest time an environment may ask for, in minutes."
  type        = number
  default     = 240

  validation {
    condition     = var.ttl_minutes_max >= 1
    error_message = "The ttl_minutes_max must be at least 1."
  }
}
