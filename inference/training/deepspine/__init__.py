"""Training of the DeepSPINE chain; see recipe."""
