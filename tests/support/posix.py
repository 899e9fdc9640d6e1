"""Tests that start programs as Linux and macOS have them."""

import os

import pytest

posix_only = pytest.mark.skipif(os.name == "nt", reason="needs programs or files as Linux and macOS have them")
