enum EncodingModelsPlaceholder {}
