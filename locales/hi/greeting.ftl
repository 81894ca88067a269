### पहला संदेश और मेन्यू। The first message says who we are.

citizen = नमस्ते! 🙏 यह { -party }, उत्तर प्रदेश का नंबर है। बताइए, क्या करना है?
    .join = सदस्य बनें
    .join-hint = पाँच छोटे सवाल, तीन मिनट
    .my_data = मेरी जानकारी
    .my_data-hint = आपके बारे में हमारे पास क्या दर्ज है
    .help = मदद
    .help-hint = कोई सवाल हो या किसी से बात करनी हो
    .language = भाषा / Language
    .language-hint = हिंदी, English, اردو
    .leave = संदेश बंद करें
    .leave-hint = फिर हमारी ओर से कोई संदेश नहीं

member = नमस्ते { $member_name } जी! 🙏 { -party }, उत्तर प्रदेश में आपका स्वागत है। बताइए, क्या करना है?
    .my_data = मेरी जानकारी
    .my_data-hint = सदस्य संख्या और जो दर्ज है
    .samvad = संदेश चालू करें
    .samvad-hint = बैठक और कार्यक्रम की खबर
    .help = मदद
    .help-hint = कोई सवाल हो या किसी से बात करनी हो
    .language = भाषा / Language
    .language-hint = हिंदी, English, اردو
    .leave = संदेश बंद करें
    .leave-hint = संदेश या सदस्यता छोड़ना

worker = नमस्ते! 🙏 { -party }, उत्तर प्रदेश में आपका स्वागत है। बताइए, क्या करना है?
    .office = कार्यालय से बात
    .office-hint = कार्यालय के साथी जवाब देंगे
    .my_data = मेरी जानकारी
    .my_data-hint = सदस्य संख्या और जो दर्ज है
    .samvad = संदेश चालू करें
    .samvad-hint = बैठक और कार्यक्रम की खबर
    .help = मदद
    .help-hint = कोई सवाल हो या किसी से बात करनी हो
    .language = भाषा / Language
    .language-hint = हिंदी, English, اردو
    .leave = संदेश बंद करें
    .leave-hint = संदेश या सदस्यता छोड़ना
