"""The docker edition: builds images with BuildKit through the docker client, and pushes them."""
