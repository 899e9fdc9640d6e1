# What the dashboard shows of a running workspace: seven figures, each from a small shell script without dependencies.

locals {
  agent_metadata = [
    {
      key          = "cpu_container"
      display_name = "CPU"
      interval     = 10
    },
    {
      key          = "ram_container"
      display_name = "Memory"
      interval     = 10
    },
    {
      key          = "disk"
      display_name = "Disk"
      interval     = 60
    },
    {
      key          = "cpu_host"
      display_name = "CPU of the node"
      interval     = 15
    },
    {
      key          = "ram_host"
      display_name = "Memory of the node"
      interval     = 15
    },
    {
      key          = "load_host"
      display_name = "Load of the node"
      interval     = 30
    },
    {
      key          = "swap_host"
      display_name = "Swap of the node"
      interval     = 60
    },
  ]
}
