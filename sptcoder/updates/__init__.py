"""Whether there is a newer release: asked in the background once a day, said in one line; light to import."""
