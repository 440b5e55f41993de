enum FeaturesPlaceholder {}
