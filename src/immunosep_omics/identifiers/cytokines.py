"""Cytokines and other plasma markers as laboratories spell them: IL-1β, sCD25, TNF-a (pg/mL)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from immunosep_omics.identifiers.naming import name_genes
from immunosep_omics.identifiers.table import GeneTable, gene_table

TRIVIAL: dict[str, str] = dict(
    pair.split("=")
    for pair in (
        "il1ra=IL1RN il1ri=IL1R1 il1rii=IL1R2 il2r=IL2RA cd25=IL2RA il6r=IL6R il7=IL7 il8=CXCL8"
        " il12p40=IL12B il17=IL17A il18bp=IL18BP il18bpa=IL18BP il21=IL21 il28a=IFNL2"
        " il28b=IFNL3 il29=IFNL1 il33r=IL1RL1 il1r4=IL1RL1 st2=IL1RL1 il2receptor=IL2RA"
        " tnfa=TNF tnfb=LTA lta=LTA cachectin=TNF tnfri=TNFRSF1A tnfr1=TNFRSF1A"
        " tnfrp55=TNFRSF1A tnfrii=TNFRSF1B tnfr2=TNFRSF1B tnfrp75=TNFRSF1B trail=TNFSF10"
        " fasl=FASLG fasligand=FASLG cd40l=CD40LG baff=TNFSF13B april=TNFSF13 light=TNFSF14"
        " ifnb=IFNB1 ifna2a=IFNA2 ifna2b=IFNA2"
        " gcsf=CSF3 gmcsf=CSF2 mcsf=CSF1 scf=KITLG flt3l=FLT3LG flt3ligand=FLT3LG tpo=THPO"
        " epo=EPO erythropoietin=EPO"
        " mcp1=CCL2 mcaf=CCL2 mcp2=CCL8 mcp3=CCL7 mcp4=CCL13 mip1a=CCL3 mip1b=CCL4 mip1d=CCL15"
        " mip2=CXCL2 mip3a=CCL20 mip3b=CCL19 rantes=CCL5 eotaxin=CCL11 eotaxin1=CCL11"
        " eotaxin2=CCL24 eotaxin3=CCL26 ip10=CXCL10 mig=CXCL9 itac=CXCL11 fractalkine=CX3CL1"
        " mdc=CCL22 tarc=CCL17 sdf1=CXCL12 sdf1a=CXCL12 groa=CXCL1 grob=CXCL2 grog=CXCL3"
        " ena78=CXCL5 gcp2=CXCL6 blc=CXCL13 bca1=CXCL13 i309=CCL1 ctack=CCL27"
        " vegf=VEGFA pdgfbb=PDGFB pdgfaa=PDGFA fgfbasic=FGF2 basicfgf=FGF2 bfgf=FGF2 bngf=NGF"
        " ang1=ANGPT1 ang2=ANGPT2 angiopoietin1=ANGPT1 angiopoietin2=ANGPT2 endocan=ESM1"
        " vegfr1=FLT1 flt1=FLT1 vegfr2=KDR tie2=TEK"
        " eselectin=SELE pselectin=SELP lselectin=SELL pecam1=PECAM1 cd31=PECAM1 cd62e=SELE"
        " cd62p=SELP cd62l=SELL cd54=ICAM1 cd106=VCAM1 syndecan1=SDC1 thrombomodulin=THBD"
        " pai1=SERPINE1 tpa=PLAT upar=PLAUR supar=PLAUR cd87=PLAUR tissuefactor=F3"
        " vonwillebrandfactor=VWF antithrombin=SERPINC1 antithrombiniii=SERPINC1 proteinc=PROC"
        " pct=CALCA procalcitonin=CALCA hscrp=CRP creactiveprotein=CRP pentraxin3=PTX3"
        " ngal=LCN2 lipocalin2=LCN2 cystatinc=CST3 resistin=RETN leptin=LEP adiponectin=ADIPOQ"
        " myeloperoxidase=MPO perforin=PRF1 perforin1=PRF1 granzymea=GZMA granzymeb=GZMB"
        " granulysin=GNLY enrage=S100A12 rage=AGER lactoferrin=LTF neutrophilelastase=ELANE"
        " pd1=PDCD1 pdl1=CD274 pdl2=PDCD1LG2 tim3=HAVCR2 galectin1=LGALS1 galectin3=LGALS3"
        " galectin9=LGALS9 gal9=LGALS9 gal3=LGALS3 osteopontin=SPP1 osteoprotegerin=TNFRSF11B"
        " opg=TNFRSF11B spd=SFTPD kl6=MUC1 albumin=ALB upa=PLAU tm=THBD gh=GH1 par1=F2R nep=MME"
        " pdgfsubunitb=PDGFB laptgfb1=TGFB1 hsp27=HSPB1 gdnfra3=GFRA3 hoscar=OSCAR"
        " il12=IL12A/IL12B il12p70=IL12A/IL12B il23=IL23A/IL12B il27=IL27/EBI3"
        " il35=IL12A/EBI3 ifna=IFNA1/IFNA2 gro=CXCL1/CXCL2/CXCL3 pdgf=PDGFA/PDGFB"
        " pdgfab=PDGFA/PDGFB pdgfabbb=PDGFA/PDGFB calprotectin=S100A8/S100A9"
        " s100a8a9=S100A8/S100A9 mrp814=S100A8/S100A9 ferritin=FTH1/FTL"
        " ddimer=FGA/FGB/FGG fibrinogen=FGA/FGB/FGG hcg=CGA/CGB3"
    ).split()
)  # fmt: skip
"""Genes of trivial names (HGNC, UniProt), spelled as :func:`_plain` spells them.

What several genes make up (IL-12p70) is none of them, and keeps its name.
"""

OLINK_UNCLEAR = {"TF": ("F3", "TF")}
"""Names of Olink's assays that mean one gene in some panels and its namesake in others."""

LABORATORY_UNCLEAR = {"TPO": ("THPO", "TPO")}
"""Laboratories write so of thrombopoietin, but it is the symbol of thyroid peroxidase."""

FRAGMENTS = ("C3a", "C4a", "C5a")
"""Split products, whose amount is not that of their gene's protein: they keep their names."""

_UNIT = re.compile(
    r"[\s_.,(\[]+(?:(?:[fpnuµμm]g|[kmµμu]?I?U|[fpnµμum]?mol)[\s_./]*(?:per[\s_./]*)?[dmuµμ]?L"
    r"|[fpnµμum]M|MFI)\W*$",
    re.IGNORECASE,
)
_TWO = re.compile(r"([^/()\[\]]+?)\s*[/(\[]\s*([^/()\[\]]+?)\s*[)\]]?")
_BEAD = re.compile(r"\s*\((?:\d+|[AB]\d{1,2})\)")
"""Bio-Plex numbers the beads, `(19)`, and LEGENDplex names them, `(A4)`."""
_HUMAN = re.compile(r"(?:hu|human|h)[-_. ]+|h(?=IL|TNF|IFN)", re.IGNORECASE)
_SOLUBLE = re.compile(r"s(?=[A-Z])")
_GREEK = str.maketrans("αβßγλ", "abbgl")
_WORDS = (("alpha", "a"), ("beta", "b"), ("gamma", "g"), ("lambda", "l"),
          ("interleukin", "il"), ("interferon", "ifn"), ("tumornecrosisfactor", "tnf"),
          ("tumournecrosisfactor", "tnf"))  # fmt: skip


def name_cytokines(
    names: Sequence[str], table: GeneTable | None = None, *, olink: bool = False
) -> pd.DataFrame:
    """Current symbols of cytokines: columns as :func:`name_genes` has them.

    The `route` is `cytokine` where a trivial name or a spelling (units, Greek letters, hyphens, an
    `s` for soluble) led to the gene. Names that nothing fits are kept as they are. `olink` tells
    that they are names of Olink's assays, spelled alike but for `OLINK_UNCLEAR`.
    """
    table = table or gene_table()
    found = name_genes(names, table)
    for row, name in enumerate(names):
        genes = [] if found["route"].iloc[row] == "symbol" else _genes(name, table)
        unclear = OLINK_UNCLEAR if olink else LABORATORY_UNCLEAR
        genes = list(unclear.get(name.strip(), genes))
        if name.strip() in FRAGMENTS:
            found.loc[row, ["gene", "route", "status", "candidates", "name"]] = [
                np.nan, "", "unknown", np.nan, name.strip(),
            ]  # fmt: skip
        elif genes:
            gene = genes[0] if len(genes) == 1 else None
            found.loc[row, ["gene", "route", "status", "candidates", "name"]] = [
                gene or np.nan, "cytokine", "changed" if gene else "ambiguous",
                np.nan if gene else ";".join(genes), gene or name.strip(),
            ]  # fmt: skip
    return found


def _genes(name: str, table: GeneTable) -> list[str]:
    """The genes of a name; where two names stand together (CXCL9/MIG), of both if they agree."""
    found = _genes_of_one(name, table)
    if found:
        return found
    two = _TWO.fullmatch(_BEAD.sub("", _UNIT.sub("", name.strip())))
    if not two:
        return []
    first, second = (_genes_of_one(part, table) for part in (two[1], two[2]))
    return first if first == second else []


def _genes_of_one(name: str, table: GeneTable) -> list[str]:
    """The genes of a name: a trivial name, a symbol, or an alias of a single gene."""
    plain = _plain(name)
    spellings = [plain]
    if _SOLUBLE.match(name.strip()):
        spellings = [plain[1:], plain]
    for spelled in spellings:
        if spelled in TRIVIAL:
            return TRIVIAL[spelled].split("/")
    for spelled in spellings:
        if symbol := table.symbols_in_capitals.get(spelled.upper()):
            return table.symbols_of(symbol)
    alias = table.aliases_in_capitals.get(plain.upper(), ())
    return table.symbols_of(alias) if len(alias) == 1 else []


def _plain(name: str) -> str:
    """A name in small letters and digits, without units, long words shortened as usual."""
    text = _HUMAN.sub("", _BEAD.sub("", _UNIT.sub("", name.strip())), count=1)
    text = re.sub(r"[^0-9a-z]", "", text.translate(_GREEK).lower().translate(_GREEK))
    for word, short in _WORDS:
        text = text.replace(word, short)
    return text
