//! Urdu script: every word with its twin, the same word in Devanagari. An Urdu word may do in a
//! message exactly what its twin may, so the rules of the ear hold for both scripts and only the
//! spellings are listed here. Vowel points, Arabic forms of letters and `آ` for `ا` are folded
//! away before, so they need no entries.

/// A word the tables of [`words`](super::words) and [`number_words`](super::number_words) list, and
/// its spellings in Urdu script.
#[rustfmt::skip]
pub(super) const TWINS: &[(&str, &str)] = &[
    // Yes and no.
    ("हाँ", "ہاں ہا ہان ہانجی ہاںجی جیہاں یس"),
    ("बिल्कुल", "بالکل بلکل بیشک ضرور یقینا یقیناً"),
    ("सही", "صحیح سہی درست اوکے"),
    ("ठीक", "ٹھیک ٹھیکہے"),
    ("सहमत", "سہمت متفق راضی منظور قبول رضامند تیار"),
    ("अच्छा", "اچھا اچھی بہتر"),
    ("जुड़ना", "جڑنا جوڑو جوڑ جڑیں"),
    ("करो", "کرو کریں کرے کیجیے کیجئے کیجئیے کرنا کرئیے کریے کردو کردیں کردیجیے"),
    ("चाहिए", "چاہیے چاہئے چاہئیے چاہتا چاہتی چاہتے"),
    ("नहीं", "نہیں نہی نہین نھیں نئیں نو ہرگز"),
    ("ना", "نہ نا"),
    ("गलत", "غلط منع انکار نامنظور"),
    ("मत", "مت"),
    ("दिक्कत", "دقت پریشانی اعتراض حرج مسئلہ"),
    ("परेशान", "پریشان تنگ"),
    ("जी", "جی"),
    ("रहने", "رہنے"),
    // Manners.
    ("नमस्ते", "نمستے نمسکار آداب سلام السلام علیکم وعلیکم السلامعلیکم جناب محترم صاحب صاحبہ بھائی بہن بھیا سر میڈم مہربانی براہ کرم پلیز ہیلو ہائے"),
    ("धन्यवाद", "شکریہ شکریا دھنیواد"),
    // Small words.
    ("है", "ہے ہیں"),
    ("का", "کا کی کے کو لیے لئے یہ وہ تو بھی ہی اب ابھی اور ہو ہوا تھا تھی ہوں ہم بس اپنا اپنی اپنے آپ آپکا آپکی کچھ کوئی سب"),
    ("से", "سے"),
    ("में", "میں مے"),
    ("मेरा", "میرا میری میرے ہمارا ہماری ہمارے مجھے مجھکو ہمیں"),
    // No answer.
    ("पता", "پتہ پتا معلوم شاید سوچ سوچنا سوچکر یاد بعد رکیے رکو دیکھتے دیکھیں سمجھ بتاؤں بتاؤنگا"),
    ("सकता", "سکتا سکتی سکتے"),
    ("क्या", "کیا کون کونسا کونسی کب کہاں کدھر کیسے کتنا کتنے کتنی کس"),
    ("क्यों", "کیوں"),
    ("या", "یا"),
    ("लेकिन", "لیکن مگر اگر"),
    // The words that work everywhere, and what stands with them.
    ("बंद", "بند روکو روک روکیں روکیے روکنا ہٹاؤ ہٹاو ہٹائیں ہٹائیے ہٹانا اسٹاپ سٹاپ"),
    ("रद्द", "رد ختم کینسل ہٹا ڈیلیٹ نکالو نکال مٹاؤ مٹاو مٹا کاٹو"),
    ("छोड़ना", "چھوڑنا چھوڑنی چھوڑیں"),
    ("भेजो", "بھیجو بھیجیں بھیجیے بھیجئے بھیجنا بھیج"),
    ("कर", "کر دو دیں دیجیے دیجئے دے دینا ہونا جائے"),
    ("संदेश", "پیغام پیغامات میسج میسیج مسیج سندیش"),
    ("नंबर", "نمبر"),
    ("नाम", "نام"),
    ("सूची", "فہرست لسٹ ممبرشپ رکنیت"),
    ("सारे", "سارے تمام کبھی فوراً فورا آگے یہاں اسے"),
    ("रोज", "روز بار ہر فالتو بیکار پارٹی گروپ"),
    ("मदद", "مدد ہیلپ سہایتا امداد"),
    ("मेनू", "مینو مینیو"),
    ("वापस", "واپس پیچھے پچھلا پچھلے بیک"),
    ("शुरू", "شروع شروعات آغاز"),
    ("फिर", "پھر دوبارہ نئے نیا نئی"),
    ("सिरे", "سرے"),
    ("भाषा", "زبان بھاشا"),
    ("सूचना", "نوٹس اطلاع اطلاعنامہ پرائیویسی سوچنا"),
    ("जानकारी", "معلومات جانکاری ڈیٹا ڈاٹا تفصیل ریکارڈ"),
    ("दिखाओ", "دکھاؤ دکھاو دکھائیں دکھائیے دکھا دیکھنا دیکھنی دیکھو بتاؤ بتاو بتائیں بتائیے کھولو پڑھنا"),
    ("बदलो", "بدلو بدلیں بدلیے بدلئے بدلنا بدلنی بدل سدھار سدھارو"),
    ("पर", "پر"),
    ("जाओ", "جاؤ جاو جانا جائیں جائیے چلو چلیں سوال قدم ایک"),
    // Around numbers, choices, years and places.
    ("बूथ", "بوتھ بوٹھ پولنگ"),
    ("वाला", "والا والی آپشن"),
    ("सन", "سن سنہ پیدائش پیدا جنم تاریخ عیسوی"),
    ("साल", "سال برس عمر"),
    ("पुरुष", "مرد مذکر آدمی لڑکا پرش"),
    ("महिला", "عورت خاتون مونث لڑکی مہیلا"),
    ("किन्नर", "خواجہسرا مخنث کنر"),
    ("जिला", "ضلع ضلعے ضلعہ ودھان سبھا ودھانسبھا اسمبلی حلقہ سیٹ لوک لوکسبھا رہتا رہتی والے ووٹر ووٹ پردیش"),
    ("ज्यादा", "زیادہ کم تقریبا تقریباً قریب لگ بھگ تک اوپر بہت"),
    ("जनवरी", "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر"),
    ("उत्तर", "شمال شمالی اتر اتری"),
    ("दक्षिण", "جنوب جنوبی دکشن"),
    ("पूर्व", "مشرق مشرقی پورو پورب"),
    ("पश्चिम", "مغرب مغربی پشچم"),
    ("कैंट", "کینٹ چھاؤنی کنٹونمنٹ"),
    ("ग्रामीण", "دیہات دیہی گرامین"),
    ("नगर", "نگر شہر سٹی"),
    ("मध्य", "وسط وسطی مدھیہ سینٹرل"),
    ("सदर", "صدر"),
    // Numbers.
    ("शून्य", "صفر زیرو"),
    ("एक", "ایک اک"), ("दो", "دو"), ("तीन", "تین"), ("चार", "چار"), ("पाँच", "پانچ پانج"),
    ("छह", "چھ چھہ چھے"), ("सात", "سات"), ("आठ", "آٹھ"), ("नौ", "نو"), ("दस", "دس"),
    ("ग्यारह", "گیارہ"), ("बारह", "بارہ"), ("तेरह", "تیرہ"), ("चौदह", "چودہ"), ("पंद्रह", "پندرہ"),
    ("सोलह", "سولہ"), ("सत्रह", "سترہ"), ("अठारह", "اٹھارہ"), ("उन्नीस", "انیس"), ("बीस", "بیس"),
    ("इक्कीस", "اکیس"), ("बाईस", "بائیس"), ("तेईस", "تئیس تیئیس"), ("चौबीस", "چوبیس"), ("पच्चीस", "پچیس"),
    ("छब्बीस", "چھبیس"), ("सत्ताईस", "ستائیس"), ("अट्ठाईस", "اٹھائیس"), ("उनतीस", "انتیس"), ("तीस", "تیس"),
    ("इकतीस", "اکتیس"), ("बत्तीस", "بتیس"), ("तैंतीस", "تینتیس"), ("चौंतीस", "چونتیس"), ("पैंतीस", "پینتیس"),
    ("छत्तीस", "چھتیس"), ("सैंतीस", "سینتیس"), ("अड़तीस", "اڑتیس"), ("उनतालीस", "انتالیس"), ("चालीस", "چالیس"),
    ("इकतालीस", "اکتالیس"), ("बयालीस", "بیالیس"), ("तैंतालीस", "تینتالیس"), ("चौवालीस", "چوالیس"), ("पैंतालीस", "پینتالیس"),
    ("छियालीस", "چھیالیس"), ("सैंतालीस", "سینتالیس"), ("अड़तालीस", "اڑتالیس"), ("उनचास", "انچاس"), ("पचास", "پچاس"),
    ("इक्यावन", "اکیاون اکاون"), ("बावन", "باون"), ("तिरपन", "ترپن تریپن"), ("चौवन", "چون"), ("पचपन", "پچپن"),
    ("छप्पन", "چھپن"), ("सत्तावन", "ستاون"), ("अट्ठावन", "اٹھاون"), ("उनसठ", "انسٹھ"), ("साठ", "ساٹھ"),
    ("इकसठ", "اکسٹھ"), ("बासठ", "باسٹھ"), ("तिरसठ", "ترسٹھ تریسٹھ"), ("चौंसठ", "چونسٹھ"), ("पैंसठ", "پینسٹھ"),
    ("छियासठ", "چھیاسٹھ"), ("सड़सठ", "سڑسٹھ"), ("अड़सठ", "اڑسٹھ"), ("उनहत्तर", "انہتر"), ("सत्तर", "ستر"),
    ("इकहत्तर", "اکہتر"), ("बहत्तर", "بہتر"), ("तिहत्तर", "تہتر"), ("चौहत्तर", "چوہتر"), ("पचहत्तर", "پچہتر پچھتر"),
    ("छिहत्तर", "چھہتر"), ("सतहत्तर", "ستتر ستہتر"), ("अठहत्तर", "اٹھہتر اٹھتر"), ("उन्यासी", "اناسی"), ("अस्सी", "اسی"),
    ("इक्यासी", "اکیاسی"), ("बयासी", "بیاسی"), ("तिरासी", "تراسی تیراسی"), ("चौरासी", "چوراسی"), ("पचासी", "پچاسی"),
    ("छियासी", "چھیاسی"), ("सत्तासी", "ستاسی"), ("अट्ठासी", "اٹھاسی"), ("नवासी", "نواسی"), ("नब्बे", "نوے"),
    ("इक्यानवे", "اکیانوے اکانوے"), ("बानवे", "بانوے"), ("तिरानवे", "ترانوے تیرانوے"), ("चौरानवे", "چورانوے"),
    ("पंचानवे", "پچانوے پنچانوے"), ("छियानवे", "چھیانوے"), ("सत्तानवे", "ستانوے"), ("अट्ठानवे", "اٹھانوے"),
    ("निन्यानवे", "ننانوے نناوے"), ("सौ", "سو"), ("हज़ार", "ہزار"), ("लाख", "لاکھ"),
];

#[cfg(test)]
mod tests {
    use super::super::heard::Heard;
    use super::super::words::sense;
    use super::super::{Command, Kind, Meaning, Reading, choice_words, command, fold, read};
    use super::*;
    use crate::geography::Geography;

    fn heard(kind: Kind<'_>, text: &str) -> Reading {
        read(kind, text, &Geography::shipped().unwrap())
    }

    #[test]
    fn every_twin_is_a_word_the_ear_knows() {
        for (twin, urdu) in TWINS {
            let known = sense(&fold(twin));
            assert!(!known.roles.is_empty() || known.number.is_some(), "{twin} ({urdu})");
        }
    }

    #[test]
    fn the_words_that_work_everywhere_work_in_urdu() {
        let table: &[(Command, &[&str])] = &[
            (
                Command::Stop,
                &[
                    "بند",
                    "بند کرو",
                    "پیغام بند کر دیجیے",
                    "میسج مت بھیجو",
                    "میرا نمبر ہٹا دو",
                    "روکو",
                    "مجھے اب کوئی پیغام نہیں چاہیے",
                    "ممبرشپ چھوڑنی ہے",
                    "مجھے پریشان مت کرو",
                    "براہ کرم بند کریں۔",
                ],
            ),
            (Command::Menu, &["مینو", "مینو دکھاؤ", "مینو پر واپس جاؤ"]),
            (Command::Help, &["مدد", "مدد چاہیے", "میری مدد کیجیے"]),
            (Command::Back, &["واپس", "پیچھے جاؤ", "ایک قدم پیچھے", "پچھلے سوال پر جاؤ"]),
            (Command::Restart, &["شروع سے", "پھر سے شروع کرو", "دوبارہ شروع", "نئے سرے سے"]),
            (Command::Language, &["زبان", "زبان بدلو", "زبان بدلنی ہے"]),
            (Command::Notice, &["نوٹس", "نوٹس دکھائیے", "اطلاع"]),
            (Command::MyData, &["میری معلومات", "میرا ڈیٹا دکھاؤ", "میری جانکاری"]),
        ];
        for (expected, texts) in table {
            for text in *texts {
                assert_eq!(command(text), Some(*expected), "{text}");
            }
        }
    }

    #[test]
    fn a_complaint_in_urdu_stops_nothing() {
        for text in [
            "بجلی بند ہے",
            "پنشن بند ہو گئی",
            "بند مت کرو",
            "دکان بند کروا دو",
            "لکھنؤ",
            "ہاں",
            "راشن بند کر دیا",
        ] {
            assert_eq!(command(text), None, "{text}");
        }
    }

    #[test]
    fn yes_and_no_are_heard_in_urdu() {
        for text in [
            "ہاں",
            "ہاں جی",
            "جی",
            "جی ہاں۔",
            "ٹھیک ہے",
            "بالکل",
            "راضی ہوں",
            "ہاں، مجھے جڑنا ہے",
            "منظور ہے",
            "کیوں نہیں",
            "کوئی دقت نہیں",
        ] {
            assert_eq!(heard(Kind::YesNo, text), Reading::Sure(Meaning::YesNo(true)), "{text}");
        }
        for text in [
            "نہیں",
            "نہیں جی",
            "جی نہیں",
            "نہ",
            "مت کرو",
            "رہنے دیں",
            "ہاں نہیں چاہیے",
            "راضی نہیں",
            "غلط ہے",
            "بالکل نہیں",
        ] {
            assert_eq!(heard(Kind::YesNo, text), Reading::Sure(Meaning::YesNo(false)), "{text}");
        }
        for text in [
            "پتہ نہیں",
            "معلوم نہیں",
            "شاید",
            "ہاں یا نہیں",
            "کیا؟",
            "سمجھ نہیں آیا",
            "بعد میں بتاؤں گا",
            "ہے",
        ] {
            assert_eq!(heard(Kind::YesNo, text), Reading::None, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_in_urdu_digits_and_words() {
        let number = |text| heard(Kind::Number { from: 0, to: 99_999 }, text);
        for (expected, texts) in [
            (42, &["۴۲", "٤٢", "بیالیس", "بوتھ نمبر ۴۲", "میرا بوتھ 42 ہے"][..]),
            (5, &["پانچ", "۵", "۵۔"][..]),
            (9, &["نو", "نو نمبر"][..]),
            (105, &["ایک سو پانچ", "۱۰۵"][..]),
            (150, &["ڈیڑھ سو"][..]),
            (1234, &["ایک ہزار دو سو چونتیس"][..]),
        ] {
            for text in texts {
                assert_eq!(number(text), Reading::Sure(Meaning::Number(expected)), "{text}");
            }
        }
        for text in ["پتہ نہیں", "دو تین", "۵ یا ۶", "۲۵ سے زیادہ", "نہیں"]
        {
            assert_eq!(number(text), Reading::None, "{text}");
        }
    }

    #[test]
    fn every_urdu_number_word_is_the_number_of_its_twin() {
        for (twin, urdu) in TWINS {
            let Some(number) = sense(&fold(twin)).number else { continue };
            for word in urdu.split_whitespace() {
                assert_eq!(sense(&fold(word)).number, Some(number), "{word} and {twin}");
            }
        }
    }

    #[test]
    fn a_year_of_birth_is_read_in_urdu() {
        let year = |text| heard(Kind::BirthYear { now_year: 2026 }, text);
        for text in
            ["۱۹۹۰", "سن ۱۹۹۰", "۱۹۹۰ میں", "۱۵ اگست ۱۹۹۰", "انیس سو نوے", "۱۹۹۰ میں پیدا ہوا"]
        {
            assert_eq!(year(text), Reading::Sure(Meaning::Number(1990)), "{text}");
        }
        for text in ["۲۵ سال", "عمر ۲۵"] {
            assert_eq!(year(text), Reading::None, "{text}");
        }
    }

    #[test]
    fn a_choice_is_taken_by_urdu_numbers_and_words() {
        let choices = [
            choice_words("yes", &["ہاں، راضی ہوں"]),
            choice_words("no", &["نہیں"]),
            choice_words("later", &["بعد میں"]),
        ];
        for (place, texts) in [
            (0, &["۱", "ایک", "پہلا", "پہلا والا", "ہاں", "راضی"][..]),
            (1, &["۲", "دو", "دوسرا", "نہیں", "نہیں جی"][..]),
            (2, &["۳", "تیسرا", "بعد میں"][..]),
        ] {
            for text in texts {
                let reading = heard(Kind::OneOf(&choices), text);
                assert_eq!(reading, Reading::Sure(Meaning::Choice(place)), "{text}");
            }
        }
    }

    #[test]
    fn a_name_in_urdu_is_freed_of_its_sentence() {
        for (text, name) in [
            ("شبانہ بیگم", "شبانہ بیگم"),
            ("میرا نام شبانہ بیگم ہے۔", "شبانہ بیگم"),
            ("میرا نام محمد عارف ہے", "محمد عارف"),
            ("آداب، میں پوجا ہوں", "پوجا"),
        ] {
            assert_eq!(
                heard(Kind::PersonName, text),
                Reading::Sure(Meaning::Name(name.to_owned())),
                "{text}"
            );
        }
        for text in ["ہاں", "نہیں", "پچیس", "۲۵", "پتہ نہیں"] {
            assert_eq!(heard(Kind::PersonName, text), Reading::None, "{text}");
        }
    }

    #[test]
    fn every_place_is_found_by_its_urdu_name() {
        let geography = Geography::shipped().unwrap();
        for (index, district) in geography.districts.iter().enumerate() {
            let sentence = format!("میرا ضلع {} ہے۔", district.name_ur);
            for text in [district.name_ur.as_str(), &district.name_ur.replace(' ', ""), &sentence] {
                let reading = read(Kind::District, text, &geography);
                assert_eq!(reading, Reading::Sure(Meaning::District(index)), "{text}");
            }
        }
        for (index, seat) in geography.assemblies.iter().enumerate() {
            let district = Some(seat.district_code.as_str());
            let reading = read(Kind::Assembly { district }, &seat.name_ur, &geography);
            assert_eq!(reading, Reading::Sure(Meaning::Assembly(index)), "{}", seat.name_ur);
        }
        for (index, seat) in geography.lok_sabha.iter().enumerate() {
            let reading = read(Kind::LokSabha, &seat.name_ur, &geography);
            assert_eq!(reading, Reading::Sure(Meaning::LokSabha(index)), "{}", seat.name_ur);
        }
        for text in ["دہلی", "پتہ نہیں", "سڑک ٹوٹی ہے", "نہیں"] {
            assert_eq!(read(Kind::District, text, &geography), Reading::None, "{text}");
        }
    }

    #[test]
    fn keyboards_of_other_countries_write_the_same_words() {
        assert_eq!(command("مينو"), Some(Command::Menu));
        assert_eq!(heard(Kind::YesNo, "ھاں"), Reading::Sure(Meaning::YesNo(true)));
        assert_eq!(heard(Kind::YesNo, "نهيں"), Reading::Sure(Meaning::YesNo(false)));
        assert!(!Heard::new("ہاں").has(super::super::words::NO));
    }
}
