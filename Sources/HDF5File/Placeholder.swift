enum HDF5FilePlaceholder {}
