"""Invented people, firms, numbers and dates for one document, all from one seed.

Names and addresses come from Faker, check digits from python-stdnum; bank accounts use bank codes that
no bank has. A fact has the form that is printed; those that are fields of a document also have the
normalised value that a reader should find.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from faker import Faker
from stdnum import iban as stdnum_iban
from stdnum.iso7064 import mod_11_10, mod_97_10

CITY = {
    "city": "Stadt Musterstadt",
    "city_name": "Musterstadt",
    "city_street": "Rathausplatz 1",
    "city_zip_city": "12345 Musterstadt",
    "city_phone": "02999 86-0",
    "city_email": "post@musterstadt.example",
    "city_web": "www.musterstadt.example",
}
_MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"),
    *("August", "September", "Oktober", "November", "Dezember"),
)
_GOODS = (
    ("Kopierpapier A4, 80 g/m², weiß", "Pkg."),
    ("Tonerkassette schwarz", "Stk."),
    ("Ordner A4, 8 cm, grau", "Stk."),
    ("Leuchtröhre LED 18 W", "Stk."),
    ("Wartung Heizungsanlage", "psch."),
    ("Fahrtkostenpauschale", "psch."),
    ("Arbeitsstunden Facharbeiter", "Std."),
    ("Kabelkanal 40 × 60 mm", "m"),
    ("Reinigungsmittel, 10-l-Kanister", "Stk."),
    ("Streusalz, 25-kg-Sack", "Stk."),
    ("Pflastersteine, anthrazit", "m²"),
    ("Schulmöbel, Tisch", "Stk."),
    ("Schulmöbel, Stuhl, Größe 6", "Stk."),
    ("Türschließer, silber", "Stk."),
    ("Entsorgung Altmaterial", "psch."),
    ("Schutzhandschuhe, Größe 9", "Paar"),
    ("Blumenerde, 70 l", "Sack"),
    ("Winterlinde, Stammumfang 18 cm", "Stk."),
    ("Druck Faltblätter, A5, 4/4-farbig", "Stk."),
    ("Bürodrehstuhl", "Stk."),
)
_BREEDS = ("Labrador", "Dackel", "Mischling", "Border Collie", "Pudel", "Beagle", "Schäferhund", "Terrier")
_DOGS = ("Bruno", "Luna", "Balu", "Emma", "Rocky", "Frieda", "Sammy", "Nala", "Paul", "Lotte")
_TRADES = (
    *("Handel mit Fahrrädern und Zubehör", "Änderungsschneiderei", "Hausmeisterdienste ohne Handwerk"),
    *(
        "Betrieb eines Imbisses ohne Alkoholausschank",
        "Webdesign und Programmierung",
        "Garten- und Landschaftspflege",
    ),
    *("Kosmetikstudio", "Vermittlung von Versicherungen", "Einzelhandel mit Blumen", "Fotografie"),
)
_DISTRICTS = ("Oberfeld", "Niederdorf", "Lindental", "Hohenbruch", "Mühlenau", "Kirchrode")
_TONGUES = ("m", "w")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a template may print (`shown`), and the value a reader should find (`values`), by id."""

    shown: dict[str, Any]
    values: dict[str, str]


def invent_facts(seed: int, kennzeichen: str) -> Facts:
    """The facts of one document whose class files under `kennzeichen` of the Aktenplan."""
    rng = random.Random(f"facts-{seed}")
    fake = Faker("de_DE")
    fake.seed_instance(rng.randrange(2**32))
    shown: dict[str, Any] = {**CITY, "seed": seed, "picks": [rng.randrange(2**20) for _ in range(64)]}
    values: dict[str, str] = {}
    _add_people(shown, values, rng, fake)
    _add_firm(shown, values, rng, fake)
    _add_dates(shown, values, rng)
    _add_numbers(shown, values, rng, kennzeichen)
    _add_amounts(shown, values, rng)
    _add_subjects(shown, values, rng)
    return Facts(shown, values)


def german_date(day: dt.date) -> str:
    return f"{day:%d.%m.%Y}"


def long_german_date(day: dt.date) -> str:
    return f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"


def german_amount(amount: Decimal) -> str:
    whole, cents = f"{amount:.2f}".split(".")
    return f"{int(whole):,}".replace(",", ".") + "," + cents


def _person(rng: random.Random, fake: Faker, prefix: str, sex: str) -> dict[str, Any]:
    first = fake.first_name_male() if sex == "m" else fake.first_name_female()
    last = fake.last_name()
    born = dt.date(1948, 1, 1) + dt.timedelta(days=rng.randrange(55 * 365))
    street = f"{fake.street_name()} {rng.randrange(1, 180)}"
    return {
        f"{prefix}_first": first,
        f"{prefix}_last": last,
        f"{prefix}_name": f"{first} {last}",
        f"{prefix}_title": "Herr" if sex == "m" else "Frau",
        f"{prefix}_title_to": "Herrn" if sex == "m" else "Frau",
        f"{prefix}_greeting": f"Sehr geehrter Herr {last}" if sex == "m" else f"Sehr geehrte Frau {last}",
        f"{prefix}_sex": sex,
        f"{prefix}_street": street,
        f"{prefix}_zip_city": f"{rng.randrange(10115, 99990):05d} {fake.city_name()}",
        f"{prefix}_phone": f"0{rng.randrange(2011, 9999)} {rng.randrange(20000, 999999)}",
        f"{prefix}_email": f"{_ascii(first)}.{_ascii(last)}@mail.example",
        f"{prefix}_born": german_date(born),
        f"{prefix}_born_long": long_german_date(born),
        f"{prefix}_born_iso": born.isoformat(),
        f"{prefix}_birthplace": fake.city_name(),
        f"{prefix}_birth_name": fake.last_name(),
        f"{prefix}_job": fake.job(),
    }


def _ascii(name: str) -> str:
    table = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": "-"})
    return name.lower().translate(table)


def _add_people(shown: dict[str, Any], values: dict[str, str], rng: random.Random, fake: Faker) -> None:
    sex = rng.choice(_TONGUES)
    shown |= _person(rng, fake, "person", sex)
    shown |= _person(rng, fake, "partner", "w" if sex == "m" else "m")
    shown |= _person(rng, fake, "other", rng.choice(_TONGUES))
    shown |= _person(rng, fake, "clerk", rng.choice(_TONGUES))
    shown |= _person(rng, fake, "boss", rng.choice(_TONGUES))
    child = _person(rng, fake, "child", rng.choice(_TONGUES))
    child["child_last"] = shown["person_last"]
    child["child_name"] = f"{child['child_first']} {shown['person_last']}"
    shown |= child
    shown["clerk_room"] = f"{rng.choice('ABC')} {rng.randrange(100, 420)}"
    shown["clerk_phone"] = f"02999 86-{rng.randrange(1000, 4999)}"
    shown["clerk_email"] = f"{_ascii(shown['clerk_last'])}@musterstadt.example"
    shown["home_zip_city"] = "12345 Musterstadt"
    shown["district"] = rng.choice(_DISTRICTS)
    shown["geburtsdatum"] = shown["person_born"]
    values["geburtsdatum"] = shown["person_born_iso"]
    values["person_name"] = shown["person_name"]


def _add_firm(shown: dict[str, Any], values: dict[str, str], rng: random.Random, fake: Faker) -> None:
    owner = fake.last_name()
    trade = rng.choice(
        (
            "Elektro",
            "Bürobedarf",
            "Gartenbau",
            "Haustechnik",
            "Druckerei",
            "Malerbetrieb",
            "Hochbau",
            "Reinigung",
        )
    )
    form = rng.choice(("GmbH", "GmbH & Co. KG", "e. K.", "AG", "OHG"))
    shown["firm"] = f"{trade} {owner} {form}"
    shown["firm_short"] = f"{trade} {owner}"
    shown["firm_owner"] = f"{fake.first_name()} {owner}"
    shown["firm_street"] = f"{fake.street_name()} {rng.randrange(1, 99)}"
    shown["firm_city"] = fake.city_name()
    shown["firm_zip_city"] = f"{rng.randrange(10115, 99990):05d} {shown['firm_city']}"
    shown["firm_phone"] = f"0{rng.randrange(2011, 9999)} {rng.randrange(20000, 999999)}-0"
    domain = f"{_ascii(owner)}-{_ascii(trade)}.example"
    shown["firm_web"], shown["firm_email"] = f"www.{domain}", f"info@{domain}"
    shown["firm_court"] = f"Amtsgericht {shown['firm_city']}"
    shown["registernummer"] = f"HRB {rng.randrange(1000, 99999)}"
    values["registernummer"] = shown["registernummer"].replace(" ", "")
    shown["trade_activity"] = rng.choice(_TRADES)
    _add_bank(shown, values, rng)


def _add_bank(shown: dict[str, Any], values: dict[str, str], rng: random.Random) -> None:
    bank_code, account = f"999{rng.randrange(10**5):05d}", f"{rng.randrange(10**10):010d}"
    check = stdnum_iban.calc_check_digits(f"DE00{bank_code}{account}")
    number = f"DE{check}{bank_code}{account}"
    shown["iban"] = " ".join(number[start : start + 4] for start in range(0, len(number), 4))
    values["iban"] = number
    values["bic"] = shown["bic"] = f"MUST{'DE'}{rng.choice('FHMS')}{rng.choice('2345678')}XXX"
    shown["bank"] = rng.choice(("Sparkasse Musterstadt", "Volksbank Beispielland eG", "Musterbank AG"))
    base = f"{rng.randrange(1, 10)}{rng.randrange(10**7):07d}"
    values["ust_id"] = f"DE{base}{mod_11_10.calc_check_digit(base)}"
    shown["ust_id"] = values["ust_id"]
    shown["steuernummer"] = (
        f"{rng.randrange(101, 399)}/{rng.randrange(5000, 5999)}/{rng.randrange(10**4):04d}"
    )
    values["steuernummer"] = shown["steuernummer"]


def _add_dates(shown: dict[str, Any], values: dict[str, str], rng: random.Random) -> None:
    letter = dt.date(2026, 1, 8) + dt.timedelta(days=rng.randrange(290))
    days = {
        "dokumentdatum": letter,
        "eingangsdatum": letter + dt.timedelta(days=rng.randrange(1, 5)),
        "faelligkeit": letter + dt.timedelta(days=rng.choice((14, 21, 30))),
        "earlier": letter - dt.timedelta(days=rng.randrange(10, 45)),
        "much_earlier": letter - dt.timedelta(days=rng.randrange(200, 900)),
        "later": letter + dt.timedelta(days=rng.randrange(10, 60)),
        "much_later": letter + dt.timedelta(days=rng.randrange(200, 700)),
    }
    for name, day in days.items():
        shown[name] = german_date(day)
        shown[f"{name}_long"] = long_german_date(day)
    for name in ("dokumentdatum", "eingangsdatum", "faelligkeit"):
        values[name] = days[name].isoformat()
    shown["year"] = str(letter.year)
    shown["last_year"] = str(letter.year - 1)
    shown["month_year"] = f"{_MONTHS[letter.month - 1]} {letter.year}"
    shown["time"] = f"{rng.randrange(7, 19):02d}:{rng.randrange(60):02d}"


def _add_numbers(shown: dict[str, Any], values: dict[str, str], rng: random.Random, kennzeichen: str) -> None:
    year = shown["year"]
    shown["aktenzeichen"] = f"{kennzeichen}-{rng.randrange(1000, 9999):04d}/{year}"
    shown["kassenzeichen"] = f"5.{rng.randrange(10**4):04d}.{rng.randrange(10**5):05d}.{rng.randrange(10)}"
    shown["rechnungsnummer"] = (
        rng.choice(("RE-", "R", "", "AR/")) + f"{year}{rng.choice(('-', '/', ''))}{rng.randrange(10**4):04d}"
    )
    shown["kfz_kennzeichen"] = f"MU-{rng.choice('ABCEHKL')}{rng.choice('ABCEHKL')} {rng.randrange(10, 9999)}"
    shown["steuer_id"] = _tax_id(rng)
    shown["glaeubiger_id"] = _creditor_id(rng)
    shown["leitweg_id"] = _leitweg_id(rng)
    for name in ("aktenzeichen", "kassenzeichen", "rechnungsnummer"):
        values[name] = shown[name]
    for name in ("kfz_kennzeichen", "steuer_id", "glaeubiger_id", "leitweg_id"):
        values[name] = shown[name].replace(" ", "")
    shown["register_number"] = f"{rng.randrange(1, 1900)}/{year}"
    shown["mandate"] = f"M-{year}-{rng.randrange(10**5):05d}"
    shown["customer_number"] = f"{rng.randrange(10**4, 10**6)}"
    shown["order_number"] = f"45{rng.randrange(10**6):06d}"
    shown["tax_mark"] = f"{rng.randrange(1000, 9999)}"
    shown["chip_number"] = f"276{rng.randrange(10**12):012d}"
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    shown["vin"] = "W" + "".join(rng.choice(letters) for _ in range(16))
    shown["evb_number"] = "".join(rng.choice(letters) for _ in range(7))
    shown["id_card_number"] = "L" + "".join(rng.choice("CFGHJKLMNPRTVWXYZ0123456789") for _ in range(8))
    shown["council_number"] = f"{rng.randrange(100, 3000)}/{rng.randrange(20, 26)}"
    shown["court_case"] = f"{rng.randrange(1, 30)} K {rng.randrange(100, 6000)}/{int(year) % 100:02d}"


def _tax_id(rng: random.Random) -> str:
    """§ 139b AO: of the first ten digits exactly one occurs twice, one is missing; ISO 7064 mod 11,10."""
    digits = list("0123456789")
    rng.shuffle(digits)
    digits[9] = digits[rng.randrange(1, 8)]
    if digits[0] == "0":
        digits[0], digits[9] = digits[9], digits[0]
    number = "".join(digits)
    number += mod_11_10.calc_check_digit(number)
    return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"


def _creditor_id(rng: random.Random) -> str:
    national = f"{rng.randrange(10**11):011d}"
    return f"DE{mod_97_10.calc_check_digits(national + 'DE')}ZZZ{national}"


def _leitweg_id(rng: random.Random) -> str:
    body = f"0511400-{rng.randrange(10**4):05d}"
    return f"{body}-{mod_97_10.calc_check_digits(body.replace('-', ''))}"


def _add_amounts(shown: dict[str, Any], values: dict[str, str], rng: random.Random) -> None:
    positions, net = [], Decimal(0)
    for number, (text, unit) in enumerate(rng.sample(_GOODS, rng.randrange(2, 7)), 1):
        quantity = rng.choice((1, 1, 2, 3, 5, 10, 12, 20))
        price = Decimal(rng.randrange(450, 38000)) / 100
        total = price * quantity
        net += total
        positions.append(
            {
                "number": str(number),
                "text": text,
                "quantity": str(quantity),
                "unit": unit,
                "price": german_amount(price),
                "total": german_amount(total),
            }
        )
    tax = (net * Decimal("0.19")).quantize(Decimal("0.01"), ROUND_HALF_UP)
    shown["positions"] = positions
    shown["net"], shown["tax"], shown["betrag"] = map(german_amount, (net, tax, net + tax))
    values["betrag"] = f"{net + tax:.2f}"
    # Amounts of other papers: never beside `betrag`, for each would be read as the other.
    for name, low, high in (
        ("fee", 500, 25000),
        ("rent", 38000, 145000),
        ("small_fee", 250, 4000),
        ("income", 95000, 420000),
    ):
        amount = Decimal(rng.randrange(low, high)) / 100
        shown[name] = german_amount(amount)
        values[name] = f"{amount:.2f}"
    yearly = Decimal(rng.randrange(48, 600))
    shown["yearly"], shown["quarterly"] = german_amount(yearly), german_amount(yearly / 4)
    values["yearly"] = f"{yearly:.2f}"


def _add_subjects(shown: dict[str, Any], values: dict[str, str], rng: random.Random) -> None:
    shown["dog"], shown["breed"] = rng.choice(_DOGS), rng.choice(_BREEDS)
    shown["parcel_district"] = rng.choice(_DISTRICTS)
    shown["parcel_field"], shown["parcel"] = (
        str(rng.randrange(1, 80)),
        f"{rng.randrange(10, 2500)}/{rng.randrange(1, 30)}",
    )
    shown["flurstueck"] = (
        f"Gemarkung {shown['parcel_district']}, Flur {shown['parcel_field']}, Flurstück {shown['parcel']}"
    )
    values["flurstueck"] = f"{shown['parcel_district']} {shown['parcel_field']} {shown['parcel']}"
    shown["rooms"], shown["square_metres"] = str(rng.randrange(1, 6)), str(rng.randrange(28, 165))
    shown["persons"] = str(rng.randrange(1, 6))
    shown["speed"], shown["speed_limit"] = str(rng.randrange(56, 78)), "50"
    shown["committee"] = rng.choice(
        (
            "Ausschusses für Bauen und Verkehr",
            "Schulausschusses",
            "Rates",
            "Sozialausschusses",
            "Hauptausschusses",
        )
    )
    shown["percent"] = str(rng.choice((2, 3, 410, 480, 565)))
