"""The findings, one file a region."""
