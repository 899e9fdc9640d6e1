"""What the program runs at deploy time, each as a process of its own: `python -m sptcoder.platform <verb>`."""
