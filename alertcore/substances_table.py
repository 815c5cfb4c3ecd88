"""Words of substance names as data: salts and hydrates in French and English, and names that one INN has in other places.

Sources: WHO, International Nonproprietary Names modified (INNM) for radicals and salts; for synonyms the WHO's lists of INN beside the
United States Adopted Names and the former British Approved Names; the spellings of the French medicines database (CIS_COMPO_bdpm).
"""

from __future__ import annotations

FILLERS = frozenset(
    "de d du des la le l dl les et of and the base en sous forme pour form unspecified exprime expressed as solution gel s r".split()  # noqa: SIM905
)
"""Words that say nothing about the substance."""

HYDRATES = frozenset(
    """
    anhydre anhydrous hydrate hydrated hydratee monohydrate monohydratee hemihydrate hemihydratee dihydrate dihydratee trihydrate
    trihydratee tetrahydrate tetrahydratee pentahydrate pentahydratee hexahydrate hexahydratee heptahydrate heptahydratee octahydrate
    sesquihydrate sesquihydratee hemipentahydrate decahydrate dodecahydrate solvate micronise micronisee micronized crystallised
    crystallized liquide element liquid acide acid concentrat concentrate pulverulent pulverulente powdered complexe
    """.split()  # noqa: SIM905
)
"""Water of crystallisation, grain and form: the same substance. `acid` stands alone only where no acid is named by it."""

IONS = {
    "chlorhydrate": "hydrochloride",
    "dichlorhydrate": "dihydrochloride",
    "monochlorhydrate": "hydrochloride",
    "bromhydrate": "hydrobromide",
    "iodhydrate": "hydroiodide",
    "chlorure": "chloride",
    "bromure": "bromide",
    "iodure": "iodide",
    "fluorure": "fluoride",
    "oxyde": "oxide",
    "hydroxyde": "hydroxide",
    "hydrogenocarbonate": "bicarbonate",
    "hydrogencarbonate": "bicarbonate",
    "besilate": "besilate",
    "besylate": "besilate",
    "mesilate": "mesilate",
    "mesylate": "mesilate",
    "tosilate": "tosilate",
    "tosylate": "tosilate",
    "esilate": "esilate",
    "edisilate": "edisilate",
    "napsilate": "napsilate",
    "hemifumarate": "fumarate",
    "bitartrate": "tartrate",
    "sodique": "sodium",
    "monosodique": "sodium",
    "disodique": "sodium",
    "disodium": "sodium",
    "trisodique": "sodium",
    "potassique": "potassium",
    "calcique": "calcium",
    "zincique": "zinc",
    "cuivre": "copper",
    "argent": "silver",
    "aluminum": "aluminium",
    "baryum": "barium",
    "hydrogenosulfate": "bisulfate",
    "hydrogenosuccinate": "succinate",
    "hydrogensuccinate": "succinate",
    "hydrogenofumarate": "fumarate",
    "hydrogenomaleate": "maleate",
    "hydrogenotartrate": "tartrate",
    "hydrogenomalate": "malate",
    "digluconate": "gluconate",
    "methylsulfate": "metilsulfate",
    "sulphate": "sulfate",
    "magnesique": "magnesium",
    "magnesien": "magnesium",
    "monopotassique": "potassium",
    "dipotassique": "potassium",
    "trometamine": "trometamol",
    "tromethamine": "trometamol",
    "lysinate": "lysine",
}
"""Counter-ions and radicals whose French or older name differs, in the INNM's spelling."""

COUNTER_IONS = (
    frozenset(IONS.values())
    | frozenset(IONS)
    | frozenset(
        """
    sulfate sulphate bisulfate hemisulfate phosphate diphosphate monophosphate acetate diacetate citrate tartrate maleate fumarate
    succinate hemisuccinate oxalate lactate gluconate glucoheptonate malate nitrate mononitrate carbonate benzoate propionate
    dipropionate valerate furoate pivalate palmitate stearate decanoate enantate enanthate undecanoate cipionate cypionate pamoate
    embonate salicylate tannate saccharate aspartate glutamate arginate estolate ethylsuccinate lactobionate hyclate caproate
    hydrogenotartrate hydrogenosulfate dihydrogenophosphate dimaleate ditartrate resinate ethanolate metasulfobenzoate trifenatate
    diethylamine epolamine proxetil axetil acetonide hexacetonide tebutate butyrate xinafoate orotate hydrogen sodium potassium
    calcium magnesium zinc lithium ammonium aluminium aluminum argent silver cuivre copper baryum barium strontium meglumine arginine
    hydrogenophosphate hydrogenphosphate glycerophosphate
    lysine erbumine tertbutylamine tert butylamine olamine diolamine
    """.split()  # noqa: SIM905
    )
)
"""What may stand beside the active part without being it. Where a name holds nothing else (`potassium chloride`) all of it is the name."""

PARTS = {
    "humaine": "human",
    "humain": "human",
    "normale": "normal",
    "immunoglobuline": "immunoglobulin",
    "immunoglobulines": "immunoglobulin",
    "immunoglobulins": "immunoglobulin",
    "facteur": "factor",
    "coagulation": "coagulation",
    "albumine": "albumin",
    "fer": "iron",
    "ferreux": "ferrous",
    "ferrique": "ferric",
    "vaccin": "vaccine",
    "toxine": "toxin",
    "botulique": "botulinum",
    "botulinique": "botulinum",
    "pegyle": "pegylated",
    "pegylee": "pegylated",
    "liposomal": "liposomal",
    "soufre": "sulfur",
    "iode": "iodine",
    "eau": "water",
    "huile": "oil",
    "alpha": "alfa",
    "beta": "beta",
    "vitamine": "vitamin",
    "inhibiteur": "inhibitor",
    "poudre": "powder",
    "hormone": "hormone",
    "parathyroide": "parathyroid",
    "saccharose": "sucrose",
    "peroxyde": "peroxide",
    "benzoyle": "benzoyl",
}
"""Common words of substance names, French to English, where the rules of spelling do not reach."""

IRON_SAID = frozenset(("ferric", "ferrous"))
"""Beside one of these the word iron says nothing more: fer (carboxymaltose ferrique) is ferric carboxymaltose."""

SYNONYMS = {
    "acetaminophen": "paracetamol",
    "adrenaline": "epinephrine",
    "albuterol": "salbutamol",
    "amethocaine": "tetracaine",
    "aspirin": "acetylsalicylic acid",
    "bendrofluazide": "bendroflumethiazide",
    "benzhexol": "trihexyphenidyl",
    "busulphan": "busulfan",
    "chlorpheniramine": "chlorphenamine",
    "cromolyn": "cromoglicic acid",
    "cromoglycate": "cromoglicic acid",
    "cysteamine": "mercaptamine",
    "dextrose": "glucose",
    "dicycloverine": "dicyclomine",
    "divalproex": "valproic acid",
    "dothiepin": "dosulepin",
    "ethinyl estradiol": "ethinylestradiol",
    "frusemide": "furosemide",
    "glibenclamide": "glyburide",
    "glycopyrrolate": "glycopyrronium",
    "hydroxycarbamide": "hydroxyurea",
    "isoprenaline": "isoproterenol",
    "leucovorin": "folinic acid",
    "levarterenol": "norepinephrine",
    "lignocaine": "lidocaine",
    "mechlorethamine": "chlormethine",
    "meperidine": "pethidine",
    "mesalamine": "mesalazine",
    "methimazole": "thiamazole",
    "metamizole": "dipyrone",
    "mitozantrone": "mitoxantrone",
    "noradrenaline": "norepinephrine",
    "norethindrone": "norethisterone",
    "orciprenaline": "metaproterenol",
    "penicillin g": "benzylpenicillin",
    "penicillin v": "phenoxymethylpenicillin",
    "phenobarbitone": "phenobarbital",
    "phytonadione": "phytomenadione",
    "vitamin k1": "phytomenadione",
    "rifampin": "rifampicin",
    "salazosulfapyridine": "sulfasalazine",
    "succinylcholine": "suxamethonium",
    "sulphasalazine": "sulfasalazine",
    "tetracosactrin": "tetracosactide",
    "cosyntropin": "tetracosactide",
    "thiopentone": "thiopental",
    "torsemide": "torasemide",
    "vitamin b12": "cyanocobalamin",
    "vitamin c": "ascorbic acid",
    "vitamin d3": "colecalciferol",
    "cholecalciferol": "colecalciferol",
    "vasopressin": "argipressin",
    "antidiuretic hormone": "argipressin",
    "trinitrine": "glyceryl trinitrate",
    "nitroglycerin": "glyceryl trinitrate",
    "divalproate": "valproic acid",
    "parathormone": "parathyroid hormone",
    "ursodiol": "ursodeoxycholic acid",
    "chenodiol": "chenodeoxycholic acid",
    "penicillin g benzathine": "benzathine benzylpenicillin",
    "penicillin g procaine": "procaine benzylpenicillin",
    "prostaglandin e1": "alprostadil",
    "prostaglandin e2": "dinoprostone",
    "iron sucrose": "ferric hydroxide sucrose",
    "iron isomaltoside": "ferric derisomaltose",
    "sterile water for injection": "eau pour preparations injectables",
    "water for injections": "eau pour preparations injectables",
}
"""Names in other places and times, to the INN (or to the one of two names that stands here for both)."""
