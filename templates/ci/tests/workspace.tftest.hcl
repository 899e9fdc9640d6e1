# What differs from a developer's workspace: a deadline, no editor. Coder's provider is the real one, the cluster is mocked.

mock_provider "kubectl" {}

override_data {
  target = data.coder_workspace.me
  values = {
    id          = "8d6f1f0e-5a52-4b0e-9a53-0d2f3c4b5a69"
    name        = "demo"
    access_url  = "https://coder.example.com"
    start_count = 1
  }
}

override_data {
  target = data.coder_workspace_owner.me
  values = {
    id        = "1f0b7c5e-23a4-4b8b-8f0a-6c1d2e3f4a5b"
    name      = "bot"
    full_name = "CI bot"
    email     = "bot@example.com"
  }
}

run "made" {
  assert {
    condition     = data.coder_parameter.ttl_minutes.value == "30" && data.coder_parameter.ttl_minutes.mutable == false
    error_message = "An environment lives 30 minutes unless it asks for another time, once."
  }
  assert {
    condition     = alltrue([for apps in coder_agent.main.display_apps : !apps.vscode]) && coder_agent.main.env["SPT_FLOW_IDE_PORT"] == ""
    error_message = "A pipeline needs no editor."
  }
  assert {
    condition     = yamldecode(kubectl_manifest.home.yaml_body).metadata.labels["spt-flow.dev/ci"] == "true" && yamldecode(kubectl_manifest.pod[0].yaml_body).metadata.labels["spt-flow.dev/ci"] == "true"
    error_message = "Volume and pod are marked as a pipeline's."
  }
  assert {
    condition     = timecmp(yamldecode(kubectl_manifest.home.yaml_body).metadata.annotations["spt-flow.dev/deadline"], timeadd(plantimestamp(), "29m")) > 0
    error_message = "The deadline is 30 minutes after the creation."
  }
}

run "started_again" {
  override_data {
    target = data.coder_parameter.ttl_minutes
    values = { value = "240" }
  }
  assert {
    condition     = terraform_data.deadline.output == run.made.deadline
    error_message = "Nothing moves the deadline once it is set."
  }
}
