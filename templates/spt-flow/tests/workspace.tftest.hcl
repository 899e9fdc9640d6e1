# What the template decides from its variables and from what users chose. Coder's provider is the real one: it needs no
# server, and it judges parameters. The cluster is mocked.

mock_provider "kubectl" {}

override_data {
  target = data.coder_workspace.me
  values = {
    id          = "8d6f1f0e-5a52-4b0e-9a53-0d2f3c4b5a69"
    name        = "Demo"
    access_url  = "https://coder.example.com"
    start_count = 1
  }
}

override_data {
  target = data.coder_workspace_owner.me
  values = {
    id        = "1f0b7c5e-23a4-4b8b-8f0a-6c1d2e3f4a5b"
    name      = "alice"
    full_name = ""
    email     = "alice@example.com"
  }
}

run "defaults" {
  assert {
    condition     = data.coder_parameter.cpu.value == "4" && data.coder_parameter.memory.value == "8" && data.coder_parameter.disk.value == "20"
    error_message = "A workspace has 4 cores, 8 GiB and a home of 20 GiB unless its user says otherwise."
  }
  assert {
    condition     = data.coder_parameter.enable_nested_virt.value == "true" && data.coder_parameter.install_wasm_tools.value == "true"
    error_message = "Nested virtualization and WebAssembly tools are on by default."
  }
  assert {
    condition     = data.coder_parameter.setup_script.value == "devpods/setup.sh" && data.coder_parameter.workspace_image.value == var.workspace_image
    error_message = "The setup script is devpods/setup.sh, the image that of the platform."
  }
  assert {
    condition     = data.coder_parameter.disk.mutable == false
    error_message = "A volume that exists cannot have another size."
  }
  assert {
    condition     = coder_app.code_server[0].display_name == "Open VS Code" && coder_app.code_server[0].share == "owner"
    error_message = "The editor's button is called Open VS Code, and is its owner's alone."
  }
  assert {
    condition     = length(coder_agent.main.metadata) == 7 && alltrue([for item in coder_agent.main.metadata : item.interval >= 10 && item.interval <= 60])
    error_message = "There are seven figures, each every 10 to 60 seconds."
  }
  assert {
    condition     = coder_agent.main.env["GIT_AUTHOR_NAME"] == "alice" && coder_agent.main.env["GIT_COMMITTER_EMAIL"] == "alice@example.com"
    error_message = "Commits carry the owner's name and address."
  }
  assert {
    condition     = coder_agent.main.env["GIT_CONFIG_VALUE_0"] == "cache --socket ${coder_agent.main.env["SPT_FLOW_GIT_SOCKET"]}" && startswith(coder_agent.main.env["SPT_FLOW_GIT_SOCKET"], "/run/spt-flow/")
    error_message = "Lent credentials are kept by git's cache, below the folder that is in memory."
  }
  assert {
    condition     = data.coder_external_auth.git[0].id == "primary-github" && data.coder_external_auth.git[0].optional
    error_message = "The login for git is primary-github, and nobody has to have it."
  }
  assert {
    condition     = coder_agent.main.startup_script_behavior == "non-blocking"
    error_message = "Users can log in while the workspace is being set up."
  }
}

run "no_editor_without_workspace" {
  override_data {
    target = data.coder_workspace.me
    values = { id = "8d6f1f0e-5a52-4b0e-9a53-0d2f3c4b5a69", name = "demo", access_url = "https://coder.example.com", start_count = 0 }
  }
  assert {
    condition     = length(kubectl_manifest.pod) == 0 && length(kubectl_manifest.secret) == 0 && length(coder_app.code_server) == 0
    error_message = "A stopped workspace has neither pod nor Secret."
  }
}

run "without_kvm_in_the_cluster" {
  assert {
    condition     = local.class_options[*].value == ["standard"] && local.nested_virt == "absent" && !can(local.limits[var.kvm_resource])
    error_message = "Without a KVM resource nothing asks for one, and the agent says why."
  }
}

run "with_kvm_in_the_cluster" {
  variables {
    kvm_resource         = "devices.spt-flow.dev/kvm"
    docker_runtime_class = "sysbox-runc"
  }
  assert {
    condition     = local.class_options[*].value == ["standard", "kvm", "docker"] && data.coder_parameter.workspace_class.value == "kvm"
    error_message = "What the cluster has is offered, and nested virtualization is on by default."
  }
  assert {
    condition     = local.nested_virt == "given" && local.limits["devices.spt-flow.dev/kvm"] == "1" && local.requests["devices.spt-flow.dev/kvm"] == "1"
    error_message = "The device is asked for, by request and limit."
  }
}

run "the_class_docker" {
  variables {
    docker_runtime_class = "sysbox-runc"
  }
  override_data {
    target = data.coder_parameter.workspace_class
    values = { value = "docker" }
  }
  assert {
    condition     = yamldecode(kubectl_manifest.pod[0].yaml_body).spec.template.spec.runtimeClassName == "sysbox-runc" && coder_agent.main.env["SPT_FLOW_DOCKER"] == "true"
    error_message = "The class docker has the runtime in which a daemon works, and the start brings that up."
  }
}

run "a_class_that_is_not_listed_is_not_offered" {
  variables {
    kvm_resource      = "devices.spt-flow.dev/kvm"
    workspace_classes = ["standard"]
  }
  assert {
    condition     = local.class_options[*].value == ["standard"] && local.nested_virt == "class"
    error_message = "The variable workspace_classes decides what is offered."
  }
}

run "an_edit_leaves_the_home_as_it_is" {
  variables {
    storage_class = "fast"
  }
  override_data {
    target = data.coder_parameter.disk
    values = { value = "99" }
  }
  override_data {
    target = data.coder_workspace.me
    values = { id = "8d6f1f0e-5a52-4b0e-9a53-0d2f3c4b5a69", name = "renamed", access_url = "https://coder.example.com", start_count = 1 }
  }
  assert {
    condition     = kubectl_manifest.home.yaml_body == run.defaults.home_manifest && strcontains(kubectl_manifest.pod[0].yaml_body, "renamed")
    error_message = "Neither another class or size nor a renamed workspace changes the volume that exists."
  }
}

run "presets" {
  assert {
    condition     = data.coder_workspace_preset.standard.default && data.coder_workspace_preset.small.parameters["cpu"] == "2" && data.coder_workspace_preset.large.parameters["memory"] == "16"
    error_message = "Standard is the default; Small and Large are what they say."
  }
}

run "presets_stay_within_small_bounds" {
  variables {
    workspace_cpu_max    = 1
    workspace_memory_max = 2
  }
  assert {
    condition     = data.coder_workspace_preset.standard.parameters["cpu"] == "1" && data.coder_workspace_preset.large.parameters["memory"] == "2" && data.coder_parameter.memory.value == "2"
    error_message = "No default lies above what the platform allows."
  }
}

run "several_repositories" {
  override_data {
    target = data.coder_parameter.repo_url
    values = { value = "git@git.example.com:team/project.git" }
  }
  override_data {
    target = data.coder_parameter.more_repositories
    values = { value = "[\"https://git.example.com/team/other\", \"https://git.example.com/team/third.git\"]" }
  }
  assert {
    condition     = coder_agent.main.env["SPT_FLOW_REPOSITORIES"] == "git@git.example.com:team/project.git https://git.example.com/team/other https://git.example.com/team/third.git"
    error_message = "All repositories reach the start, the main one first."
  }
  assert {
    condition     = endswith(coder_app.code_server[0].url, "?folder=%2Fhome%2Fcoder%2Fproject")
    error_message = "The editor opens the first repository's folder."
  }
}

run "a_repository_that_is_none" {
  command = plan
  override_data {
    target = data.coder_parameter.more_repositories
    values = { value = "[\"--upload-pack=touch /tmp/x\"]" }
  }
  expect_failures = [coder_agent.main]
}

run "a_server_without_external_login" {
  variables {
    external_auth_id = ""
  }
  assert {
    condition     = length(data.coder_external_auth.git) == 0 && coder_agent.main.env["SPT_FLOW_LINK_URL"] == ""
    error_message = "A login that the server does not have must not be named: the push would fail."
  }
}

run "agents_inside_the_cluster" {
  variables {
    agent_url = "http://coder.coder.svc.cluster.local"
  }
  assert {
    condition     = yamldecode(kubectl_manifest.pod[0].yaml_body).spec.template.spec.containers[0].env[1].value == "http://coder.coder.svc.cluster.local"
    error_message = "Agents may reach Coder by another way than users."
  }
}

run "an_agent_url_that_is_none" {
  command = plan
  variables {
    agent_url = "coder.example.com"
  }
  expect_failures = [var.agent_url]
}

run "another_image_is_prepared" {
  override_data {
    target = data.coder_parameter.workspace_image
    values = { value = "ubuntu:22.04" }
  }
  assert {
    condition     = yamldecode(kubectl_manifest.pod[0].yaml_body).spec.template.spec.containers[0].securityContext.runAsUser == 0 && yamldecode(kubectl_manifest.pod[0].yaml_body).spec.template.spec.securityContext.runAsUser == 1000
    error_message = "Only the first program of a foreign image runs as root."
  }
}

run "another_image_where_root_is_not_wanted" {
  variables {
    prepare_other_images = false
  }
  override_data {
    target = data.coder_parameter.workspace_image
    values = { value = "ubuntu:22.04" }
  }
  assert {
    condition     = !can(yamldecode(kubectl_manifest.pod[0].yaml_body).spec.template.spec.containers[0].securityContext.runAsUser)
    error_message = "The platform can forbid root even for the preparation."
  }
}
