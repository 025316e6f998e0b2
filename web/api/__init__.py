"""The JSON API: its addresses, and the document that describes them."""
