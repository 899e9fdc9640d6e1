"""What the workflows run: comment, deployment window, preview, deployment, drift; each a make target, tried as such."""
