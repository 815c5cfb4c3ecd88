"""English names (INN) of substances that the French register names: by the key both languages share, salts left out.

Source: WHO, International Nonproprietary Names, in English; for electrolytes and vitamins the names of the European Pharmacopoeia.
"""

from __future__ import annotations

from functools import cache

from alertcore.substances import TOGETHER, key_of

_NAMES = """
abacavir; abiraterone; acarbose; acebutolol; acetazolamide; acetylcysteine; acetylsalicylic acid; aciclovir; adalimumab; adenosine;
albendazole; alendronic acid; alfentanil; allopurinol; alprazolam; alprostadil; alteplase; ambrisentan; amikacin; amiodarone; amisulpride;
amitriptyline; amlodipine; amoxicillin; amphotericin B; ampicillin; anagrelide; anastrozole; apixaban; aprepitant; argipressin;
aripiprazole; ascorbic acid; atazanavir; atenolol; atomoxetine; atorvastatin; atosiban; atovaquone; atropine; azacitidine; azathioprine;
azithromycin; aztreonam; baclofen; beclometasone; benserazide; benzathine benzylpenicillin; benzylpenicillin; betamethasone; bevacizumab;
bicalutamide; bimatoprost; bisoprolol; bleomycin; bortezomib; bosentan; brimonidine; bromocriptine; budesonide; bumetanide; bupivacaine;
buprenorphine; busulfan; cabergoline; caffeine; calcitriol; calcium carbonate; calcium chloride; calcium gluconate; candesartan cilexetil;
capecitabine; captopril; carbamazepine; carbidopa; carbocisteine; carboplatin; carmustine; carvedilol; caspofungin; cefaclor; cefadroxil;
cefalexin; cefazolin; cefepime; cefixime; cefotaxime; cefoxitin; cefpodoxime; ceftazidime; ceftriaxone; cefuroxime; celecoxib; celiprolol;
cetirizine; chlorambucil; chlorhexidine; chloroquine; chlorphenamine; chlorpromazine; ciclosporin; cilastatin; cinacalcet; ciprofloxacin;
cisatracurium; cisplatin; citalopram; cladribine; clarithromycin; clavulanic acid; clindamycin; clobazam; clonazepam; clonidine;
clopidogrel; clotrimazole; cloxacillin; clozapine; codeine; colchicine; colecalciferol; colistimethate sodium; copper sulfate; cyamemazine;
cyanocobalamin; cyclophosphamide; cytarabine; dabigatran etexilate; dacarbazine; dactinomycin; dalteparin; dantrolene; daptomycin;
darbepoetin alfa; darunavir; dasatinib; daunorubicin; decitabine; deferasirox; deferoxamine; desmopressin; dexamethasone; dexmedetomidine;
diazepam; diclofenac; digoxin; diltiazem; dinoprostone; diphenhydramine; dobutamine; docetaxel; dolutegravir; domperidone; donepezil;
dopamine; dorzolamide; doxazosin; doxorubicin; doxycycline; duloxetine; econazole; efavirenz; eltrombopag; emtricitabine; enalapril;
enoxaparin; entacapone; entecavir; ephedrine; epinephrine; epirubicin; eplerenone; epoetin alfa; erlotinib; ertapenem; erythromycin;
escitalopram; esomeprazole; estradiol; etanercept; ethambutol; ethinylestradiol; etomidate; etoposide; everolimus; exemestane; ezetimibe;
famotidine; febuxostat; felodipine; fenofibrate; fentanyl; ferric carboxymaltose; ferric derisomaltose; ferrous sulfate; filgrastim;
finasteride; fingolimod; flecainide; fluconazole; flucytosine; fludarabine; fludrocortisone; flumazenil; fluorouracil; fluoxetine;
fluticasone; fluvastatin; folic acid; folinic acid; fondaparinux; formoterol; fosfomycin; fosinopril; furosemide; fusidic acid; gabapentin;
galantamine; ganciclovir; gemcitabine; gentamicin; glibenclamide; gliclazide; glimepiride; glucagon; glucose; glyceryl trinitrate;
glycopyrronium; haloperidol; heparin; human albumin; human normal immunoglobulin; hydrochlorothiazide; hydrocortisone; hydroxychloroquine;
hydroxyzine; hypromellose; ibuprofen; idarubicin; ifosfamide; imatinib; imipenem; indapamide; indometacin; infliximab; insulin aspart;
insulin degludec; insulin detemir; insulin glargine; insulin glulisine; insulin lispro; interferon beta-1a; ipratropium bromide;
irbesartan; irinotecan; isoniazid; isosorbide dinitrate; isosorbide mononitrate; itraconazole; ivabradine; ivacaftor; ivermectin; ketamine;
ketoconazole; ketoprofen; ketorolac; labetalol; lacosamide; lactulose; lamivudine; lamotrigine; lanreotide; lansoprazole; latanoprost;
leflunomide; lenalidomide; lercanidipine; letrozole; leuprorelin; levetiracetam; levobupivacaine; levodopa; levofloxacin; levomepromazine;
levonorgestrel; levothyroxine; lidocaine; linezolid; lisinopril; lithium carbonate; loperamide; lopinavir; loratadine; lorazepam; losartan;
magnesium chloride; magnesium sulfate; manidipine; mannitol; mefloquine; melphalan; memantine; mercaptopurine; meropenem; mesalazine;
mesna; metformin; methadone; methotrexate; methyldopa; methylphenidate; methylprednisolone; metoclopramide; metoprolol; metronidazole;
mianserin; micafungin; midazolam; mifepristone; milrinone; mirtazapine; misoprostol; mitomycin; mitoxantrone; mometasone; montelukast;
morphine; moxifloxacin; mupirocin; mycophenolate mofetil; nalbuphine; naloxone; naltrexone; naproxen; natalizumab; nebivolol; nefopam;
neostigmine; nevirapine; nicardipine; nicorandil; nicotine; nifedipine; nilotinib; nimodipine; nitrofurantoin; norepinephrine; octreotide;
ofloxacin; olanzapine; omalizumab; omeprazole; ondansetron; oseltamivir; oxaliplatin; oxazepam; oxcarbazepine; oxybutynin; oxycodone;
oxytocin; paclitaxel; paliperidone; pantoprazole; paracetamol; paroxetine; pazopanib; pegfilgrastim; pemetrexed; perindopril; pethidine;
phenobarbital; phenoxymethylpenicillin; phenylephrine; phenytoin; phytomenadione; piperacillin; pirfenidone; potassium chloride;
pramipexole; prasugrel; pravastatin; praziquantel; prednisolone; prednisone; pregabalin; procaine benzylpenicillin; progesterone; propofol;
propranolol; protamine sulfate; pyrazinamide; pyridoxine; quetiapine; quinapril; rabeprazole; raloxifene; ramipril; ranitidine; rasagiline;
remifentanil; repaglinide; ribavirin; rifabutin; rifampicin; risedronic acid; risperidone; ritonavir; rituximab; rivaroxaban; rivastigmine;
rocuronium; ropinirole; ropivacaine; rosuvastatin; salbutamol; salmeterol; sertraline; sevelamer; sevoflurane; sildenafil; simvastatin;
sitagliptin; sodium acetate; sodium bicarbonate; sodium chloride; sodium fluoride; solifenacin; somatropin; sorafenib; sotalol; spiramycin;
spironolactone; streptomycin; sufentanil; sugammadex; sulfadiazine; sulfamethoxazole; sulfasalazine; sumatriptan; sunitinib; suxamethonium;
tacrolimus; tadalafil; tamoxifen; tamsulosin; tazobactam; telmisartan; temozolomide; tenofovir disoproxil; terbinafine; terbutaline;
teriparatide; testosterone; thiopental; thiotepa; ticagrelor; timolol; tobramycin; tolvaptan; topiramate; topotecan; tramadol;
trandolapril; tranexamic acid; trastuzumab; travoprost; treprostinil; trihexyphenidyl; trimethoprim; triptorelin; tryptophan; tuberculin;
urapidil; ursodeoxycholic acid; ustekinumab; valaciclovir; valganciclovir; valproic acid; valsartan; vancomycin; vecuronium; venlafaxine;
verapamil; vigabatrin; vildagliptin; vinblastine; vincristine; vinorelbine; voriconazole; warfarin; zidovudine; zinc sulfate; zoledronic
acid; zonisamide; zopiclone
"""


def english_of(name: str) -> str | None:
    """The English name of a substance as the register writes it, whatever its salt; None where it is not among them."""
    return _by_key().get(key_of(name))


def english_of_key(key: str) -> str | None:
    """The same for a key, of one substance or of a combination; None where one of them is not among them."""
    found = [_by_key().get(one) for one in key.split(TOGETHER)]
    names = [name for name in found if name is not None]
    return " / ".join(names) if len(names) == len(found) else None


def english_of_parts(name: str) -> str:
    """A name with its parts between slashes, each in English where it is known."""
    return "/".join(english_of(part) or part.strip() for part in name.split("/"))


@cache
def _by_key() -> dict[str, str]:
    names = (" ".join(name.split()) for name in _NAMES.split(";"))
    return {key_of(name): name for name in names}
