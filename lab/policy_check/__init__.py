"""`make policy`: every stack previewed without a cluster and judged by the pack, and files judged by the same rules."""
