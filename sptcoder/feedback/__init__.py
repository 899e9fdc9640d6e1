"""What users miss or find wrong, on its way to the maintainers, with nothing in it that they have not seen."""
