enum AnnotationsPlaceholder {}
