"""From model values to HTML: threads, forms, and the sentences of the interface. Knows no HTTP."""
