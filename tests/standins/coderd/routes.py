"""Which requests the stand-in knows."""

__all__ = ["ROUTES"]

_ID = "([0-9a-f-]+)"
ROUTES = (
    ("GET /healthz", "healthz", True),
    ("GET /api/v2/buildinfo", "buildinfo", True),
    ("GET /api/v2/entitlements", "entitlements", False),
    ("GET /api/v2/users/me", "me", False),
    ("GET /api/v2/users/me/keys/([^/]+)", "key", False),
    ("GET /api/v2/external-auth", "external_auth", False),
    ("POST /api/v2/files", "upload", False),
    ("POST /api/v2/organizations/([^/]+)/templateversions", "create_version", False),
    (f"GET /api/v2/templateversions/{_ID}", "version", False),
    (f"PATCH /api/v2/templateversions/{_ID}", "patch_version", False),
    (f"GET /api/v2/templateversions/{_ID}/rich-parameters", "rich_parameters", False),
    (f"GET /api/v2/templateversions/{_ID}/(presets|variables|external-auth)", "version_details", False),
    (f"GET /api/v2/templateversions/{_ID}/logs", "version_logs", False),
    (f"POST /api/v2/templateversions/{_ID}/(archive|unarchive)", "archive", False),
    ("GET /api/v2/external-auth/([^/]+)", "is_linked", False),
    ("GET /api/v2/templates", "templates", False),
    ("GET /api/v2/organizations/([^/]+)/templates/([^/]+)", "find_template", False),
    ("POST /api/v2/organizations/([^/]+)/templates", "create_template", False),
    (f"GET /api/v2/templates/{_ID}", "template", False),
    (f"PATCH /api/v2/templates/{_ID}", "patch_template", False),
    (f"DELETE /api/v2/templates/{_ID}", "delete_template", False),
    (f"GET /api/v2/templates/{_ID}/versions", "versions_of", False),
    (f"PATCH /api/v2/templates/{_ID}/versions", "activate", False),
    (f"GET /api/v2/templates/{_ID}/versions/([^/]+)", "version_named", False),
    ("POST /api/v2/users/([^/]+)/workspaces", "create_workspace", False),
    ("GET /api/v2/workspaces", "workspaces", False),
    ("GET /api/v2/users/([^/]+)/workspace/([^/]+)", "find_workspace", False),
    (f"GET /api/v2/workspaces/{_ID}", "workspace", False),
    (f"POST /api/v2/workspaces/{_ID}/builds", "build_workspace", False),
    (f"PUT /api/v2/workspaces/{_ID}/extend", "extend", False),
    (f"GET /api/v2/workspacebuilds/{_ID}", "get_build", False),
    (f"GET /api/v2/workspacebuilds/{_ID}/parameters", "build_parameters", False),
    (f"GET /api/v2/workspacebuilds/{_ID}/logs", "build_logs", False),
    (f"PATCH /api/v2/workspacebuilds/{_ID}/cancel", "cancel_build", False),
    ("GET /api/v2/workspaceagents/([^/]+)", "agent", False),
    ("GET /api/v2/workspaceagents/([^/]+)/logs", "agent_logs", False),
)
"""Method and path, the handler's name, and whether it needs no token."""
