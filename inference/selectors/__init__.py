"""What may be asked about jobs and predictions."""
