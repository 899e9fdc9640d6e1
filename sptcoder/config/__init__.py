"""The one thing this program keeps: the servers its user is signed in to."""

from sptcoder.config.address import check_address, name_of
from sptcoder.config.contexts import ENVIRONMENT, TOKEN_VARIABLE, URL_VARIABLE, NoContextError, active_context
from sptcoder.config.document import Context, Document, UnknownContextError
from sptcoder.config.file import BadConfigError, edit_document, read_document
from sptcoder.config.token_form import checked_token
from sptcoder.places import cache_folder, config_path, legacy_path

__all__ = [
    "ENVIRONMENT",
    "TOKEN_VARIABLE",
    "URL_VARIABLE",
    "BadConfigError",
    "Context",
    "Document",
    "NoContextError",
    "UnknownContextError",
    "active_context",
    "cache_folder",
    "check_address",
    "checked_token",
    "config_path",
    "edit_document",
    "legacy_path",
    "name_of",
    "read_document",
]
