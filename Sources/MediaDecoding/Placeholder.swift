enum MediaDecodingPlaceholder {}
