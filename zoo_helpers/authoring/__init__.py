"""For maintainers: refresh the notebooks, record runs, draw the data excerpts."""
