"""Ways through the streets: from point to point, from a point to all."""
