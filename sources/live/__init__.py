"""Ask publishers over HTTP, store their answers, and write the dated snapshots that follow from them."""
