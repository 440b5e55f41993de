enum AudioFeaturesPlaceholder {}
