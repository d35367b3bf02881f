"""The code behind a walk through the CNN zoo: one folder a lesson, and `core` for what lessons share."""
