"""JupyterLab's settings for `make lab`: nothing is asked of the network."""

c = get_config()  # noqa: F821  (JupyterLab's loader defines it)
c.LabApp.news_url = ""
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
