"""Codes that a camera reads, drawn on the server."""

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """An SVG of a QR code, without a declaration and for any size; dark on light in every theme."""
    drawn = segno.make(text, error="m").svg_inline(
        omitsize=True, dark="#000", light="#fff", border=4, svgclass="qr", lineclass=None
    )
    return Markup(drawn)
