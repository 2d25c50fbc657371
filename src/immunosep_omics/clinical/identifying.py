"""Headers of columns that would identify a person, and so are never read."""

from __future__ import annotations

import re
import unicodedata

_PATTERNS = {
    "a person's name": (
        r"^(patient|full|first|last|family|given|middle|sur|pat|legal)?s? ?names?$",
        r"\b(surname|forename|initials|(first|last|family|given|full) ?name)\b",
        r"\b(patients? name|name of patient)\b",
        r"\b(nachname|vorname|familienname|geburtsname|achternaam|voornaam|naam)\b",
        r"^(nom|nombres?|nome|sobrenome|onoma)( (du|de|del|do|della)( la)?)?"
        r"( (patient|patiente|famille|paciente|paziente))?$",
        r"\b(prenom|apellidos?|cognome|nazwisko|imie|efternamn|fornamn|επωνυμο|ονομα)\b",
    ),
    "a birth date": (
        r"\bdob\b",
        r"\b(date|day|month|year) of birth\b",
        r"\bbirth ?(date|day|year)\b",
        r"\b(geburts(datum|tag|jahr)|geb datum|geboortedatum|fodelsedatum)\b",
        r"\b(date de naissance|fecha de nacimiento|data di nascita|data de nascimento)\b",
        r"ημερομηνια γεννησ",
    ),
    "a record or insurance number": (
        r"\bmrn\b",
        r"\b(medical|patient|health) record\b|\brecord (no|nr|num|number)\b",
        r"\b(hospital|chart|admission|encounter|insurance|policy|passport|national|identity card)"
        r" ?(no|nr|num|number)\b",
        r"\b(national|insurance|passport) id\b",
        r"\b(ssn|nhs ?number|amka|bsn|burgerservicenummer|social security)\b",
        r"\b(versicherten ?nummer|versicherungsnummer|fallnummer|krankenkasse|insurance)\b",
        r"\b(numero de securite sociale|nss|codice fiscale|pesel|personnummer|αμκα)\b",
    ),
    "an address": (
        r"\b(home |street |postal |e ?mail )?address\b",
        r"\b(street|post ?code|postal code|zip( ?code)?|plz|anschrift|adresse|strasse|direccion)\b",
        r"\b(indirizzo|adres|διευθυνση)\b",
    ),
    "a phone number or e-mail": (
        r"\b(tele)?phone( ?(no|nr|number))?\b",
        r"\b(mobile|cell) (phone|number|no)\b",
        r"\b(e ?mail|telefon|telefoon|telefono|handynummer|fax|τηλεφωνο)\b",
    ),
}
_COMPILED = {what: [re.compile(p) for p in patterns] for what, patterns in _PATTERNS.items()}


def looks_identifying(header: str) -> str | None:
    """What a header seems to hold if that identifies a person, otherwise None."""
    words = _words(header)
    for what, patterns in _COMPILED.items():
        if any(pattern.search(words) for pattern in patterns):
            return what
    return None


def _words(header: str) -> str:
    """Lower-case words without accents: "DateOfBirth" and "date_of_birth" become the same."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    plain = unicodedata.normalize("NFKD", spaced)
    letters = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return re.sub(r"[\W_]+", " ", letters).strip()
