"""Headers that would identify a person."""

import pytest

from immunosep_omics.clinical.identifying import looks_identifying


@pytest.mark.parametrize(
    "header",
    [
        "Name", "Surname", "patient_name", "FirstName", "last name", "Nachname", "Vorname",
        "Prénom",
        "Apellidos", "Cognome", "Επώνυμο", "DOB", "Date of birth", "BirthDate", "Geburtsdatum",
        "geboortedatum", "fecha de nacimiento", "date_de_naissance", "Ημερομηνία γέννησης", "MRN",
        "Hospital number", "medical record id", "Insurance", "insurance_no", "NHS number", "AMKA",
        "Home address", "Postcode", "Anschrift", "phone", "Telefon", "Mobile number", "E-Mail",
    ],
)  # fmt: skip
def test_identifying(header):
    assert looks_identifying(header)


@pytest.mark.parametrize(
    "header",
    [
        "PatID", "Patient ID", "Sample name", "SampleID", "record_id", "Gene name", "Site name",
        "Hospital_free_days_45", "hospital_id", "Age", "Birth weight", "Ferritin", "mHLA-DR",
        "Temperature",
        "Cohort name", "Cell count", "Albany_sampleID", "Country of residence", "Outcome", "zipper",
    ],
)  # fmt: skip
def test_harmless(header):
    assert looks_identifying(header) is None
