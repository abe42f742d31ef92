"""Blocks and figures out: text, HTML, Markdown, SVG, PNG.  Printers only print; they hold no maths."""
