//! The Hindi number words, each with the spellings people use. Every word below a hundred is
//! irregular, and one letter joins different numbers (पैंतीस, सैंतीस), so they are listed and never
//! guessed. The table is our own, from general knowledge of Hindi and its dialects.

use super::words::sense;

/// The English tens in both scripts.
#[rustfmt::skip]
pub(super) const ENGLISH_TENS: &[(u32, &str)] = &[
    (20, "twenty tventi twenti tvinty twentee ट्वेंटी ट्वेन्टी टवेंटी ट्वंटी"),
    (30, "thirty thirti thurty थर्टी थिर्टी"),
    (40, "forty forti fourty फोर्टी फ़ॉर्टी फार्टी"),
    (50, "fifty fifti फिफ्टी फ़िफ़्टी"),
    (60, "sixty sixti सिक्सटी सिक्स्टी"),
    (70, "seventy seventi सेवेंटी सेवंटी सेवन्टी"),
    (80, "eighty eighti eity एटी एट्टी"),
    (90, "ninety ninty nintey नाइंटी नाइन्टी नाइनटी"),
];

/// A number and its words, both scripts, the usual ones first.
#[rustfmt::skip]
pub(super) const NUMBERS: &[(u32, &str)] = &[
    (0, "शून्य जीरो ज़ीरो सुन्न shunya zero shoonya jiro sunya sifar sifr सिफ़र सिफर"),
    (1, "एक ek aik ik eak one वन"),
    (2, "दो do doo two doi दुई दू टू"),
    (3, "तीन teen tin three tini तीनि tein teein थ्री थिरी"),
    (4, "चार char chaar chhar four chaari चारि फोर"),
    (5, "पाँच पांच पान्च पाच paanch panch pach paach five फाइव फ़ाइव faiv"),
    (6, "छह छः छे छै chhe chah che chhah chhai six chha chhai छ छा सिक्स siks"),
    (7, "सात saat sat seven saate सेवन"),
    (8, "आठ aath ath aatth eight एट"),
    (9, "नौ नो nau naw nine nov नाइन nain"),
    (10, "दस das dus ten dass दश टेन"),
    (11, "ग्यारह ग्यारा गयारह gyarah gyara gyaarah giyarah eleven igyarah igarah egarah एगारह इग्यारह इलेवन ग्यारहा igyara gyaarha gyarha"),
    (12, "बारह बारा barah bara baarah twelve ट्वेल्व baarha barha"),
    (13, "तेरह तेरा terah tera teerah thirteen terha थर्टीन tehra teraha"),
    (14, "चौदह चौदा chaudah chauda choudah chodah fourteen फोर्टीन chaudha chaudaha chodha"),
    (15, "पंद्रह पन्द्रह पंद्रा pandrah pandra pandhra pundrah fifteen फिफ्टीन pandraha pandrha pandarah"),
    (16, "सोलह सोला solah sola saulah sixteen सिक्सटीन solha solaha"),
    (17, "सत्रह सतरह सत्तरह satrah satra sattrah satarah seventeen सेवनटीन सेवेंटीन satraha satrha satarha"),
    (18, "अठारह अठारा अट्ठारह atharah athara attharah atthara eighteen एटीन atharaha athaarah"),
    (19, "उन्नीस उन्निस unnees unnis unis unees nineteen नाइनटीन unnish"),
    (20, "बीस बिस bees bis bhis"),
    (21, "इक्कीस इक्किस ikkees ikkis ikis ekkis ikkish twentyone"),
    (22, "बाईस बाइस baees bais baais bayis"),
    (23, "तेईस तेइस teyis teis"),
    (24, "चौबीस चौबिस chaubees chaubis chobis choubis"),
    (25, "पच्चीस पच्चिस पचीस pachees pacchis pachis pachchis pacchees pacchish"),
    (26, "छब्बीस छब्बिस chhabbees chabbis chhabis chabis chhabbish"),
    (27, "सत्ताईस सत्ताइस sattaees sattais satais"),
    (28, "अट्ठाईस अट्ठाइस अठाईस atthaees atthais athais athaees अठाइस"),
    (29, "उनतीस उन्तीस उनत्तीस untees untis unatis उन्नतीस"),
    (30, "तीस तिस tees tis"),
    (31, "इकतीस इकत्तीस इक्तीस ikattees iktis iktees ikatis इकत्तिस एकतीस ektis"),
    (32, "बत्तीस बतीस battees battis batis"),
    (33, "तैंतीस तेंतीस तैतीस taintees taintis tentis tetis tintis"),
    (34, "चौंतीस चौतीस chauntees chauntis chautis chontis"),
    (35, "पैंतीस पेंतीस पैतीस paintees paintis pentis pantis"),
    (36, "छत्तीस छतीस chhattees chhattis chattis chatis"),
    (37, "सैंतीस सेंतीस सैतीस saintees saintis sentis setis"),
    (38, "अड़तीस अडतीस artees adtis artis adhtis"),
    (39, "उनतालीस उन्तालीस उनचालीस untalees untalis unchalis untaalis untalish उन्तालिस"),
    (40, "चालीस चालिस chalees chalis chaalis chalish"),
    (41, "इकतालीस इकतालिस iktalees iktalis ektalis एकतालीस ektaalis"),
    (42, "बयालीस बियालीस बयालिस bayalees bayalis byalis bealis"),
    (43, "तैंतालीस तेंतालीस तिरतालीस taintalees taintalis tentalis tetalis तेतालीस तैतालिस tetaalis"),
    (44, "चौवालीस चवालीस चौंतालीस चव्वालीस chauvalees chawalis chavalis chauwalis चौआलीस चौवालिस chauwalees चौंवालीस"),
    (45, "पैंतालीस पेंतालीस पैतालीस paintalees paintalis pentalis pantalis"),
    (46, "छियालीस छयालीस छियालिस chhiyalees chhiyalis chiyalis chhialis"),
    (47, "सैंतालीस सेंतालीस सैतालीस saintalees saintalis sentalis"),
    (48, "अड़तालीस अडतालीस artalees adtalis artalis adhtalis"),
    (49, "उनचास उन्चास उनन्चास unchaas unchas unanchas"),
    (50, "पचास पच्चास pachaas pachas pachhas"),
    (51, "इक्यावन इक्यावान इकावन ikyavan ikyawan ikkyavan ikawan ekyavan ekavan एक्यावन"),
    (52, "बावन bavan bawan baavan"),
    (53, "तिरपन तिरेपन त्रेपन tirpan tirepan trepan त्रिपन tripan"),
    (54, "चौवन चव्वन चउवन chauvan chauwan chavvan chawwan"),
    (55, "पचपन pachpan pachapan pacchpan"),
    (56, "छप्पन छपन chhappan chappan chapan"),
    (57, "सत्तावन सतावन sattavan sattawan satavan"),
    (58, "अट्ठावन अठावन अठ्ठावन atthavan atthawan athavan athawan"),
    (59, "उनसठ उन्सठ उनसठ्ठ unsath unsaath unasath"),
    (60, "साठ saath sath saatth"),
    (61, "इकसठ इकसठ्ठ iksath ikasath eksath एकसठ"),
    (62, "बासठ बासठ्ठ basath baasath basth"),
    (63, "तिरसठ तिरेसठ त्रेसठ tirsath tiresath tresath तेरसठ tersath"),
    (64, "चौंसठ चौसठ chaunsath chausath chosath"),
    (65, "पैंसठ पेंसठ पैसठ painsath pensath paisath"),
    (66, "छियासठ छाछठ छयासठ chhiyasath chiyasath chhyasath"),
    (67, "सड़सठ सडसठ सरसठ sarsath sadsath sadhsath"),
    (68, "अड़सठ अडसठ arsath adsath adhsath"),
    (69, "उनहत्तर उन्हत्तर उनहतर unhattar unahattar unhatar"),
    (70, "सत्तर सतर sattar satter sattarr"),
    (71, "इकहत्तर इकहतर इखत्तर ikhattar ikahattar ikhatar एकहत्तर ekhattar ekahattar"),
    (72, "बहत्तर बहतर bahattar bahatar bahatter"),
    (73, "तिहत्तर तिहतर tihattar tihatar tehattar तेहत्तर"),
    (74, "चौहत्तर चौहतर chauhattar chohattar chauhatar"),
    (75, "पचहत्तर पिचहत्तर पछत्तर पचत्तर pachhattar pachahattar pichattar pachattar पिछत्तर पचहतर"),
    (76, "छिहत्तर छियत्तर छहत्तर chhihattar chihattar chhihatar"),
    (77, "सतहत्तर सतत्तर sathattar satahattar satattar"),
    (78, "अठहत्तर अठत्तर athhattar athahattar athattar"),
    (79, "उन्यासी उनासी उन्नासी unyasi unasi unaasi उनयासी unnasi"),
    (80, "अस्सी असी assi asi assee assy"),
    (81, "इक्यासी इकासी ikyasi ikasi ikyaasi एक्यासी ekyasi"),
    (82, "बयासी बियासी bayasi byasi biyasi बेयासी beyasi"),
    (83, "तिरासी त्रासी tirasi tiraasi trasi तेरासी तेयासी terasi teraasi"),
    (84, "चौरासी chaurasi chorasi chouraasi"),
    (85, "पचासी पच्चासी pachasi pachaasi pacchasi पिचासी pichasi"),
    (86, "छियासी छयासी chhiyasi chiyasi chhyasi छेयासी chheyasi"),
    (87, "सत्तासी सतासी sattasi satasi sattaasi"),
    (88, "अट्ठासी अठासी अठ्ठासी atthasi athasi atthaasi"),
    (89, "नवासी नौवासी navasi nawasi navaasi नौआसी"),
    (90, "नब्बे नब्बै नब्वे nabbe nabbey nabe navve"),
    (91, "इक्यानवे इक्यानबे इकानवे ikyanve ikyanbe ikyanwe इक्यान्बे एक्यानवे ekyanve ekyanbe"),
    (92, "बानवे बानबे banve baanve banbe"),
    (93, "तिरानवे तिरानबे tiranve tiranbe tiranwe तेरानवे तेरानबे teranve teranbe"),
    (94, "चौरानवे चौरानबे chauranve chauranbe choranve"),
    (95, "पंचानवे पचानवे पंचानबे panchanve pachanve panchanbe पन्चानवे पिचानवे pichanve pachanbe"),
    (96, "छियानवे छियानबे chhiyanve chhiyanbe chiyanve छेयानवे"),
    (97, "सत्तानवे सत्तानबे सतानवे sattanve sattanbe satanve santanve"),
    (98, "अट्ठानवे अट्ठानबे अठानवे atthanve atthanbe athanve"),
    (99, "निन्यानवे निन्यानबे निन्नानवे ninyanve ninyanbe ninnyanve ninanve निनानवे ninnanve"),
    (100, "सौ sau so sao sou hundred hundreds सैकड़ा हंड्रेड"),
    (1_000, "हज़ार हजार hazar hajar hazaar hajaar thousand थाउजेंड थाउज़ंड"),
    (100_000, "लाख lakh laakh lac lakhs"),
    (10_000_000, "करोड़ करोड karod crore karor kror crores"),
];

/// The place in a row a word names: पच्चीसवां, `35va`, twenty-fifth. A few have words of their own; others
/// are a number with an end.
pub(super) fn ordinal(folded: &str) -> Option<i64> {
    if let Some(place) = super::choice::ordinal(folded) {
        return Some(place);
    }
    let own = OWN_ORDINALS.iter().find(|(_, words)| words.split(' ').any(|word| word == folded));
    if let Some((place, _)) = own {
        return Some(*place);
    }
    let stem = ORDINAL_ENDS.split(' ').find_map(|end| folded.strip_suffix(end))?;
    let number = sense(stem).number.filter(|number| (SMALLEST_REGULAR..100).contains(number))?;
    Some(i64::from(number))
}

/// Folded.
const OWN_ORDINALS: &[(i64, &str)] = &[
    (6, "chhatha chhathi chatha chathi छटा छठा छठि sixth"),
    (8, "eighth eigth"),
    (9, "ninth"),
    (12, "tvelfth tvelvth"),
    (20, "tventieth"),
    (30, "thirtieth"),
];

/// Folded, longer ones first.
const ORDINAL_ENDS: &str = "van vin ven va vi ve th वां वीं वें वा वि वे";
/// First to fourth have words of their own.
const SMALLEST_REGULAR: u32 = 5;
