"""Which glyph names have a meaning in Unicode (ISO 32000-1, annex D; Adobe Glyph List Specification 1.7).

The Latin and Symbol sets of annex D are listed; other names of the Adobe Glyph List are recognised by how
they are built.
"""

from __future__ import annotations

import re
from typing import Final

_LATIN: Final = """AE OE ae ae oe Eth eth Thorn thorn Lslash lslash Oslash oslash dotlessi germandbls fi fl
    ampersand asciicircum asciitilde asterisk at backslash bar braceleft braceright bracketleft bracketright
    breve brokenbar bullet caron cedilla cent circumflex colon comma copyright currency dagger daggerdbl
    degree dieresis divide dollar dotaccent ellipsis emdash endash equal euro Euro exclam exclamdown florin
    fraction grave greater guillemotleft guillemotright guilsinglleft guilsinglright hungarumlaut hyphen less
    logicalnot macron minus mu multiply numbersign ogonek onehalf onequarter onesuperior ordfeminine
    ordmasculine paragraph parenleft parenright percent period periodcentered perthousand plus plusminus
    question questiondown quotedbl quotedblbase quotedblleft quotedblright quoteleft quoteright
    quotesinglbase quotesingle registered ring section semicolon slash space nbspace sterling threequarters
    threesuperior tilde trademark twosuperior underscore yen acute sfthyphen zero one two three four five six
    seven eight nine ff ffi ffl"""
_SYMBOL: Final = """Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho
    Sigma Tau Upsilon Upsilon1 Phi Chi Psi Omega alpha beta gamma delta epsilon zeta eta theta theta1 iota
    kappa lambda nu xi omicron pi rho sigma sigma1 tau upsilon phi phi1 chi psi omega omega1 Ifraktur
    Rfraktur aleph angle angleleft angleright approxequal arrowboth arrowdblboth arrowdbldown arrowdblleft
    arrowdblright arrowdblup arrowdown arrowleft arrowright arrowup arrowhorizex arrowvertex asteriskmath
    carriagereturn circlemultiply circleplus club congruent diamond dotmath element emptyset equivalence
    existential gradient greaterequal heart infinity integral intersection lessequal logicaland logicalor
    lozenge minute notelement notequal notsubset partialdiff perpendicular product propersubset
    propersuperset proportional radical reflexsubset reflexsuperset second similar spade suchthat summation
    therefore union universal weierstrass"""
_NAMES: Final = frozenset(f"{_LATIN} {_SYMBOL}".split())
_BUILT: Final = re.compile(
    r"[A-Za-z]"
    r"|uni([0-9A-F]{4})+|u[0-9A-F]{4,6}|afii\d{5,6}|SF\d{6}|H\d{5}"
    r"|(?:[A-Za-z]|[Aa][Ee]|dotlessi|dotlessj)"
    r"(?:acute|grave|circumflex|dieresis|tilde|ring|cedilla|caron|macron|breve|ogonek|dotaccent|dot|bar|croat|slash"
    r"|commaaccent|hungarumlaut|horn|hook|hookabove|dotbelow|tonos|dieresistonos|small|superior|inferior|oldstyle)+"
)


def has_unicode(glyph_name: str) -> bool:
    """Whether a glyph name says which character it is."""
    parts = glyph_name.split(".")[0].split("_")
    return all(part in _NAMES or _BUILT.fullmatch(part) is not None for part in parts)
