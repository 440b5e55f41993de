enum EEGPlaceholder {}
