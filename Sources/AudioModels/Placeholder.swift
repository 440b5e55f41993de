enum AudioModelsPlaceholder {}
