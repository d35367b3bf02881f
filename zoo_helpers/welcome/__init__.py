"""The welcome: the map of the series, and a check of the learner's machine."""

from zoo_helpers.welcome.checks import check_environment
from zoo_helpers.welcome.series import LESSONS, find_ready

__all__ = ["LESSONS", "check_environment", "find_ready"]
