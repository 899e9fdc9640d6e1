terraform {
  required_providers {
    onepassword = {
      source  = "1Password/onepassword"
      version = "~> 2.1"
    }
  }
}

locals {
  secret_env = []
}
