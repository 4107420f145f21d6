"""How visits and incidents are listed, read and compared."""
