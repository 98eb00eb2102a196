"""Training of lumbar_grading: samples, batches, losses, calibration, and the recipe."""
