"""What pages and terminal say, in French and English."""
