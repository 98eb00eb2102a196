"""What goes into analysis.zip."""

from __future__ import annotations

from annotations.reporting.final_report.analysis import Analysis
from annotations.reporting.final_report.analysis_files.long_data import columns_csv, long_csv
from annotations.reporting.final_report.analysis_files.mrmc_files import imrmc, mrmcaov, rjafroc
from annotations.reporting.final_report.analysis_files.r_script import primary_script
from annotations.reporting.final_report.data import ReportData
from annotations.reporting.final_report.primary import primary_of
from annotations.reporting.final_report.sections.accuracy import referenced

README = """\
long.csv           every answer of the pivotal readings, without names, comments and clock times
long-columns.csv   what its columns mean
primary.R          computes the primary result anew from long.csv, with base R alone

For each ordinal item with a reference, positive from the middle of the scale upwards:
imrmc/ITEM.imrmc   for iMRMC: one row a patient, reader and arm (highest grade of the patient)
mrmcaov/ITEM.csv   for MRMCaov: the same; in R
                   library(MRMCaov)
                   d <- read.csv("mrmcaov/ITEM.csv")
                   summary(mrmc(empirical_auc(truth, rating), test, reader, case, data = d))
rjafroc/ITEM.xlsx  for RJafroc: levels as locations; in R
                   d <- RJafroc::DfReadDataFile("rjafroc/ITEM.xlsx", newExcelFileFormat = TRUE)

iMRMC and MRMCaov take cases as independent of each other; with several levels a patient they would
understate the uncertainty, which is why each patient is one row there. Their results therefore
aren't those of the report, whose figures count every level and cluster by patient.
RJafroc and the program above number readers and arms in the order of the report.
"""


def analysis_files(data: ReportData) -> dict[str, bytes]:
    """Name -> bytes."""
    analysis = Analysis(data)
    files = {
        "README.txt": README,
        "long.csv": long_csv(data),
        "long-columns.csv": columns_csv(),
        "primary.R": primary_script(analysis, primary_of(analysis)),
    }
    found = {name: text.encode() for name, text in files.items()}
    for rated in referenced(analysis):
        code = rated.item.code
        found[f"imrmc/{code}.imrmc"] = imrmc(analysis, rated).encode()
        found[f"mrmcaov/{code}.csv"] = mrmcaov(analysis, rated).encode()
        found[f"rjafroc/{code}.xlsx"] = rjafroc(analysis, rated)
    return found
