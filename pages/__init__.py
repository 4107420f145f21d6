"""One screen per file, named after what a person does there. A file only defines ``render``."""
