"""The French schema of bike lanes (BNAC) as data: fields, their values, and what older files say.

Source: etalab/amenagements-cyclables 0.3.5 of 2024-10-04, "schema_amenagements_cyclables.json", and
its changelog; the older spellings come from etalab/schema-amenagements-cyclables. `_d` is the right
side of a line as it is drawn, `_g` the left one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

VERSION: Final = "0.3.5"
Kind = Literal["text", "choice", "number", "flag", "date"]

# The dtype of a column. Absent: "" of text and choices, NaN of numbers, -1 of flags, NaT of dates.
DTYPES: Final[Mapping[Kind, str]] = {
    "text": "str", "choice": "str", "number": "float64", "flag": "int8", "date": "datetime64[s]",
}  # fmt: skip

FACILITIES: Final = (
    "PISTE CYCLABLE", "BANDE CYCLABLE", "DOUBLE SENS CYCLABLE PISTE", "DOUBLE SENS CYCLABLE BANDE",
    "DOUBLE SENS CYCLABLE NON MATERIALISE", "VOIE VERTE", "VELO RUE", "COULOIR BUS+VELO", "RAMPE",
    "GOULOTTE", "AMENAGEMENT MIXTE PIETON VELO HORS VOIE VERTE",
    "CHAUSSEE A VOIE CENTRALE BANALISEE", "ACCOTEMENT REVETU HORS CVCB", "AUCUN", "AUTRE",
)  # fmt: skip
REGIMES: Final = (
    "ZONE 30", "AIRE PIETONNE", "ZONE DE RENCONTRE", "EN AGGLOMERATION", "HORS AGGLOMERATION",
    "AUTRE",
)  # fmt: skip
SENSES: Final = ("UNIDIRECTIONNEL", "BIDIRECTIONNEL")
PLACES: Final = ("TROTTOIR", "INTERMEDIAIRE", "CHAUSSEE")
STATES: Final = ("EN TRAVAUX", "EN SERVICE", "PROVISOIRE")
SURFACES: Final = ("LISSE", "RUGUEUX", "MEUBLE")
NETWORKS: Final = ("REV", "Structurant", "Autre")
BICYCLES: Final = ("ROLLER", "VELO DE ROUTE", "VTC", "VTT")

# Values of older versions, two of which are typing errors of the schema itself, as read: never
# written.
OLD_VALUES: Final[Mapping[str, str]] = {
    "AMENAGEMENT MIXTES PIETON VELO HORS VOIE VERTE":
        "AMENAGEMENT MIXTE PIETON VELO HORS VOIE VERTE",
    "ACCOTEMENT REVENTU HORS CVCB": "ACCOTEMENT REVETU HORS CVCB",
    "DOUBLE SENS CYCLABLE": "DOUBLE SENS CYCLABLE NON MATERIALISE",
}  # fmt: skip

# Fields of older versions -> those they fill where these are absent.
OLD_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "revetement_d": ("revet_d",), "revetement_g": ("revet_g",),  # until 0.3.2
    "regime_v_d": ("regime_d",), "regime_v_g": ("regime_g",),  # until 0.2.0, as the rest
    "local_ame": ("local_d", "local_g"), "statut_ame": ("statut_d", "statut_g"),
    "code_com": ("code_com_d", "code_com_g"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. Numbers outside `least`..`most` are taken as absent: no lane is 150 m wide."""

    name: str
    kind: Kind = "text"
    required: bool = False
    allowed: tuple[str, ...] = ()
    least: float = 0.0
    most: float = 0.0


def _side(side: str) -> tuple[Field, ...]:
    return (
        Field(name=f"code_com_{side}", required=True),
        Field(name=f"ame_{side}", kind="choice", required=True, allowed=FACILITIES),
        Field(name=f"regime_{side}", kind="choice", allowed=REGIMES),
        Field(name=f"sens_{side}", kind="choice", allowed=SENSES),
        Field(name=f"largeur_{side}", kind="number", least=0.3, most=20.0),  # metres
        Field(name=f"local_{side}", kind="choice", allowed=PLACES),
        Field(name=f"statut_{side}", kind="choice", allowed=STATES),
        Field(name=f"revet_{side}", kind="choice", allowed=SURFACES),
    )


FIELDS: Final = (
    Field(name="id_local", required=True),
    Field(name="reseau_loc", kind="choice", allowed=NETWORKS),
    Field(name="nom_loc"),  # lists are joined by ";"
    Field(name="id_osm"),
    Field(name="num_iti"),
    *_side("d"),
    *_side("g"),
    Field(name="access_ame", kind="choice", allowed=BICYCLES),
    Field(name="date_maj", kind="date"),
    Field(name="trafic_vit", kind="number", least=3.0, most=130.0),  # km/h; 5 is a walking pace
    Field(name="lumiere", kind="flag"),
    Field(name="d_service", kind="number", least=1900.0, most=2100.0),  # a year
    Field(name="comm"),
    Field(name="source"),
    Field(name="project_c"),
    Field(name="ref_geo"),
)
