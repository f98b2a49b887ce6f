"""The look-back over archives: as the stream, whatever the form, and nothing lost on the way."""
