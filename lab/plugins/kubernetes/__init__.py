"""The kubernetes edition: Pulumi's kubernetes provider with server-side apply, for where the official one is not."""

from core.lean_httpx import spare_command_line

spare_command_line()  # before any module here imports httpx
