"""Canal, recesses, foramina and discs from sagittal and axial crops; not for clinical use."""
