"""(f) The steps that take a whole province at once: 170 communes with 120 leaves each."""
