"""Small editions of Pulumi provider plugins, for machines where the official ones cannot be had."""
