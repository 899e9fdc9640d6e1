"""Jobs that run inside the cluster, as `python -m jobs <verb>`: the reaper, dumps of the database and their restore."""
