"""Makes the sample scans beside it.

They are drawn, worn and "scanned" here: people, firms and numbers are fictitious, the IBAN is the
well-known example with a valid check digit. Users run the committed files; this program is needed only
to change them. It needs the project's own dependencies and Debian's `fonts-liberation`:

    python samples/make_samples.py

The same fonts and library versions give the same files. `expected.json` holds the truth about them and
is written by hand.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SAMPLES = Path(__file__).parent
FONTS = Path("/usr/share/fonts/truetype/liberation")
DPI = 300
A4_MM = (210.0, 297.0)
INK = (28, 28, 34)


def px(millimetres: float) -> int:
    return round(millimetres * DPI / 25.4)


@dataclass(frozen=True)
class Face:
    """A font by family, style and size in points."""

    family: str = "LiberationSans"
    points: float = 11.0
    style: str = "Regular"

    def font(self) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(FONTS / f"{self.family}-{self.style}.ttf", self.points * DPI / 72)

    def bold(self, points: float | None = None) -> Face:
        return Face(self.family, points or self.points, "Bold")

    def sized(self, points: float) -> Face:
        return Face(self.family, points, self.style)


@dataclass
class Sheet:
    """A drawn A4 page, 300 dpi RGB. Places in millimetres from the top left; texts stand on baselines."""

    image: Image.Image = field(
        default_factory=lambda: Image.new("RGB", (px(A4_MM[0]), px(A4_MM[1])), (255, 255, 255))
    )

    def write(
        self,
        x: float,
        y: float,
        text: str,
        face: Face,
        *,
        anchor: str = "ls",
        ink: tuple[int, int, int] = INK,
    ) -> None:
        ImageDraw.Draw(self.image).text((px(x), px(y)), text, font=face.font(), fill=ink, anchor=anchor)

    def lines(self, x: float, y: float, texts: Sequence[str], face: Face, leading: float = 1.25) -> float:
        """Writes `texts` below each other; returns the baseline after the last."""
        step = face.points * 25.4 / 72 * leading
        for text in texts:
            self.write(x, y, text, face)
            y += step
        return y

    def rule(
        self, x0: float, y: float, x1: float, *, width: float = 0.25, ink: tuple[int, ...] = INK
    ) -> None:
        ImageDraw.Draw(self.image).rectangle((px(x0), px(y), px(x1), px(y) + max(1, px(width))), fill=ink)

    def box(self, x0: float, y0: float, x1: float, y1: float, *, fill: tuple[int, int, int]) -> None:
        ImageDraw.Draw(self.image).rectangle((px(x0), px(y0), px(x1), px(y1)), fill=fill)

    def curve(
        self, points: Sequence[tuple[float, float]], *, width: float, ink: tuple[int, int, int]
    ) -> None:
        """A pen stroke through `points` (Catmull-Rom), a little thicker where it turns down."""
        draw = ImageDraw.Draw(self.image)
        path = [points[0], *points, points[-1]]
        for a, b, c, d in zip(path, path[1:], path[2:], path[3:], strict=False):
            for step in range(60):
                t = step / 60
                x, y = (_catmull_rom(t, a[i], b[i], c[i], d[i]) for i in (0, 1))
                radius = px(width) * (0.9 + 0.2 * math.sin(0.6 * x + 0.4 * y)) / 2
                draw.ellipse(
                    (
                        px(x) - radius,
                        px(y) - radius,
                        px(x) + radius,
                        px(y) + radius,
                    ),
                    fill=ink,
                )


def _catmull_rom(t: float, a: float, b: float, c: float, d: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


# --- the pages -------------------------------------------------------------------------------------

SANS = Face()
SERIF = Face("LiberationSerif", 12.0)
BRAND = (14, 84, 140)
PARAPH = (
    *((26, 6), (28, -0.5), (28.6, 7), (31.5, 3.5), (33, 6.5)),
    *((35.5, 3), (37, 6.4), (40, 3.3), (42, 5.8), (50, 4.2)),
)
SIGNATURE = (
    (
        *((30, 212), (36, 200), (33, 216), (27, 215), (38, 206), (42, 211)),
        *((44, 206), (46, 211), (50, 206), (52, 211), (56, 205)),
    ),
    (
        *((59, 212), (62, 198), (67, 203), (61, 206), (68, 210), (64, 214), (71, 207)),
        *((74, 211), (77, 204), (79, 211), (83, 207), (86, 210), (100, 206)),
    ),
)


def draw_invoice() -> Sheet:
    """An electrician's invoice to the city, laid out after DIN 5008 form B."""
    sheet = Sheet()
    sheet.box(25, 14, 41, 30, fill=BRAND)
    bolt = [(35.6, 15.6), (29.2, 23.2), (32.6, 23.2), (30.4, 28.6), (37.0, 20.6), (33.4, 20.6)]
    ImageDraw.Draw(sheet.image).polygon([(px(x), px(y)) for x, y in bolt], fill=(255, 255, 255))
    sheet.write(45, 23.5, "Elektro Brandner GmbH", SANS.bold(19), ink=BRAND)
    sheet.write(45, 29, "Meisterbetrieb für Licht- und Gebäudetechnik", SANS.sized(9.5))
    sheet.rule(25, 35, 200, width=0.5, ink=BRAND)

    sheet.write(25, 49, "Elektro Brandner GmbH · Gewerbering 12 · 12347 Beispielhausen", SANS.sized(7))
    sheet.rule(25, 50.2, 98, width=0.12)
    recipient = ["Stadt Musterstadt", "Zentraler Rechnungseingang", "Rathausplatz 1", "12345 Musterstadt"]
    sheet.lines(25, 58, recipient, SANS)

    facts = [
        ("Rechnungsnummer", "RE-2026-0417"),
        ("Rechnungsdatum", "12.11.2026"),
        ("Leistungszeitraum", "02.11.–06.11.2026"),
        ("Bestellnummer", "4500-1187"),
        ("Kundennummer", "10482"),
        ("Ansprechpartnerin", "Frau Kessler"),
        ("Telefon", "030 23125-471"),
    ]
    for row, (label, value) in enumerate(facts):
        sheet.write(125, 53 + row * 5.4, label, SANS.sized(9.5))
        sheet.write(161, 53 + row * 5.4, value, SANS.sized(9.5))

    sheet.write(25, 104, "Rechnung", SANS.bold(18))
    y = sheet.lines(
        25,
        115,
        [
            "Sehr geehrte Damen und Herren,",
            "",
            "für die Arbeiten im Rathaus Musterstadt berechnen wir Ihnen wie folgt:",
        ],
        SANS.sized(10.5),
    )
    y = _invoice_table(sheet, y + 4)
    sheet.lines(
        25,
        y + 9,
        [
            "Zahlungsziel: 30 Tage, zahlbar bis 12.12.2026 ohne Abzug. Bis 22.11.2026: 2 % Skonto.",
            "Bitte geben Sie bei der Überweisung die Rechnungsnummer RE-2026-0417 an.",
            "",
            "Vielen Dank für Ihren Auftrag.",
            "",
            "Mit freundlichen Grüßen",
            "Elektro Brandner GmbH",
        ],
        SANS.sized(9.5),
        1.35,
    )
    _invoice_footer(sheet)
    return sheet


def _invoice_table(sheet: Sheet, y: float) -> float:
    rows = [
        ("1", "Wartung der Notbeleuchtung, Erdgeschoss", "1", "psch.", "480,00", "480,00"),
        ("2", "LED-Einbauleuchte 36 W, liefern und montieren", "14", "St.", "78,50", "1.099,00"),
        ("3", "Arbeitszeit Elektroinstallateur", "22,5", "Std.", "58,00", "1.305,00"),
        ("4", "Anfahrt", "3", "St.", "35,00", "105,00"),
    ]
    head = ("Pos.", "Bezeichnung", "Menge", "", "Einzelpreis €", "Gesamt €")
    places = ((25, "ls"), (36, "ls"), (133, "rs"), (135, "ls"), (169, "rs"), (195, "rs"))
    small = SANS.sized(10)
    sheet.box(25, y, 196.5, y + 7.5, fill=(222, 231, 239))
    for (x, anchor), text in zip(places, head, strict=True):
        sheet.write(x if anchor == "rs" else x + 1, y + 5.2, text, small.bold(9.5), anchor=anchor)
    y += 13
    for row in rows:
        for (x, anchor), text in zip(places, row, strict=True):
            sheet.write(x if anchor == "rs" else x + 1, y, text, small, anchor=anchor)
        sheet.rule(25, y + 2.4, 196.5, width=0.1, ink=(150, 150, 150))
        y += 7.2
    for label, value, face in (
        ("Netto", "2.989,00", small),
        ("USt 19 %", "567,91", small),
        ("Gesamtbetrag", "3.556,91 €", small.bold(11)),
    ):
        y += 1.2
        sheet.write(128, y, label, face)
        sheet.write(195, y, value, face, anchor="rs")
        y += 5.6
    sheet.rule(128, y - 3.4, 195, width=0.3)
    sheet.rule(128, y - 2.7, 195, width=0.3)
    return y


def _invoice_footer(sheet: Sheet) -> None:
    sheet.rule(25, 271, 200, width=0.3, ink=BRAND)
    columns = (
        (
            25,
            [
                "Elektro Brandner GmbH",
                "Gewerbering 12",
                "12347 Beispielhausen",
                "www.elektro-brandner.example",
            ],
        ),
        (
            82,
            [
                "IBAN DE89 3704 0044 0532 0130 00",
                "BIC COBADEFFXXX",
                "USt-IdNr. DE136695976",
                "Steuernummer 133/8150/8159",
            ],
        ),
        (
            145,
            [
                "Amtsgericht Beispielhausen HRB 4711",
                "Geschäftsführerin: Ute Brandner",
                "Telefon 030 23125-470",
                "rechnung@elektro-brandner.example",
            ],
        ),
    )
    for x, texts in columns:
        sheet.lines(x, 275.5, texts, SANS.sized(8), 1.3)


def draw_dog_tax() -> Sheet:
    """The city's yearly notice of dog tax, its file copy."""
    sheet = Sheet()
    sheet.write(25, 22, "Stadt Musterstadt", SANS.bold(17))
    sheet.write(25, 28, "Der Bürgermeister", SANS.sized(11))
    sheet.write(25, 33, "Fachbereich Finanzen · Abteilung Steuern und Abgaben", SANS.sized(9.5))
    _coat_of_arms(sheet, 180, 14)
    sheet.rule(25, 39, 195, width=0.4)

    sheet.write(25, 50, "Stadt Musterstadt · Rathausplatz 1 · 12345 Musterstadt", SANS.sized(7.5))
    sheet.lines(25, 59, ["Frau", "Erika Beispiel", "Heideweg 17", "12345 Musterstadt"], SANS)
    facts = [
        ("Kassenzeichen", "5.0301.00417.8"),
        ("Datum", "15.01.2026"),
        ("Auskunft erteilt", "Herr Lindner"),
        ("Zimmer", "214"),
        ("Telefon", "030 23125-214"),
    ]
    for row, (label, value) in enumerate(facts):
        sheet.write(125, 55 + row * 5.6, label, SANS.sized(10))
        sheet.write(160, 55 + row * 5.6, value, SANS.bold(10) if row == 0 else SANS.sized(10))
    sheet.write(25, 106, "Hundesteuerbescheid", SANS.bold(16))
    sheet.write(25, 113, "für das Kalenderjahr 2026", SANS.bold(11.5))
    y = sheet.lines(
        25,
        124,
        [
            "Sehr geehrte Frau Beispiel,",
            "",
            "aufgrund der Hundesteuersatzung der Stadt Musterstadt in der geltenden Fassung wird die",
            "Hundesteuer für den unten genannten Hund wie folgt festgesetzt:",
        ],
        SANS,
    )
    _dog_table(sheet, y + 3)
    sheet.lines(
        25,
        y + 57,
        [
            "Der Betrag ist am 15.02.2026 fällig. Bitte überweisen Sie ihn unter Angabe des Kassenzeichens",
            "auf das Konto der Stadtkasse: IBAN DE89 3704 0044 0532 0130 00.",
            "",
            "Die Hundemarke ist vom Hund außerhalb der Wohnung sichtbar zu tragen. Der Hundehalter hat",
            "jede Änderung innerhalb von zwei Wochen mitzuteilen. Dieser Bescheid gilt auch für die",
            "Folgejahre, bis ein neuer Hundesteuerbescheid ergeht.",
        ],
        SANS.sized(10.5),
        1.3,
    )
    sheet.write(25, y + 93, "Rechtsbehelfsbelehrung", SANS.bold(9.5))
    sheet.lines(
        25,
        y + 98,
        [
            "Gegen diesen Bescheid kann innerhalb eines Monats nach seiner Bekanntgabe schriftlich Klage",
            "beim zuständigen Verwaltungsgericht erhoben werden.",
        ],
        SANS.sized(9.5),
    )
    sheet.lines(
        25,
        y + 113,
        ["Im Auftrag", "", "", "Lindner"],
        SANS,
    )
    sheet.curve([(x, y + 116 + rise) for x, rise in PARAPH], width=0.45, ink=INK)
    return sheet


def _dog_table(sheet: Sheet, y: float) -> None:
    rows = [
        ("Hundehalterin", "Erika Beispiel, Heideweg 17, 12345 Musterstadt"),
        ("Rasse", "Labrador-Mischling"),
        ("Chip-Nr.", "276098106234517"),
        ("Hundemarke (Steuermarke)", "1184"),
        ("Zeitraum", "01.01.2026 bis 31.12.2026"),
        ("Hundesteuer, ein Hund", "96,00 €"),
    ]
    top = y
    for index, (label, value) in enumerate(rows):
        face = SANS.bold(10.5) if index == len(rows) - 1 else SANS.sized(10.5)
        sheet.write(28, y + 5.4, label, face)
        sheet.write(85, y + 5.4, value, face)
        sheet.rule(25, y, 195, width=0.2)
        y += 7.8
    sheet.rule(25, y, 195, width=0.2)
    draw = ImageDraw.Draw(sheet.image)
    for x in (25, 82, 195):
        draw.line((px(x), px(top), px(x), px(y)), fill=INK, width=2)


def _coat_of_arms(sheet: Sheet, x: float, y: float) -> None:
    draw = ImageDraw.Draw(sheet.image)
    outline = [(x, y), (x + 15, y), (x + 15, y + 11), (x + 11, y + 17), (x + 7.5, y + 19), (x + 4, y + 17)]
    outline += [(x, y + 11)]
    draw.polygon([(px(a), px(b)) for a, b in outline], outline=INK, width=6)
    draw.line((px(x), px(y + 7), px(x + 15), px(y + 7)), fill=INK, width=6)
    for tower in (x + 2.5, x + 6.2, x + 9.9):
        draw.rectangle((px(tower), px(y + 2), px(tower + 2.6), px(y + 6.8)), fill=INK)
    for wave in (10, 12.6, 15.2):
        inset = 1.2 + max(0.0, wave - 11) * 0.8
        sheet.curve(
            [(x + inset + i * (15 - 2 * inset) / 4, y + wave + (0.6 if i % 2 else -0.2)) for i in range(5)],
            width=0.7,
            ink=INK,
        )


def draw_objection() -> Sheet:
    """A citizen's letter, typed at home, signed by hand, stamped on receipt."""
    sheet = Sheet()
    sheet.lines(25, 24, ["Jonas Beispiel", "Lindenweg 4", "12345 Musterstadt"], SERIF)
    sheet.lines(
        25, 58, ["Stadt Musterstadt", "Der Bürgermeister", "Rathausplatz 1", "12345 Musterstadt"], SERIF
    )
    sheet.write(185, 94, "Musterstadt, 09.11.2026", SERIF, anchor="rs")
    sheet.write(25, 109, "Widerspruch gegen Ihren Bescheid vom 19.10.2026", SERIF.bold(13))
    sheet.lines(
        25,
        122,
        [
            "Sehr geehrte Damen und Herren,",
            "",
            "hiermit lege ich Widerspruch ein gegen Ihren Bescheid vom 19.10.2026, mit dem Sie",
            "meinen Antrag auf einen Bewohnerparkausweis abgelehnt haben. Der Bescheid ist mir",
            "am 21.10.2026 zugegangen.",
            "",
            "Der Widerspruch erfolgt zunächst fristwahrend, die ausführliche Begründung folgt. Schon",
            "jetzt weise ich darauf hin, dass ich seit dem 1. August im Lindenweg gemeldet bin und mir",
            "dort weder eine Garage noch ein Stellplatz zur Verfügung steht.",
            "",
            "Ich bitte Sie, die Entscheidung zu überprüfen und mir den Eingang dieses Schreibens",
            "schriftlich zu bestätigen.",
            "",
            "Mit freundlichen Grüßen",
        ],
        SERIF,
        1.32,
    )
    pen = (24, 40, 120)
    for stroke in SIGNATURE:
        sheet.curve(stroke, width=0.55, ink=pen)
    sheet.write(25, 224, "Jonas Beispiel", SERIF)
    return _stamped(sheet)


def _stamped(sheet: Sheet) -> Sheet:
    """The registry's stamp, put on by hand: turned, worn, partly dry."""
    stamp = Image.new("L", (px(62), px(26)), 0)
    draw = ImageDraw.Draw(stamp)
    draw.rectangle((6, 6, stamp.width - 7, stamp.height - 7), outline=255, width=7)
    for y, text, face in (
        (8.2, "Stadt Musterstadt", SANS.bold(10)),
        (14.4, "EINGEGANGEN", SANS.bold(13)),
        (21.2, "11. NOV. 2026", SANS.bold(13)),
    ):
        draw.text((stamp.width // 2, px(y)), text, font=face.font(), fill=255, anchor="ms")
    wear = np.random.default_rng(7).normal(0, 1, (stamp.height // 9 + 1, stamp.width // 9 + 1))
    worn = Image.fromarray(np.clip(205 + 45 * wear, 0, 255).astype(np.uint8)).resize(
        stamp.size, Image.Resampling.BICUBIC
    )
    ink = Image.fromarray(
        (np.asarray(stamp, np.float32) * np.asarray(worn, np.float32) / 255).astype(np.uint8)
    )
    ink = ink.rotate(-4.0, Image.Resampling.BICUBIC, expand=True)
    sheet.image.paste((176, 32, 48), (px(126), px(28)), ink)
    return sheet


# --- the scanner -----------------------------------------------------------------------------------


def scan(sheet: Sheet, *, skew_degrees: float, seed: int, noise: float, tint: float = 1.0) -> Image.Image:
    """The sheet as a flatbed sees it: turned so that its lines climb by `skew_degrees`, lit unevenly,
    folded in thirds, slightly soft and noisy. `tint` is the warmth of the paper (0 for gray)."""
    random = np.random.default_rng(seed)
    pixels = np.asarray(sheet.image, np.float32)
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = 1.0 - 0.025 * (x / width) - 0.015 * np.abs(y / height - 0.45)
    for fold_mm in (99.0, 198.0):
        distance = (y - px(fold_mm) - 0.002 * x) / px(1.1)
        light += 0.03 * distance * np.exp(-(distance**2))
    paper = np.array([249, 249 - 1.5 * tint, 249 - 5.0 * tint], np.float32) / 255
    lit = Image.fromarray(np.clip(pixels * paper * light[..., None], 0, 255).astype(np.uint8))
    lid = (226, 226, 224)
    turned = lit.rotate(skew_degrees, Image.Resampling.BICUBIC, fillcolor=lid)
    soft = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.7)), np.float32)
    grain = random.normal(0, noise, (height, width, 1)) + random.normal(0, noise / 3, (height, width, 3))
    return Image.fromarray(np.clip(soft + grain, 0, 255).astype(np.uint8))


def bitonal(image: Image.Image) -> Image.Image:
    """Black and white as an office copier scans."""
    return image.convert("L").point(lambda value: 255 if value > 160 else 0).convert("1")


def blank_back(seed: int) -> Image.Image:
    """An empty back side: paper white, a few specks of dust."""
    random = np.random.default_rng(seed)
    page = Image.new("1", (px(A4_MM[0]), px(A4_MM[1])), 1)
    draw = ImageDraw.Draw(page)
    for x, y, size in zip(
        random.uniform(15, 195, 14), random.uniform(15, 282, 14), random.integers(1, 3, 14), strict=True
    ):
        draw.rectangle((px(x), px(y), px(x) + int(size) - 1, px(y) + int(size) - 1), fill=0)
    return page


def jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling="4:2:0", optimize=True, dpi=(DPI, DPI))
    return out.getvalue()


def image_only_pdf(data: bytes, width_px: int, height_px: int) -> bytes:
    """A PDF as a scanner writes it: one page, one JPEG, no text."""
    width, height = (72 * extent / DPI for extent in (width_px, height_px))
    with pikepdf.new() as pdf:
        picture = pdf.make_stream(
            data,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=width_px,
            Height=height_px,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
        page = pdf.add_blank_page(page_size=(width, height))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
        page.Contents = pdf.make_stream(f"q {width:.4f} 0 0 {height:.4f} 0 0 cm /Im0 Do Q".encode())
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def main() -> None:
    invoice = scan(draw_invoice(), skew_degrees=1.2, seed=1, noise=2.5)
    (SAMPLES / "rechnung.jpg").write_bytes(jpeg(invoice, 62))

    front = bitonal(scan(draw_dog_tax(), skew_degrees=-0.4, seed=2, noise=6.0))
    front.save(
        SAMPLES / "hundesteuer.tif",
        compression="group4",
        dpi=(DPI, DPI),
        save_all=True,
        append_images=[blank_back(3)],
    )

    letter = scan(draw_objection(), skew_degrees=-0.7, seed=4, noise=2.5, tint=0.6)
    (SAMPLES / "widerspruch.pdf").write_bytes(image_only_pdf(jpeg(letter, 58), letter.width, letter.height))


if __name__ == "__main__":
    main()
