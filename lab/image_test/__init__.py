"""`make image-test`: the workspace image in the running lab, in pods and as a workspace, checked tool by tool."""

from lab.image_test.result import ImageTestResult, StageResult
from lab.image_test.run import ImageTestOptions, ImageTestStoppedError, run_image_test

__all__ = ["ImageTestOptions", "ImageTestResult", "ImageTestStoppedError", "StageResult", "run_image_test"]
