enum ArchitecturePlaceholder {}
