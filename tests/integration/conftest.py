"""What tests of the platform name; its fixture is in tests/support/, for tests/e2e/ too."""

from tests.support.platform import Platform

__all__ = ["Platform"]
