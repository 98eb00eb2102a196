"""What every pipeline of the lumbar spine shares: planes, structures, levels, crops.

Exam in, named places in patient millimetres out; what is graded there is each pipeline's own.
"""
