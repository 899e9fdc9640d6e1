"""Pulumi's protobuf modules without the rest of the SDK.

`import pulumi.runtime.proto...` first runs `pulumi/__init__.py`, which loads the whole SDK and costs more than half
of a plugin's start-up time. The generated modules only import each other relatively, so they load just as well from a
package of another name whose path is the same folder. Message classes come from protobuf's process-wide descriptor
pool and are therefore the same objects, even when the real package is imported as well (before or after).
"""

__all__ = [
    "empty_pb2",
    "engine_pb2",
    "engine_pb2_grpc",
    "plugin_pb2",
    "provider_pb2",
    "provider_pb2_grpc",
    "status_pb2",
]

from typing import TYPE_CHECKING

from google.protobuf import empty_pb2

if TYPE_CHECKING:
    from pulumi.runtime.proto import (
        engine_pb2,
        engine_pb2_grpc,
        plugin_pb2,
        provider_pb2,
        provider_pb2_grpc,
        status_pb2,
    )
else:
    import importlib
    import importlib.util
    import sys
    import types
    from pathlib import Path

    _REAL = "pulumi.runtime.proto"
    _ALIAS = "_spt_flow_pulumi_proto"

    def _package() -> str:
        """Return the name of a package to import the generated modules from, made if need be."""
        if _REAL in sys.modules:
            return _REAL
        if _ALIAS not in sys.modules:
            spec = importlib.util.find_spec("pulumi")  # finds the folder, runs nothing
            if spec is None or not spec.submodule_search_locations:
                raise ImportError("the package 'pulumi' is not installed", name="pulumi")
            package = types.ModuleType(_ALIAS)
            package.__path__ = [str(Path(spec.submodule_search_locations[0]) / "runtime" / "proto")]
            sys.modules[_ALIAS] = package
        return _ALIAS

    engine_pb2 = importlib.import_module(f"{_package()}.engine_pb2")
    engine_pb2_grpc = importlib.import_module(f"{_package()}.engine_pb2_grpc")
    plugin_pb2 = importlib.import_module(f"{_package()}.plugin_pb2")
    provider_pb2 = importlib.import_module(f"{_package()}.provider_pb2")
    provider_pb2_grpc = importlib.import_module(f"{_package()}.provider_pb2_grpc")
    status_pb2 = importlib.import_module(f"{_package()}.status_pb2")
