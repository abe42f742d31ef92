"""Makes src/workings/render/stix-two-math.woff2 from the STIX Two Math that ziamath ships.

    .venv/bin/pip install fonttools brotli ziamath
    .venv/bin/python tools/subset_font.py

The subset keeps the MATH table, so that a browser sets fractions, roots and scripts where they belong.
STIX Two Math is under the SIL Open Font License 1.1, beside the subset as stix-two-math.OFL.txt.
"""

from __future__ import annotations

from pathlib import Path

GREEK = "αβγδεζηθικλμνξοπρςστυφχψωΓΔΘΛΞΠΣΥΦΨΩϑϕϖϱϵ"
OPERATORS = "−±×÷·⋅∗∘⊙⊗⊕∑∏∫√∂∇∞=≠≈≡≤≥≪≫∼≃≅∝∈∉∋⊂⊆∪∩∖∅∧∨¬∀∃⊤⊥∣∥⟂→←↔⇒⇐⇔↦↑↓⟨⟩⌊⌋⌈⌉′″‴…⋯⋮⋱†‡°½¼¾≔≐≜∎"
ACCENTS = "^~¯ˆˇ˜˙¨ˉ‾\u0302\u0303\u0304\u0305\u0307\u0308\u20d7→⏞⏟⎴⎵︷︸"
LETTERLIKE = "ℓℏℝℕℤℚℂℒℳℰℱℋℐℬℛℯℊℴℜℑ𝟙"
INVISIBLE = "\u2061\u2062\u2063\u2064\u00a0\u2009\u200a\u2002\u2003"
PUNCTUATION = "–—‘’“”·•"


def alphanumerics() -> str:
    """The mathematical alphabets that formulas of a course use: bold, italic, bold italic, double-struck, script."""
    ranges = [
        (0x1D400, 0x1D49B),       # bold, italic, bold italic Latin
        (0x1D49C, 0x1D4B5),       # script capitals
        (0x1D538, 0x1D551),       # double-struck capitals
        (0x1D6A4, 0x1D6A5),       # dotless i, j
        (0x1D6A8, 0x1D74F),       # bold, italic, bold italic Greek
        (0x1D7CE, 0x1D7D7),       # bold digits
    ]
    return "".join(chr(c) for lo, hi in ranges for c in range(lo, hi + 1)) + "ℎ"


def main() -> None:
    """Write the subset and say its size."""
    import ziamath
    from fontTools import subset

    here = Path(__file__).resolve().parents[1]
    source = Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    target = here / "src" / "workings" / "render" / "stix-two-math.woff2"
    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = ["ssty", "dtls", "flac"]       # script sizes, dotless letters, flat accents
    options.name_IDs = ["*"]                                 # the copyright and licence stay inside the file
    options.notdef_outline = True
    options.recalc_timestamp = False                         # the same input gives the same bytes
    text = "".join(map(chr, range(0x20, 0x7F))) + GREEK + OPERATORS + ACCENTS + LETTERLIKE + INVISIBLE
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text + PUNCTUATION + alphanumerics())
    cutter.subset(font)
    # A browser drops a subscript below the foot of its base by this much, even that of a single letter: y_k would
    # hang lower than E_k, which no textbook does.
    font["MATH"].table.MathConstants.SubscriptBaselineDropMin.Value = 0
    subset.save_font(font, str(target), options)
    print(f"{target.relative_to(here)}: {target.stat().st_size} bytes, {font['maxp'].numGlyphs} glyphs")


if __name__ == "__main__":
    main()
