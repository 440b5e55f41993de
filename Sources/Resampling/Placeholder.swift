enum ResamplingPlaceholder {}
