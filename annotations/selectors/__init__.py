"""What may be asked about reader studies and readings."""
