enum FMRIPlaceholder {}
