# Run in the assembled template (see layers.json): `terraform test`. The coder provider is real, the cluster is not.

mock_provider "kubectl" {}

variables {
  external_auth_id = ""
}

run "a_workspace_has_a_volume_a_secret_and_a_deployment" {
  assert {
    condition     = yamldecode(kubectl_manifest.volume.yaml_body).metadata.name == "coder-${data.coder_workspace.me.id}-workspaces"
    error_message = "The volume is named by the workspace's id."
  }
  assert {
    condition     = yamldecode(kubectl_manifest.volume.yaml_body).spec.resources.requests.storage == "10Gi"
    error_message = "The volume has 10 GiB unless asked otherwise."
  }
  assert {
    condition     = yamldecode(kubectl_manifest.deployment[0].yaml_body).spec.strategy.type == "Recreate"
    error_message = "The volume is mounted once: no rolling update."
  }
  assert {
    condition = alltrue([
      for document in [kubectl_manifest.volume.yaml_body, nonsensitive(kubectl_manifest.environment[0].yaml_body), kubectl_manifest.deployment[0].yaml_body] :
      yamldecode(document).metadata.labels == {
        "app.kubernetes.io/name"     = "coder-workspace"
        "app.kubernetes.io/instance" = "coder-${data.coder_workspace.me.id}"
        "app.kubernetes.io/part-of"  = "coder"
        "com.coder.resource"         = "true"
        "com.coder.workspace.id"     = data.coder_workspace.me.id
        "com.coder.workspace.name"   = data.coder_workspace.me.name
        "com.coder.user.id"          = data.coder_workspace_owner.me.id
        "com.coder.user.username"    = data.coder_workspace_owner.me.name
      } && yamldecode(document).metadata.annotations["com.coder.user.email"] == data.coder_workspace_owner.me.email
    ])
    error_message = "Every object carries the eight labels and the annotation."
  }
}

run "the_pod_spreads_and_is_bounded" {
  assert {
    condition = yamldecode(kubectl_manifest.deployment[0].yaml_body).spec.template.spec.containers[0].resources == {
      requests = { cpu = "250m", memory = "512Mi", "ephemeral-storage" = "1Gi" }
      limits   = { cpu = "2", memory = "4Gi", "ephemeral-storage" = "16Gi" }
    }
    error_message = "250m and 512Mi are reserved, 2 cores and 4 GiB are the limit by default."
  }
  assert {
    condition     = yamldecode(kubectl_manifest.deployment[0].yaml_body).spec.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight == 1
    error_message = "Spreading over nodes is preferred, with weight 1."
  }
  assert {
    condition     = yamldecode(kubectl_manifest.deployment[0].yaml_body).spec.selector.matchLabels["com.coder.workspace.id"] == data.coder_workspace.me.id
    error_message = "The selector is this workspace's alone."
  }
  assert {
    condition     = !strcontains(kubectl_manifest.deployment[0].yaml_body, coder_agent.main.token)
    error_message = "The agent's token is in the Secret, not in the Deployment."
  }
}

run "envbuilder_is_told_everything" {
  variables {
    registry_url = "registry.coder.svc.cluster.local:5000"
  }
  assert {
    condition = alltrue([
      for name, value in {
        ENVBUILDER_GIT_URL          = "https://git.example.com/setup.git#refs/heads/main"
        ENVBUILDER_WORKSPACE_FOLDER = "/workspaces/setup"
        ENVBUILDER_DEVCONTAINER_DIR = ".devcontainer/beta"
        ENVBUILDER_CACHE_REPO       = "registry.coder.svc.cluster.local:5000/coder-cache"
        ENVBUILDER_PUSH_IMAGE       = "true"
        ENVBUILDER_INSECURE         = "true"
        ENVBUILDER_VERBOSE          = "false"
        ENVBUILDER_IGNORE_PATHS     = "/var/run,/product_uuid,/product_name,/opt/spt-flow"
      } : base64decode(yamldecode(nonsensitive(kubectl_manifest.environment[0].yaml_body)).data[name]) == value
    ])
    error_message = "Envbuilder's settings have the documented defaults."
  }
  assert {
    condition     = base64decode(yamldecode(nonsensitive(kubectl_manifest.environment[0].yaml_body)).data.CODER_AGENT_TOKEN) == coder_agent.main.token
    error_message = "The agent signs in with its own token."
  }
}

run "without_a_registry_nothing_is_cached_or_pushed" {
  variables {
    registry_url = ""
  }
  assert {
    condition     = length(setintersection(keys(yamldecode(nonsensitive(kubectl_manifest.environment[0].yaml_body)).data), ["ENVBUILDER_CACHE_REPO", "ENVBUILDER_PUSH_IMAGE"])) == 0
    error_message = "Without registry_url there is no cache, and Envbuilder refuses to push without one."
  }
}

run "credentials_come_from_named_secrets" {
  variables {
    claude_secret         = "claude-code/credential"
    home_assistant_secret = "haos-api/password"
    ha_url                = "https://home.example.com"
  }
  assert {
    condition = yamldecode(kubectl_manifest.deployment[0].yaml_body).spec.template.spec.containers[0].env == [
      { name = "CLAUDE_CODE_OAUTH_TOKEN", valueFrom = { secretKeyRef = { name = "claude-code", key = "credential", optional = false } } },
      { name = "HA_TOKEN", valueFrom = { secretKeyRef = { name = "haos-api", key = "password", optional = false } } },
    ]
    error_message = "Each configured credential is read by the pod itself."
  }
  assert {
    condition     = coder_agent.main.env["HA_URL"] == "https://home.example.com"
    error_message = "Home Assistant's address is handed over."
  }
}

run "fleet_has_a_token_of_its_own_and_a_health_check" {
  assert {
    condition     = length(coder_env.fleet["FLEET_MCP_AUTH_TOKEN"].value) == 64 && !strcontains(coder_env.fleet["FLEET_MCP_AUTH_TOKEN"].value, coder_agent.main.token)
    error_message = "The bearer token has 256 bits and does not show the agent's."
  }
  assert {
    condition     = coder_app.fleet_mcp[0].url == "http://127.0.0.1:8000" && one(coder_app.fleet_mcp[0].healthcheck).url == "http://127.0.0.1:8000/health" && coder_app.fleet_mcp[0].share == "owner"
    error_message = "The app is for its owner and is checked at /health."
  }
}

run "fleet_can_be_left_out" {
  variables {
    fleet_command = ""
  }
  assert {
    condition     = length(coder_app.fleet_mcp) == 0 && length(coder_env.fleet) == 0 && !strcontains(coder_agent.main.startup_script, "FLEET_")
    error_message = "Without a command there is no app, no token, no start."
  }
}

run "presets_are_three_and_coder_is_the_default" {
  assert {
    condition     = [for preset in [data.coder_workspace_preset.coder, data.coder_workspace_preset.operator, data.coder_workspace_preset.researcher] : preset.name] == ["Coder", "Operator", "Researcher"] && data.coder_workspace_preset.coder.default
    error_message = "Coder (default), Operator, Researcher."
  }
  assert {
    condition     = length(distinct([for preset in [data.coder_workspace_preset.coder, data.coder_workspace_preset.operator, data.coder_workspace_preset.researcher] : preset.parameters["system_prompt"]])) == 3
    error_message = "Each preset has a system prompt of its own."
  }
}

run "a_workspace_folder_outside_the_volume_is_refused" {
  command = plan
  variables {
    workspace_folder = "/home/coder/setup"
  }
  expect_failures = [var.workspace_folder]
}

run "a_secret_without_a_key_is_refused" {
  command = plan
  variables {
    claude_secret = "claude-code"
  }
  expect_failures = [var.claude_secret]
}
