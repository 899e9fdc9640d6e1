data "coder_parameter" "more_repositories" {
  name         = "more_repositories"
  display_name = "More repositories"
  description  = "Addresses of further repositories; each is cloned into a folder of its own beside the first."
  type         = "list(string)"
  default      = jsonencode([])
  icon         = "/icon/git.svg"
  mutable      = true
  order        = 30
}

data "coder_parameter" "dotfiles_url" {
  name         = "dotfiles_url"
  display_name = "Dotfiles"
  description  = "Repository with your shell's settings; cloned to ~/dotfiles, then its install.sh, setup.sh or bootstrap.sh runs."
  type         = "string"
  default      = ""
  icon         = "/icon/dotfiles.svg"
  mutable      = true
  order        = 110

  validation {
    regex = local.repository_pattern
    error = local.repository_hint
  }
}

data "coder_parameter" "install_wasm_tools" {
  name         = "install_wasm_tools"
  display_name = "WebAssembly tools"
  description  = "See to Rust's WebAssembly targets, wasmCloud and Nex at each start."
  type         = "bool"
  default      = true
  icon         = "/icon/rust.svg"
  mutable      = true
  order        = 120
}
