"""The welcome: a first filter, the map of the series, what you have done, and a check of the machine."""

from zoo_helpers.welcome.checks import check_environment
from zoo_helpers.welcome.series import LESSONS, tell_minutes, tell_progress

__all__ = ["LESSONS", "check_environment", "tell_minutes", "tell_progress"]
