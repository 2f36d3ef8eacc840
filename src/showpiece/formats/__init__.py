"""How dates are written, where Django's own way does not fit into the sentences of the pages (`FORMAT_MODULE_PATH`)."""
