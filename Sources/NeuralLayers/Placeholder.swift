enum NeuralLayersPlaceholder {}
