enum VisualFeaturesPlaceholder {}
