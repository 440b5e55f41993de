enum IntersubjectCorrelationPlaceholder {}
