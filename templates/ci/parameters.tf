data "coder_parameter" "ttl_minutes" {
  name         = "ttl_minutes"
  display_name = "Time to live"
  description  = "Minutes from creation after which the environment is deleted with its volume, even in use."
  type         = "number"
  default      = min(var.ttl_minutes_default, var.ttl_minutes_max)
  icon         = "/emojis/23f0.png"
  mutable      = false
  order        = 5

  validation {
    min   = 1
    max   = var.ttl_minutes_max
    error = "It must be from {min} to {max} minutes; {value} was given."
  }
}
