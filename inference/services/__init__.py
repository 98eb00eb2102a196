"""What may be done with jobs and predictions."""
