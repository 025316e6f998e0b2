"""Level of traffic stress of every street, by three rule sets."""
