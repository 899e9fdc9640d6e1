"""One rule a file; each is a pure check and the policy that reports it."""
