"""Files for other programs: long data, iMRMC, MRMCaov, RJafroc, and an R script of the result."""

from annotations.reporting.final_report.analysis_files.bundle import analysis_files

__all__ = ["analysis_files"]
