"""Training of the pipelines' networks; `manage.py train_pipeline` is its only door."""
