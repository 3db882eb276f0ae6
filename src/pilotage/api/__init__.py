"""The HTTP door: routes that parse, call one verb of the lab, and answer."""
