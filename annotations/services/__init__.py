"""What may be done with reader studies, readings and grades."""
