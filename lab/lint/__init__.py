"""What `make lint` checks beside Python: workflows, Terraform's format, Dockerfiles."""
