"""Clinical tables as hospitals and hurried hands export them.

Each is read rightly at once, or refused with the place; then what the message says to state in the
cohort's YAML makes it readable, and the values are right.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook

from immunosep_omics.ingest import read_clinical
from immunosep_omics.settings.cohort import Clinical

NAN = float("nan")
FERRITIN = {"from": "Ferritin", "unit": "ng/mL"}
LACTATE = {"from": "Lactate", "unit": "mmol/L"}
SEX = {"from": "Sex", "codes": {"F": "female", "M": "male"}}


@dataclass
class Messy:
    """A table, facts that a reasonable person states first, and what comes of it.

    `refused`: words of the message, none if it is read at once; `stated`: what is stated after
    the message; `values`: the columns that are read then.
    """

    table: str | bytes | list[list[Any]]
    columns: dict[str, Any]
    values: dict[str, list[Any]]
    refused: tuple[str, ...] = ()
    stated: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    name: str = "c.csv"
    notes: tuple[str, ...] = ()


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


MESSY = {
    "titles above the header": Messy(
        lines("ICU export,,", "printed 2024-03-01,,", "id,Age,Ferritin", "p1,70,500", "p2,61,900"),
        {"age": "Age", "ferritin": FERRITIN}, {"age": [70, 61], "ferritin": [500, 900]},
        ("c.csv:1", "row 3 looks like the header", "`header: 3`"), {"header": 3},
        notes=("rows above the header",),
    ),
    "titles above the header of a sheet": Messy(
        [["Report"], [], ["id", "Age", "Ferritin"], ["p1", 70, 500], ["p2", 61, 900]],
        {"age": "Age", "ferritin": FERRITIN}, {"age": [70, 61], "ferritin": [500, 900]},
        ("c.xlsx [sheet Sheet]:1", "`header: 3`"), {"header": 3}, name="c.xlsx",
    ),
    "a line that says the delimiter to Excel": Messy(
        lines("sep=;", "id;Age;Sex", "p1;70;F"), {"age": "Age", "sex": SEX},
        {"age": [70], "sex": ["female"]},
    ),
    "blank rows above the header of a sheet": Messy(
        [[], [], ["id", "Age"], ["p1", 70]], {"age": "Age"}, {"age": [70]}, name="c.xlsx",
    ),
    "days in a row above the header": Messy(
        lines(",Day 0,,Day 4,", "id,Ferritin,CRP,Ferritin,CRP", "p1,500,90,300,40"),
        {"ferritin": {"from": "Day 0 Ferritin", "unit": "ng/mL"},
         "crp": {"from": "Day 4 CRP", "unit": "mg/L"}},
        {"ferritin": [500], "crp": [40]},
        ("c.csv:1: the first row is no header", "`header: [1, 2]`"), {"header": [1, 2]},
    ),
    "merged headers of a sheet": Messy(
        [["id", "Day 0", None, "Day 4"], [None, "Ferritin", "Lactate", "Ferritin"],
         ["p1", 500, 2.5, 300], "merge B1:C1"],
        {"ferritin": {"from": "Day 0 Ferritin", "unit": "ng/mL"},
         "lactate": {"from": "Day 0 Lactate", "unit": "mmol/L"}},
        {"ferritin": [500], "lactate": [2.5]},
        ("header cells are merged: B1:C1", "`header: [1, 2]`"), {"header": [1, 2]}, name="c.xlsx",
    ),
    "headers of one name under different days": Messy(
        lines("Visit,Day 0,Day 4", "id,Ferritin,Ferritin", "p1,500,300"),
        {"ferritin": FERRITIN}, {"ferritin": [300]},
        ("the header 'Ferritin' stands 2 times", "`header: [1, 2]`"),
        {"header": [1, 2], "patient": "Visit id",
         "columns": {"ferritin": {"from": "Day 4 Ferritin", "unit": "ng/mL"}}},
        facts={"header": 2},
    ),
    "units below the header": Messy(
        lines("id,Age,Ferritin", ",years,ng/mL", "p1,70,500"),
        {"age": "Age", "ferritin": FERRITIN}, {"age": [70], "ferritin": [500]},
        ("column 'id', row 2: the patient is not named", "`ignore_rows: [2]`"),
        {"ignore_rows": [2]}, notes=("ignored rows",),
    ),
    "units below the header, and said to be so": Messy(
        lines("id,Age,Ferritin", "Units,years,ng/mL", "p1,70,500", "p2,70,500"),
        {"age": "Age", "ferritin": FERRITIN}, {"age": [70, 70], "ferritin": [500, 500]},
        ("row 2: a summary or the units stand where a patient is named", "`ignore_rows: [2]`"),
        {"ignore_rows": [2]},
    ),
    "a row of means at the end": Messy(
        lines("id,Age,Lactate", "p1,70,2.0", "p2,60,4.0", "Mean,65,3.0", "SD,7.1,1.4"),
        {"age": "Age", "lactate": LACTATE}, {"age": [70, 60]},
        ("rows 4, 5: a summary", "`ignore_rows: [4, 5]`"), {"ignore_rows": [4, 5]},
    ),
    "a row of totals without a name": Messy(
        lines("id,Age,Died", "p1,70,1", "p2,60,0", ",130,1"), {"death_28d": "Died"},
        {"death_28d": [1, 0]}, ("row 4: the patient is not named", "`ignore_rows: [4]`"),
        {"ignore_rows": [4]},
    ),
    "a note below the table of a sheet": Messy(
        [["id", "Age"], *([f"p{n}", 60 + n] for n in range(12)), [],
         ["* age at admission, as told by the family"]],
        {"age": "Age"}, {"age": [60 + n for n in range(12)]},
        ("row 15: a note seems to stand", "`ignore_rows: [15]`"), {"ignore_rows": [15]},
        name="c.xlsx",
    ),
    "a note below the table of a text file": Messy(
        lines("id,Age,Sex", "p1,70,F", "p2,60,M", "Source: archive"),
        {"age": "Age"}, {"age": [70, 60]}, ("c.csv:4", "1 fields", "`ignore_rows: [4]`"),
        {"ignore_rows": [4]},
    ),
    "headings of groups between the rows": Messy(
        lines("id,Age", *(f"p{n},6{n % 10}" for n in range(20)), "Controls,", "p21,50"),
        {"age": "Age"}, {"age": [*(60 + n % 10 for n in range(20)), 50]},
        ("row 22: a note seems to stand",), {"ignore_rows": [22]},
    ),
    "a patient without any value": Messy(
        lines("id,Age,Sex", "p1,70,F", "p2,,", "p3,60,M"), {"age": "Age", "sex": SEX},
        {"age": [70, NAN, 60], "sex": ["female", NAN, "male"]},
    ),
    "the header again on each printed page": Messy(
        lines("id,Age", "p1,70", "id,Age", "p2,60"), {"age": "Age"}, {"age": [70, 60]},
        ("the header stands again (row 3)", "`ignore_rows: [3]`"), {"ignore_rows": [3]},
    ),
    "empty rows and columns": Messy(
        lines("id,,Age,", "p1,,70,", ",,,", "p2,,60,", "", "p3,,50,"), {"age": "Age"},
        {"age": [70, 60, 50]},
    ),
    "a scribble beside the table": Messy(
        [["id", "Age", None], ["p1", 70, None], ["p2", 60, "ask Anna!"]], {"age": "Age"},
        {"age": [70, 60]}, ("column C has values (row 3) but no header", "`header: 1`"),
        {"header": 1}, name="c.xlsx",
    ),
    "spaces that nobody sees": Messy(
        lines("\ufeffid ,Ferritin\u00a0 level ,\u200bAge", " p1\u00a0,\u00a0500 ,70",
              "p2 , 900\u00a0,60\u200b"),
        {"ferritin": {"from": "Ferritin level", "unit": "ng/mL"}, "age": "Age"},
        {"ferritin": [500, 900], "age": [70, 60]},
    ),
    "line breaks in headers": Messy(
        [["id", "Ferritin\n(ng/mL)"], ["p1", 500]], {"ferritin": "Ferritin (ng/mL)"},
        {"ferritin": [500]}, name="c.xlsx",
    ),
    "an accent in two characters": Messy(
        lines("id,A\u0302ge", "p1,70"), {"age": "\u00c2ge"}, {"age": [70]},
    ),
    "sexes in five spellings": Messy(
        lines("id,Sex", "p1,male", "p2,Male", "p3,M", "p4,m", "p5,1", "p6,f"),
        {"sex": SEX}, {"sex": ["male"] * 5 + ["female"]},
        ("column 'Sex', row 2: a code that is not declared 'male'", "row 6: a code", "`codes`"),
        {"columns": {"sex": {"from": "Sex", "codes": {
            "male": "male", "Male": "male", "M": "male", "m": "male", "1": "male",
            "f": "female"}}}},
    ),
    "yes and no in several languages": Messy(
        lines("id,Shock", "p1,yes", "p2,no", "p3,ja", "p4,nein", "p5,oui", "p6,Ja"),
        {"septic_shock": {"from": "Shock", "codes": {"yes": 1, "no": 0}}},
        {"septic_shock": [1, 0, 1, 0, 1, 1]},
        ("row 4: a code that is not declared 'ja'", "row 5", "row 6", "row 7"),
        {"columns": {"septic_shock": {"from": "Shock", "codes": {
            "yes": 1, "no": 0, "ja": 1, "Ja": 1, "nein": 0, "oui": 1}}}},
    ),
    "yes and no as truth values": Messy(
        [["id", "Shock"], ["p1", True], ["p2", False]],
        {"septic_shock": {"from": "Shock", "codes": {"TRUE": 1, "FALSE": 0}}},
        {"septic_shock": [1, 0]}, name="c.xlsx",
    ),
    "levels in two spellings": Messy(
        lines("id,Centre", "p1,Athens", "p2,athens", "p3,Athens ", "p4,Cork"),
        {"centre": "Centre"}, {"centre": ["Athens", "Athens", "Athens", "Cork"]},
        ("row 3: 'athens' is also written 'Athens'", "`codes`", "`checked: [levels]`"),
        {"columns": {"centre": {"from": "Centre", "codes": {
            "Athens": "Athens", "athens": "Athens", "Cork": "Cork"}}}},
    ),
    "numbers with their unit": Messy(
        lines("id,Lactate", "p1,5.2 mmol/l", "p2,3mmol/L", "p3,27 mg/dL", "p4,"),
        {"lactate": LACTATE}, {"lactate": [5.2, 3, 27 * 0.111012, NAN]},
        ("rows 2, 3, 4: a number followed by a unit", "`unit_from`"),
        {"columns": {"lactate": {"from": "Lactate", "unit_from": "Lactate"}}},
    ),
    "counts with units that begin with a number": Messy(
        lines("id,Plt", "p1,152 10^9/L", "p2,98 x10^9/L", "p3,201000 /uL"),
        {"platelets": {"from": "Plt", "unit_from": "Plt"}}, {"platelets": [152, 98, 201]},
    ),
    "values below and above the limits of the assay": Messy(
        lines("id,CRP,Ferritin", "p1,<5,500", "p2,80,>16500", "p3,7.5,900"),
        {"crp": {"from": "CRP", "unit": "mg/L"}, "ferritin": FERRITIN},
        {"crp": [2.5, 80, 7.5], "ferritin": [500, 16500, 900]},
        ("column 'CRP', row 2: a value with < or >", "column 'Ferritin', row 3", "`codes:"),
        {"columns": {"crp": {"from": "CRP", "unit": "mg/L", "codes": {"<5": 2.5}},
                     "ferritin": {**FERRITIN, "codes": {">16500": 16500}}}},
    ),
    "decimal commas among decimal points": Messy(
        lines("id,Lactate", "p1,2.5", 'p2,"3,1"', "p3,1.9"), {"lactate": LACTATE},
        {"lactate": [2.5, 3.1, 1.9]},
        ("row 3: a number that is ambiguous while the decimal mark is '.'", "`codes:"),
        {"columns": {"lactate": {**LACTATE, "codes": {"3,1": 3.1}}}},
    ),
    "decimal commas of one site": Messy(
        lines("id;Lactate;Ferritin", "p1;2,5;1.250,5", "p2;3,1;300"),
        {"lactate": LACTATE, "ferritin": FERRITIN},
        {"lactate": [2.5, 3.1], "ferritin": [1250.5, 300]},
        ("ambiguous", "`decimal`"), {"decimal": ",", "thousands": "."}, facts={"delimiter": ";"},
    ),
    "apostrophes between thousands": Messy(
        lines("id,Ferritin", "p1,12'500", "p2,1\u2019200.5"), {"ferritin": FERRITIN},
        {"ferritin": [12500, 1200.5]}, ("ambiguous", "`thousands`"), {"thousands": "'"},
    ),
    "errors of a spreadsheet": Messy(
        lines("id,Lactate,Age", "p1,#DIV/0!,70", "p2,2.5,#N/A"), {"lactate": LACTATE, "age": "Age"},
        {"lactate": [NAN, 2.5], "age": [70, NAN]},
        ("row 2: a spreadsheet error #DIV/0!", "row 3: a spreadsheet error #N/A", "`missing`"),
        {"missing": ["", "#DIV/0!", "#N/A"]},
    ),
    "codes for not known that nobody declared": Messy(
        lines("id,Age,Weight,Lactate,Site", "p1,999,80,-9,lung", "p2,60,-9,2.5,unknown",
              "p3,70,999,3,not applicable", "p4,NULL,75,n/a,."),
        {"age": "Age", "weight": {"from": "Weight", "type": "number"}, "lactate": LACTATE,
         "site": "Site"},
        {"age": [NAN, 60, 70, NAN], "weight": [80, NAN, NAN, 75],
         "lactate": [NAN, 2.5, 3, NAN], "site": ["lung", NAN, NAN, NAN]},
        ("column 'Age', row 2: implausible", "column 'Age', row 5: text 'NULL'",
         "column 'Weight', rows 3, 4: looks like a code", "column 'Lactate', row 2: implausible",
         "column 'Lactate', row 5: text 'n/a'", "column 'Site', row 3: 'unknown'",
         "column 'Site', row 4: 'not applicable'", "column 'Site', row 5: '.'"),
        {"missing": ["", "NULL", "999", "-9", "n/a", "unknown", "not applicable", "."]},
    ),
    "values that are right though they look like codes": Messy(
        lines("id,Fluid", "p1,-9", "p2,3", "p3,2"), {"fluid": {"from": "Fluid", "type": "number"}},
        {"fluid": [-9, 3, 2]}, ("looks like a code", "`checked: [range]`"),
        {"columns": {"fluid": {"from": "Fluid", "type": "number", "checked": ["range"]}}},
        notes=("doubt that was checked",),
    ),
    "a true range that looks like two units": Messy(
        lines("id,Ferritin", *(f"p{n},{x}" for n, x in enumerate([0.5, 0.8, *range(50, 90)]))),
        {"ferritin": {**FERRITIN, "checked": ["range"]}},
        {"ferritin": [0.5, 0.8, *range(50, 90)]},
        ("rows 2, 3: usual in", "`checked: [unit]`"),
        {"columns": {"ferritin": {**FERRITIN, "checked": ["unit", "range"]}}},
        notes=("doubt that was checked",),
    ),
    "dates with the day first": Messy(
        lines("id,Onset,Sampled", "p1,3/4/2024 08:00,4/4/2024 20:00", "p2,13/04/24,14/04/24"),
        {"hours": {"from": "Sampled", "type": "date", "since": "Onset"}}, {"hours": [36, 24]},
        ("rows 2, 3: not a date that can only be read in one way", "`dates: d/m/y`"),
        {"columns": {"hours": {"from": "Sampled", "type": "date", "since": "Onset",
                               "dates": "d/m/y"}}},
    ),
    "dates with the month first": Messy(
        lines("id,Onset,Sampled", "p1,4/3/2024 11:00 PM,4/4/2024 1:30 AM",
              "p2,2024-04-03,4/5/2024"),
        {"hours": {"from": "Sampled", "type": "date", "since": "Onset", "dates": "m/d/y"}},
        {"hours": [2.5, 48]},
    ),
    "dates with day and month first, mixed": Messy(
        lines("id,Onset,Sampled", "p1,3/4/2024,4/4/2024", "p2,2024-04-03,4/14/2024"),
        {"hours": {"from": "Sampled", "type": "date", "since": "Onset", "dates": "d/m/y"}},
        {"hours": [24, NAN]}, ("column 'Sampled', row 3: not a date",),
        {"columns": {"hours": {"from": "Sampled", "type": "date", "since": "Onset",
                               "dates": "d/m/y", "missing": ["4/14/2024"]}}},
    ),
    "dates as the numbers of a spreadsheet": Messy(
        lines("id,Onset,Sampled", "p1,45385,45386.5", "p2,2024-04-03,45386"),
        {"hours": {"from": "Sampled", "type": "date", "since": "Onset"}}, {"hours": [36, 24]},
        ("column 'Onset', row 2", "column 'Sampled', rows 2, 3", "`excel`"),
        {"columns": {"hours": {"from": "Sampled", "type": "date", "since": "Onset",
                               "dates": "excel"}}},
    ),
    "dates of a sheet beside dates as text": Messy(
        [["id", "Onset", "Sampled"], ["p1", datetime(2024, 4, 3, 8), "2024-04-03 20:00"],
         ["p2", date(2024, 4, 3), "04.04.2024"]],
        {"hours": {"from": "Sampled", "type": "date", "since": "Onset"}}, {"hours": [12, 24]},
        name="c.xlsx",
    ),
    "a date of birth": Messy(
        lines("id,DOB,Age", "p1,1950-01-01,74"), {"born": "DOB"}, {"age": [74]},
        ("the header 'DOB' looks like a birth date",), {"columns": {"age": "Age"}},
    ),
    "rows that a filter hides": Messy(
        [["id", "Age"], ["p1", 70], ["p2", 60], "hide 2"], {"age": "Age"}, {"age": [70, 60]},
        name="c.xlsx", notes=("hidden rows",),
    ),
    "a hidden sheet before the data": Messy(
        {"lists": [["yes"], ["no"], "hide"], "data": [["id", "Age"], ["p1", 70]]}, {"age": "Age"},
        {"age": [70]}, name="c.xlsx",
    ),
    "the data on a later sheet": Messy(
        {"Read me": [["Codebook"]], "data": [["id", "Age"], ["p1", 70]]}, {"age": "Age"},
        {"age": [70]},
        ("[sheet Read me]", "there is no column 'id'", "`sheet`, if it is another one: data"),
        {"sheet": "data"},
        name="c.xlsx",
    ),
    "formulas that were never computed": Messy(
        [["id", "Age"], ["p1", "=70+1"]], {"age": "Age"}, {},
        ("1 formulas have no kept value: B2", "open the workbook"), name="c.xlsx",
    ),
    "a column per day": Messy(
        lines("id,ferritin_d1,ferritin_d4", "p1,500,300", "p2,900,"),
        {"ferritin": {"from": "ferritin_d1", "unit": "ng/mL"},
         "ferritin_day4": {"from": "ferritin_d4", "type": "number"}},
        {"ferritin": [500, 900], "ferritin_day4": [300, NAN]},
    ),
    "names of two columns": Messy(
        lines("Patient,Day,Age", "p1,0,70", "p1,4,70", "p2,0,60"), {"age": "Age"},
        {"age": [70, 70, 60], "sample": ["p1_d0", "p1_d4", "p2_d0"]},
        ("column 'Patient', rows 2, 3: the same sample stands in several rows",
         '`sample: "{Patient}_{Day}"`'),
        {"sample": "{Patient}_d{Day}"}, facts={"patient": "Patient"},
    ),
    "names of two columns, one of them wrong": Messy(
        lines("Patient,Day,Age", "p1,0,70", "p1,,70"), {"age": "Age"}, {"age": [70]},
        ("there is no column 'Dya'", "did you mean 'Day'?"),
        {"sample": "{Patient}_{Day}", "ignore_rows": [3]},
        facts={"patient": "Patient", "sample": "{Patient}_{Dya}"},
    ),
    "Excel's Unicode text": Messy(
        "id\tÂge\np1\t70\n".encode("utf-16"), {"age": "Âge"}, {"age": [70]}, name="c.txt",
    ),
    "Greek without Unicode": Messy(
        "id,Ηλικία,Μονάδα\np1,70,ΜΕΘ\n".encode("cp1253"), {"age": "Ηλικία", "ward": "Μονάδα"},
        {"age": [70], "ward": ["ΜΕΘ"]},
        ("there is no column 'Ηλικία'", "if its letters are of another script, state `encoding`"),
        {"encoding": "windows-1253"}, notes=("encoding",),
    ),
    "Windows-1252 with semicolons": Messy(
        "id;Âge;Laktat\np1;70;2,5\n".encode("cp1252"), {"age": "Âge", "lactate": {
            "from": "Laktat", "unit": "mmol/L"}},
        {"age": [70], "lactate": [2.5]}, ("only one column is found", '`delimiter`: ";"'),
        {"delimiter": ";"}, facts={"decimal": ","}, notes=("encoding",),
    ),
    "an SPSS file": Messy(
        b"$FL2@(#) SPSS DATA FILE\0\0", {"age": "Age"}, {}, ("c.sav: is an SPSS file", "CSV"),
        name="c.sav",
    ),
    "Excel's old format": Messy(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {"age": "Age"}, {}, ("old format", "save it as .xlsx"),
        name="c.xls",
    ),
    "no header at all": Messy(
        lines("p1,70,16500", "p2,60,300"), {"age": "Age"}, {},
        ("there is no column 'id' -> the row that is read as the headers holds numbers",),
    ),
    "the wrong row of headers": Messy(
        lines("id,Age,Ferritin", "p1,70,16500"), {"ferritin": FERRITIN}, {"ferritin": [16500]},
        ("there is no column 'id'", "state the row in which they stand"), {"header": 1},
        facts={"header": [1, 2]},
    ),
    "units and numbers in exchanged columns": Messy(
        lines("id,L,U", "p1,mmol/L,3.1"), {"lactate": {"from": "L", "unit_from": "U"}}, {},
        ("column 'L', row 2: text 'mmol/L'",),
    ),
    "numbers in the column of units": Messy(
        lines("id,L,U", "p1,2.5,16500"), {"lactate": {"from": "L", "unit_from": "U"}}, {},
        ("column 'U', row 2: a unit that is not known -> write a unit that is known: mmol/L",),
    ),
    "a web page that is called a workbook": Messy(
        lines("<html><table><tr><td>id</td>"), {"age": "Age"}, {},
        ("is a web page", ".xlsx or CSV"),
        name="c.xls",
    ),
    "patients of numbers in a sheet": Messy(
        [["id", "Age"], [7, 70], [12.0, 60]], {"age": "Age"},
        {"age": [70, 60], "patient": ["7", "12"]}, name="c.xlsx",
    ),
    "patients that became dates": Messy(
        [["id", "Age"], [datetime(2024, 3, 1), 70], ["p2", 60]], {"age": "Age"}, {"age": [60]},
        ("column 'id', row 2: the patient is named by a date", "`ignore_rows`"),
        {"ignore_rows": [2]}, name="c.xlsx",
    ),
    "patients that became short numbers": Messy(
        lines("id,Age", "1.23E+11,70", "p2,60"), {"age": "Age"}, {"age": [60]},
        ("column 'id', row 2: the patient is named by a number cut short", "`ignore_rows`"),
        {"ignore_rows": [2]},
    ),
    "one patient in two spellings": Messy(
        lines("id,s,Age", "P-01,a,70", "p\u201101,b,70"), {"age": "Age"}, {},
        ("column 'id', rows 2, 3: names of one patient differ in upper and lower case",),
        facts={"sample": "s"},
    ),
    "one patient on two visits": Messy(
        lines("id,Visit,Age", "p1,V1,70", "p1,V2,71", "p2,V1,60"), {"age": "Age"},
        {"age": [70, 60]}, ("rows 2, 3: the same sample stands in several rows", "`only`"),
        {"only": {"Visit": "V1"}},
    ),
    "two samples of one patient at one time": Messy(
        lines("id,s,h", "p1,a,0", "p1,b,0", "p2,c,0"), {"hours": {"from": "h", "unit": "h"}},
        {"hours": [0, 0, 0]}, facts={"sample": "s"},
        notes=("samples of one patient at one time",),
    ),
    "one patient of two sexes": Messy(
        lines("id,s,Sex,Age", "p1,a,F,70", "p1,b,M,20", "p2,c,F,5"), {"sex": SEX, "age": "Age"}, {},
        ("(patient and sex), rows 2, 3: one patient has both sexes",
         "(patient and age), rows 2, 3: one patient's ages differ"),
        facts={"sample": "s"},
    ),
}  # fmt: skip


def workbook(path, sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            if isinstance(row, list):
                sheet.append(row)
            elif row == "hide":
                sheet.sheet_state = "hidden"
            elif row.startswith("merge"):
                sheet.merge_cells(row.split()[1])
            else:
                sheet.row_dimensions[int(row.split()[1])].hidden = True
    book.active = len(sheets) - 1
    book.save(path)


@pytest.fixture
def save(tmp_path):
    def write(messy):
        path = tmp_path / messy.name
        if isinstance(messy.table, str):
            path.write_text(messy.table, encoding="utf-8")
        elif isinstance(messy.table, bytes):
            path.write_bytes(messy.table)
        else:
            found = messy.table
            workbook(path, found if isinstance(found, dict) else {"Sheet": found})
        return tmp_path

    return write


def read(folder, messy, **stated):
    facts = {"file": messy.name, "patient": "id", "columns": messy.columns, **messy.facts}
    return read_clinical("x", Clinical.model_validate({**facts, **stated}), folder)


@pytest.mark.parametrize("what", MESSY)
def test_read_rightly_or_refused_with_a_remedy_that_works(save, refused, what):
    messy = MESSY[what]
    folder = save(messy)
    if messy.refused:
        message = refused(lambda: read(folder, messy), messy.name, *messy.refused)
        assert not any(secret in message for secret in ("p1", "16500", "3,1", "1.23E"))
    if not messy.values:
        return
    found = read(folder, messy, **messy.stated)
    table = found.table.reset_index()
    for column, values in messy.values.items():
        for cell, value in zip(table[column], values, strict=True):
            same = pd.isna(cell) if pd.isna(value) else cell == pytest.approx(value)
            assert same, f"{column}: {cell} is not {value}"
    steps = {note.step for note in found.notes}
    assert set(messy.notes) <= steps
