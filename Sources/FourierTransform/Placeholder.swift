enum FourierTransformPlaceholder {}
