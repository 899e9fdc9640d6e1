# Three roles for the AI agent of a workspace. Each sets the system prompt; the user may still edit it.

data "coder_workspace_preset" "coder" {
  name        = "Coder"
  description = "Write, test and review code in the repository."
  icon        = "/icon/code.svg"
  default     = true
  parameters = {
    (data.coder_parameter.system_prompt.name) = trimspace(file("${path.module}/prompts/coder.md"))
  }
}

data "coder_workspace_preset" "operator" {
  name        = "Operator"
  description = "Look after running systems: incidents, changes, runbooks."
  icon        = "/icon/terminal.svg"
  parameters = {
    (data.coder_parameter.system_prompt.name) = trimspace(file("${path.module}/prompts/operator.md"))
  }
}

data "coder_workspace_preset" "researcher" {
  name        = "Researcher"
  description = "Answer questions from sources, and say how sure the answer is."
  icon        = "/icon/documentation.svg"
  parameters = {
    (data.coder_parameter.system_prompt.name) = trimspace(file("${path.module}/prompts/researcher.md"))
  }
}
