enum WeightsPlaceholder {}
