"""How countries write their number plates: letters in use, codes of the place of issue, and layouts. Facts only.

A layout is a string: `A` a letter, `N` a digit, `n` a digit of a number that does not start with 0; `{P}` stands for
a code of `PREFIXES`, other capitals in braces for themselves; the rest are separators as they look (` ` gap, `-` dash,
`s` seals). Formats are facts, taken from each country's registration rules as commonly published: Russia GOST R
50577-2018, Germany FZV Annex 1, Poland's Rozporządzenie on registration, Slovakia Act 8/2009 (until 2022), Brazil
CONTRAN 969/2022 and 231/2007, Ukraine DSTU 4278, and the general pages on each other country and US state. Weights
are guesses of how often one meets each.
"""

from __future__ import annotations

CYRILLIC_TWINS = "ABEKMHOPCTYX"
ALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def without(letters: str) -> str:
    """The alphabet less some letters."""
    return "".join(c for c in ALL if c not in letters)


#: Letters that a country issues.
LETTERS: dict[str, str] = {
    "ru": CYRILLIC_TWINS,
    "by": "ABEIKMHOPCTX",
    "bg": CYRILLIC_TWINS,
    "ua": CYRILLIC_TWINS + "I",
    "fr": without("IOU"),
    "it": without("IOQU"),
    "es": "BCDFGHJKLMNPRSTVWXYZ",
    "nl": "BDFGHJKLNPRSTVXZ",
    "gr": "ABEZHIKMNOPTYX",
    "gb": without("IQZ"),
    "us": ALL,
    "br": ALL,
    "ro": without("Q"),
    "pl": "ACEFGHJKLMNPRSTUVWXY",
    "cz": without("GOQW"),
    "sk": without("QW"),
    "hr": without("QWXY"),
    "si": without("QWXY"),
    "lt": without("QWX"),
    "lv": without("QWXY"),
    "ee": without("QWX"),
    "rs": without("QWXY"),
    "se": without("IOQV"),
    "tr": without("QWX"),
}

_DE = (
    "B M K F S D E N H L W A C J Z P R HH HB DO BO DU MS BN GE BI KA MA WI MG AC KI LU OF HA SG DA RE "
    "NE RS FR PB HN UL WOB BS WÜ"
    " MZ SB RO HD KS OS OL HL HRO SN DD EF GI BM EU ME DN GM HS KLE VIE WES SO UN MK OE AK AW AZ BB BC "
    "BL BT CB CE CO DB EM ER ES FD FF FL FS"
    " FT GÖ GP GT HF HI HM IN IZ KB KC KE KL KN KO LA LB LER LG LI LL MB MI MN MR MTK MYK NB ND NF NI "
    "NM NR NW OA OG OH OS PE PF PI PL PM RA RT RV"
    " RW RZ SE SHA SIG SL SM ST STA STD SU TÜ TR TUT UE VS WAF WF WN WT WW ZW AIC ALZ AUR BGL DAH DAU "
    "EBE ERB FDS FFB FRG GAP GER HDH KEH KEL"
    " LAU LDK LÖ MOS MSP NEA NES NEW OAL OHV PAF PAN ROW SLS TBB TIR TÖL UER VEC WIL WND WUG"
)
#: Prefixes: the places of issue, where they are few or shape the text.
PREFIXES: dict[str, str] = {
    "de": " ".join(p for p in _DE.split() if p.isascii()),
    "at": (
        "W G L S K I B E P N WN WL GU BN MD KB KU LB LL VB UU TU SR SL SB PL NK MI KO KR KS HO HL GF GM FR "
        "EF EU BR BA AM BZ BL DO FK IM JU VI VK WO WY ZE"
    ),
    "ro": (
        "B AB AR AG BC BH BN BT BV BR BZ CS CL CJ CT CV DB DJ GL GR GJ HR HD IL IS IF MM MH MS NT OT PH SM "
        "SJ SB SV TR TM TL VS VL VN"
    ),
    "sk": (
        "BA BB BJ BL BN BR BS BT BY CA DK DS DT GA GL HC HE IL KA KE KK KM KN KS LC LE LM LV MA MI ML MT MY "
        "NM NO NR NZ PB PD PE PK PN PO PP PT PU PV RA RK RS RV SA SB SC SE SI SK SL SN SO SP SV TN TO TR TS "
        "TT TV VK VT ZA ZC ZH ZM ZV"
    ),
    "hr": "ZG ST RI OS ZD PU SK VU VK BJ KA SB DU KR VZ SI KZ CK GS ZU BM DJ DA IM KC MA NA NG PZ SJ SL VT ZP OG KT",
    "si": "LJ MB CE KR KP GO NM MS SG KK PO",
    "rs": "BG NS NI KG SU ZR PA KV CA UE SM VA LE VR SA PO SO KI VS",
    "ch": "ZH BE LU UR SZ OW NW GL ZG FR SO BS BL SH AR AI SG GR AG TG TI VD VS NE GE JU",
    "bg": "CA CB C PB BT A B P PA E EH KH K M OB PK PP CC CH CM CO CT T TX X Y BH BP EB",
    "no": "AA AJ BC BT CF CX DA DK EK EL FA FT HH KH LH NA PA RF SU TA UE VD XH YF ZA",
    "ua": (
        "AA AB AC AE AH AI AK AM AO AP AT AX BA BB BC BE BH BI BK BM BO BT BX CA CB CE CH KA KB KC KE KH KI "
        "KK KM KO KP KT KX HA HB HC HE HH HI HK HM HO HP HT HX IA IB II"
    ),
    "tr": " ".join(f"{i:02}" for i in (*[34] * 20, *[6] * 8, *[35] * 6, *range(1, 82))),
    # The year, since 2013 with its half.
    "ie": " ".join(f"{y:02}" for y in (*range(87, 100), *range(13)))
    + " "
    + " ".join(f"{y}{half}" for y in range(13, 27) for half in (1, 2)),
}
#: Russia: codes of two digits, and those of three that are in use.
PREFIXES["ru"] = " ".join(f"{i:02}" for i in range(1, 100)) + (
    " 101 102 103 109 111 113 116 118 121 122 123 124 125 126 130 134 136 138 142 147 150 152 154 155 "
    "156 158 159 161 163 164 169 172 173 174"
    " 177 178 180 181 184 185 186 188 190 193 196 197 198 199 250 252 277 299 323 550 702 716 725 750 "
    "754 761 763 774 777 790 797 799 977"
)
_PL = (
    "WA WB WD WE WF WI WN WX WY KR PO GD LU SK SO SB SY DW EL BI ZS TK RZ CB OP FZ NO CT SC SG KT PK GA "
    "GS WPI WPR WWL WSC WGR WSI WRA WOT WLS WML WND WZ KWI KRA KMY PZ PGN POB GWE GPU LPU SBE STY DJE "
    "DKL ELA EPA BBI ZKO TKI RKR RJA CIN OPO FSU NEL LLB RLS WSQ"
)
PREFIXES["pl"] = _PL

#: Country → (weight, layout); `{P}` is a prefix of `PREFIXES`.
LAYOUTS: dict[str, list[tuple[float, str]]] = {
    "ru": [(9, "ANNNAA{P}"), (0.25, "AANNN{P}"), (0.25, "AANNNN{P}"), (0.1, "NNNNAA{P}"), (0.1, "ANNNN{P}")],
    "de": [
        (1, "{P}sA NNNN"),
        (4, "{P}sAA nNNN"),
        (3, "{P}sAA nNN"),
        (2, "{P}sA nNNN"),
        (1, "{P}sAA nN"),
        (0.7, "{P}sA nNN"),
        (0.3, "{P}sA nN"),
        (0.4, "{P}sAA nNN{E}"),
        (0.15, "{P}sA nNN{H}"),
    ],
    "pl": [
        (5, "{P}sNNNNN"),
        (0.4, "{P}sNNNN"),
        (2, "{P}sNNNNA"),
        (2, "{P}sNNNAA"),
        (1, "{P}sNANNN"),
        (1, "{P}sNAANN"),
        (1, "{P}sANNN"),
        (1, "{P}sNNAA"),
        (0.6, "{P}sNANN"),
        (0.6, "{P}sNNAN"),
        (0.6, "{P}sAANN"),
    ],
    "fr": [(6, "AA-NNN-AA"), (0.6, "nNNN AA nN")],
    "it": [(6, "AA sNNNAA"), (1, "AA NNNAA")],
    "es": [(6, "NNNN AAA"), (0.5, "{M} NNNN AA")],
    "nl": [
        (2, "NN-AAA-N"),
        (2, "N-AAA-NN"),
        (2, "AA-NNN-A"),
        (2, "A-NNN-AA"),
        (1, "NN-AA-AA"),
        (1, "AA-AA-NN"),
        (1, "AA-NN-AA"),
    ],
    "cz": [(6, "NAN NNNN"), (1, "NAA NNNN"), (0.5, "NANsNNNN")],
    "sk": [(5, "{P}sNNNAA"), (2, "{P}-NNNAA"), (0.5, "AAsNNNAA")],
    "ro": [(5, "{P} NN AAA"), (1, "{B} NNN AAA"), (0.5, "{P} NNNNNN")],
    "hu": [(5, "AAA-NNN"), (2, "AA AA-NNN"), (1, "AAAsNNN")],
    "lt": [(5, "AAA sNNN"), (2, "AAA NNN")],
    "lv": [(5, "AA-NNNN"), (1, "AA-nNN")],
    "ee": [(5, "NNN AAA"), (1, "NNNsAAA")],
    "hr": [(4, "{P}sNNN-A"), (4, "{P}sNNNN-AA"), (2, "{P}sNNN-AA"), (2, "{P}sNNNN-A")],
    "si": [(3, "{P}sAA-NNN"), (2, "{P}sNN-NNA"), (1, "{P}sNN-ANN"), (1, "{P}sAN-NNN")],
    "be": [(5, "N-AAA-NNN"), (1, "AAA-NNN")],
    "pt": [(2, "NN-AA-NN"), (2, "NN-NN-AA"), (2, "AA-NN-AA"), (1, "AA-NN-NN")],
    "at": [(3, "{P}sNNNNNA"), (3, "{P}sNNNAA"), (2, "{P}sNNNNAA"), (2, "{P}snNNAA"), (1, "{P}sAANN")],
    "bg": [(5, "{P} NNNN AA")],
    "gr": [(5, "AAA-nNNN")],
    "gb": [(6, "AANN AAA"), (1, "AnNN AAA"), (0.5, "AAA nNNA")],
    "ie": [(5, "{P}-A-nNNNN"), (2, "{P}-A-nNNN"), (1, "{P}-AA-nNNN")],
    "se": [(4, "AAA NNN"), (2, "AAA NNA")],
    "fi": [(5, "AAA-NNN"), (1, "AAA-nN")],
    "dk": [(5, "AA NN NNN")],
    "no": [(5, "{P} NNNNN")],
    "ch": [(4, "{P}snNNNNN"), (2, "{P}snNNNN")],
    "lu": [(5, "AA NNNN")],
    "mt": [(5, "AAA-NNN")],
    "cy": [(5, "AAA-NNN")],
    "rs": [(5, "{P}sNNN-AA"), (2, "{P}sNNNN-AA")],
    "tr": [(3, "{P} AAA NNN"), (3, "{P} AA NNN"), (2, "{P} AA NNNN"), (1, "{P} A NNNN")],
    "by": [(5, "NNNN AA-N")],
    "md": [(4, "AAA NNN"), (1, "A AA NNN")],
    "kz": [(5, "NNN AAA NN")],
    "ge": [(5, "AA-NNN-AA")],
    "ua": [(9, "{P} NNNN AA")],
    "br": [(1, "AAA-NNNN"), (0.6, "AAANANN")],
    "xx": [
        (1, "AANNAA NNNN"),
        (1, "AA NN AA NNNN"),
        (1, "AAA-NNN"),
        (1, "AAA NNNN"),
        (1, "NNN-AAA"),
        (1, "AA-NN-NN"),
        (1, "NNN AA"),
        (1, "A NNNNN"),
        (1, "NNNN"),
        (1, "NN-NNN-NN"),
        (1, "NNN-NN-NNN"),
        (1, "AAA NNA"),
        (1, "AAAA NN"),
        (1, "NAAA NNN"),
        (1, "AA NNNNN"),
        (1, "AAA NN"),
        (1, "AN AAA"),
        (1, "NA NA NA"),
        (1, "NNNNNN"),
        (1, "AAAAAA"),
        (1, "AAA-NNA"),
        (1, "A-NNN-AAA"),
    ],
}

#: State or province → its layouts, split by `|`.
US_LAYOUTS: dict[str, str] = {
    "ALABAMA": "NAANNNN|NNAANNN|NANNNNN",
    "ALASKA": "AAA NNN",
    "ARIZONA": "AAANNNN|AAA NNNN|ANAANNA",
    "ARKANSAS": "NNN AAA|AAA NNA",
    "CALIFORNIA": "NAAANNN|NAAANNN|NAAANNN|NANNNNN",
    "COLORADO": "AAA-NNN|NNN-AAA|AAA-ANN|NNNsAAA",
    "CONNECTICUT": "NNNsAAA|AA NNNNN|NNN AAA",
    "DELAWARE": "NNNNNN|{PC}NNNNNN",
    "FLORIDA": "AAAsANN|ANNsNAA|NNNsAAA|AAAANN",
    "GEORGIA": "AAANNNN|NNN AAA|AAA NNNN",
    "HAWAII": "AAA NNN",
    "IDAHO": "NA NNNNN|NA ANNNN|A NNNNNN",
    "ILLINOIS": "ANN NNNN|NNN NNNN|A NN NNNN|AA NNNNN",
    "INDIANA": "NNNAAA|NNNA|NNNAA|NNN NNN",
    "IOWA": "AAA NNN|NNN AAA",
    "KANSAS": "NNN AAA|NNNNAAA",
    "KENTUCKY": "NNN AAA|ANANNN|AAANNN",
    "LOUISIANA": "AAA NNN|NNNAAA",
    "MAINE": "NNNN AA|NNN AAA",
    "MARYLAND": "NAANNNN|AAA NNN|NAA ANN",
    "MASSACHUSETTS": "NAAANN|NNNAAN|NNN AAN|NNAANN",
    "MICHIGAN": "AAA NNNN|NAAANN|NAA ANN",
    "MINNESOTA": "NNN-AAA|AAA-NNN",
    "MISSISSIPPI": "AAA NNN|AAA NNNN",
    "MISSOURI": "AANsANA|AAN ANA|ANN-AAA",
    "MONTANA": "N-NNNNNA|N-NNNNN|NNNNNNA",
    "NEBRASKA": "AAA NNN|N-ANNNN",
    "NEVADA": "NNNsANN|NNN-AAA|NNA NNN",
    "NEW HAMPSHIRE": "NNN NNNN|NNN NNN",
    "NEW JERSEY": "AAANNA|ANN-AAA|AAA-NNA|AA NNN A",
    "NEW MEXICO": "AAA-NNN|NNN-AAA|AAAANN",
    "NEW YORK": "AAA-NNNN|AAA NNNN",
    "NORTH CAROLINA": "AAA-NNNN|AAN-NNNN",
    "NORTH DAKOTA": "NNNsAAA|AAA NNN",
    "OHIO": "AAA NNNN|AAANNNN",
    "OKLAHOMA": "NNN-AAA|AAA-NNN|AAANNN",
    "OREGON": "NNN AAA|AAA NNN",
    "PENNSYLVANIA": "AAA-NNNN|AAA NNNN",
    "RHODE ISLAND": "NNN-NNN|AA-NNN|NNNNNN",
    "SOUTH CAROLINA": "AAA NNN|NNN AAA|NNNN AA",
    "SOUTH DAKOTA": "NA NNN|NAA NNN|NNA NNN",
    "TENNESSEE": "ANN-NNA|NNN-AAA|AAA NNN",
    "TEXAS": "AAA-NNNN|AAAsNNNN|AANsANNN|NNNsAAA|ANN-AAA",
    "UTAH": "ANN NAA|NNN AAA|A NNNAA",
    "VERMONT": "AAA NNN",
    "VIRGINIA": "AAA-NNNN|AAA NNNN",
    "WASHINGTON": "NNN-AAA|AAANNNN|ANNNNNA",
    "WEST VIRGINIA": "NA NNNN|NAA NNN",
    "WISCONSIN": "NNN-AAA|AAA-NNNN",
    "WYOMING": "NN-NNNAA|N-NNNNN",
    "ONTARIO": "AAAA NNN|NNN AAA",
    "QUEBEC": "AANNAAA|NNNAAA",
    "BRITISH COLUMBIA": "AANsNNA|NNNsAAA",
    "ALBERTA": "AAA-NNNN|AAA-NNN",
}
