"""The pages that `pages` builds: a notebook as a page, the pages around the lessons, and the printing."""
