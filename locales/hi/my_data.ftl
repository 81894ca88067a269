### मेरी जानकारी: जो दर्ज है, वही दिखाना है।

# What the law lets a person ask for may cost more than a question. sms-parts: 6
member-data =
    आपके बारे में हमारे पास यह दर्ज है:
    नाम: { $member_name }
    सदस्य संख्या: { $member_number }
    कब से: { $member_since }
    कब तक: { $member_until }
    जिला: { $member_district }
    विधानसभा: { $member_seat }
    बूथ: { $member_booth }
    मोबाइल नंबर: { $phone_known ->
        [yes] दर्ज है
       *[no] दर्ज नहीं
    }
    भाषा: { $language_name }
    सदस्यता के संदेश: { $consent_membership ->
        [yes] चालू
       *[no] बंद
    }
    { -office } की खबर: { $consent_samvad ->
        [yes] चालू
       *[no] बंद
    }
    साथ में जन्म का साल (अगर बताया था) और यहाँ की बातचीत।
    .correct = कुछ सुधारना है
    .erase = सब मिटवाना है
    .ok = ठीक है

# What the law lets a person ask for may cost more than a question. sms-parts: 6
citizen-data =
    आप अभी सदस्य नहीं हैं। आपके बारे में हमारे पास यह है: आपका { $phone_known ->
        [yes] मोबाइल नंबर
       *[no] इस ऐप का पता
    }, भाषा ({ $language_name }) और यहाँ की बातचीत। { $listed ->
        [yes] कार्यालय की सूची में भी आपका जिक्र है: नाम { $listed_name }, विधानसभा { $listed_seat }, बूथ { $listed_booth }, पद { $my_posts }।
       *[no] कार्यालय की किसी सूची में आपके नाम से कुछ नहीं लिखा है।
    }
    .erase = सब मिटवाना है
    .ok = ठीक है

correction = क्या गलत है और सही क्या है, एक ही संदेश में लिख दीजिए।

correcting = लिख लिया। टिकट नंबर { $ticket } है। { -due } के अंदर सुधार देंगे।

erase = सब मिटवाने पर सदस्यता भी खत्म हो जाएगी और संदेश अभी से बंद हो जाएँगे। पक्का मिटवाना है?
    .yes = हाँ, मिटा दें
    .no = नहीं, रहने दें

erase-citizen = सब मिटा देंगे और संदेश अभी से बंद हो जाएँगे। पक्का मिटवाना है?
    .yes = हाँ, मिटा दें
    .no = नहीं, रहने दें

erasing = लिख लिया। टिकट नंबर { $ticket } है। { -due } के अंदर मिटा देंगे। कानून जितना रखने को कहे, बस उतना रहेगा।

finished = ठीक है। पूरी सूचना पढ़नी हो तो ‘सूचना’ लिखिए।
