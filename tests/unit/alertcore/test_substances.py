"""Names of substances of two languages and of any salt: what is one, what is not, and what only looks alike."""

from __future__ import annotations

import pytest

from alertcore.substances import alike, key_of, listed, set_key

SAME = [
    ("AMOXICILLINE TRIHYDRATÉE", "amoxicillin"),
    ("AMOXICILLINE SODIQUE", "Amoxicillin"),
    ("PARACÉTAMOL", "acetaminophen"),
    ("SULFATE DE SALBUTAMOL", "ALBUTEROL SULFATE"),
    ("ACIDE CLAVULANIQUE", "clavulanic acid"),
    ("CLAVULANATE DE POTASSIUM", "clavulanic acid"),
    ("CLAVULANIQUE (ACIDE)", "clavulanate potassium"),
    ("CHLORURE DE SODIUM", "sodium chloride"),
    ("BICARBONATE DE SODIUM", "sodium hydrogencarbonate"),
    ("CÉFALEXINE MONOHYDRATÉE", "cephalexin"),
    ("CICLOSPORINE", "cyclosporine"),
    ("GLUCOSE MONOHYDRATÉ", "DEXTROSE MONOHYDRATE"),
    ("GLUCOSE ANHYDRE", "DEXTROSE, UNSPECIFIED FORM"),
    ("ADRÉNALINE (TARTRATE D')", "EPINEPHRINE BITARTRATE"),
    ("NORADRÉNALINE", "norepinephrine"),
    ("BÉSILATE D'AMLODIPINE", "amlodipine besylate"),
    ("PHOSPHATE SODIQUE DE DEXAMÉTHASONE", "DEXAMETHASONE SODIUM PHOSPHATE"),
    ("CHLORHYDRATE DE LIDOCAÏNE", "LIDOCAINE HYDROCHLORIDE ANHYDROUS"),
    ("VALPROATE DE SODIUM", "valproic acid"),
    ("PÉNICILLINE V", "phenoxymethylpenicillin"),
    ("CHLORURE DE SUXAMÉTHONIUM", "succinylcholine chloride"),
    ("œstradiol", "estradiol"),
    ("ALPHA-TOCOPHÉROL", "alfa-tocopherol"),
    ("QUÉTIAPINE (HÉMIFUMARATE DE)", "Quetiapine"),
    ("VINDÉSINE (SULFATE DE)", "vindesine"),
    ("CISPLATINE", "Cisplatin"),
    ("MÉTHOTREXATE", "methotrexate sodium"),
    ("ACIDE L-ASPARTIQUE", "aspartic acid"),
    ("SULFATE DE CUIVRE", "copper sulfate"),
    ("ACIDE URSODÉSOXYCHOLIQUE", "ursodeoxycholic acid"),
    ("URSODÉSOXYCHOLIQUE (ACIDE)", "ursodiol"),
    ("FER (CARBOXYMALTOSE FERRIQUE)", "ferric carboxymaltose"),
    ("HYDROXYDE FERRIQUE-SACCHAROSE (COMPLEXE D')", "iron sucrose"),
    ("HYDROCORTISONE (HYDROGÉNOSUCCINATE D')", "hydrocortisone sodium succinate"),
    ("BENZATHINE BENZYLPÉNICILLINE", "penicillin G benzathine"),
    ("CHLORHEXIDINE (DIGLUCONATE DE)", "chlorhexidine gluconate"),
    ("ALPROSTADIL", "prostaglandin E1"),
    ("EAU POUR PRÉPARATIONS INJECTABLES", "sterile water for injection"),
    ("BENZOYLE (PEROXYDE DE) ANHYDRE", "benzoyl peroxide"),
]
OTHER = [
    ("chlorure de sodium", "chlorure de potassium"),
    ("prednisone", "prednisolone"),
    ("quinine", "quinidine"),
    ("angiotensin I", "angiotensin II"),
    ("factor VII", "factor VIII"),
    ("benzathine benzylpenicillin", "benzylpenicillin"),
    ("glucose", "fructose"),
    ("ténofovir disoproxil", "ténofovir alafénamide"),
    ("interferon alfa-2a", "interferon alfa-2b"),
    ("sulfate de magnésium", "oxyde de magnésium"),
    ("calcium gluconate", "calcium chloride"),
    ("hydroxyzine", "hydralazine"),
    ("GLYCÉROPHOSPHATE DE POTASSIUM", "GLYCÉROPHOSPHATE DE SODIUM"),
    ("HYDROGÉNOPHOSPHATE DE POTASSIUM", "HYDROGÉNOPHOSPHATE DE SODIUM"),
    ("fer", "carboxymaltose ferrique"),
    ("fumarate ferreux", "carboxymaltose ferrique"),
    ("penicillin G benzathine", "penicillin G"),
    ("penicillin G benzathine", "penicillin G procaine"),
    ("acide ursodésoxycholique", "acide chénodésoxycholique"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_substance_has_one_key_in_both_languages_and_as_any_salt(one: str, other: str) -> None:
    assert key_of(one) == key_of(other) != ""


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_substances_have_two_keys(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


@pytest.mark.parametrize("name", ["", "  ", "-", "中文", "de la"])
def test_what_holds_no_word_has_no_key(name: str) -> None:
    assert key_of(name) == ""


def test_a_combination_is_the_set_of_its_substances_whatever_order_salts_and_repeats() -> None:
    french = set_key(["AMOXICILLINE TRIHYDRATÉE", "AMOXICILLINE", "CLAVULANATE DE POTASSIUM", ""])
    assert french == set_key(["clavulanic acid", "amoxicillin"])
    assert french != set_key(["amoxicillin"])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("amoxicillin / clavulanic acid", ("amoxicillin", "clavulanic acid")),
        ("amoxicilline et acide clavulanique", ("amoxicilline", "acide clavulanique")),
        ("a; b,c + d and e with f", ("a", "b", "c", "d", "e", "f")),
        ("sandostatin", ("sandostatin",)),
        (" ; ", ()),
    ],
)
def test_names_in_one_text_are_cut_at_what_stands_between_names(text: str, parts: tuple[str, ...]) -> None:
    assert listed(text) == parts


def test_what_looks_alike_is_suggested_the_likest_first_and_never_the_name_itself() -> None:
    known = ("amoxicilin", "amoxapin", "ampicilin", "paracetamol")
    assert alike("amoxicilina", known, 0.85) == ("amoxicilin",)
    assert alike("amoxicilin", known, 0.85) == ()
    assert alike("amoxicilina", known, 0.60) == ("amoxicilin", "ampicilin", "amoxapin")


@pytest.mark.parametrize(("least", "found"), [(0.80, ("abcde",)), (0.81, ())])
def test_the_share_of_letters_is_reached_at_its_value(least: float, found: tuple[str, ...]) -> None:
    """Four of five letters agree in two words of five: 2 * 4 / 10."""
    assert alike("abcdx", ("abcde",), least) == found
