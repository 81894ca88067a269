### सबके काम के शब्द: दल का नाम, दोबारा पूछना, समय बीतना, मदद।
### Words every conversation shares. Keep them short: an SMS in Hindi holds 70 characters, 67 each when
### it takes several. Do not bend a sentence to the person's gender.

# How the party calls itself. Choose a name that does not bend ("… का", "… में", "… से" must fit behind it).
-party = हमारी पार्टी
-office = प्रदेश कार्यालय
# Who answers complaints about data (DPDP Act 2023, section 13): name, phone or e-mail.
-grievance = शिकायत अधिकारी, प्रदेश कार्यालय
# Within how long the office settles a request about data. The law's outer limit is 90 days.
-due = 30 दिन

## जवाब समझ न आए तो

again = माफ कीजिए, यह समझ नहीं आया।
again-choices = माफ कीजिए, अब भी समझ नहीं आया। नीचे से एक चुनिए।
hint-yes-no = बस ‘हाँ’ या ‘नहीं’ लिखिए।
hint-number = { $from } से { $to } के बीच का नंबर लिखिए।
hint-year = जन्म का साल चार अंकों में लिखिए, जैसे 1985।
hint-name = अपना पूरा नाम लिखिए, जैसे सुनीता देवी।
hint-district = उत्तर प्रदेश के अपने जिले का नाम लिखिए, जैसे बरेली।
hint-assembly = { $district } जिले की अपनी विधानसभा का नाम या नंबर लिखिए।
hint-lok-sabha = अपनी लोकसभा का नाम या नंबर लिखिए।
hint-phone = 10 अंकों का मोबाइल नंबर लिखिए।
hint-text = अपनी बात लिखकर भेजिए।
did-you-mean = क्या आपका मतलब { $guess } है?
    .yes = हाँ
    .no = नहीं
    .none = इनमें से कोई नहीं
unsupported = यह हम अभी देख या सुन नहीं पाते। कृपया लिखकर भेजिए।

## बटन और सूची

skip = छोड़ दें
more = और देखें
list-open = यहाँ चुनिए
sms-choose = नंबर लिखें:
yes = हाँ
no = नहीं

## रास्ते

back-none = यह पहला सवाल है, इसके पीछे कुछ नहीं।
changed = इस बीच यह बातचीत बदल गई है, इसलिए फिर से पूछ रहे हैं। माफ कीजिए।
late = आपका संदेश देर से पहुँचा, इसलिए उसे इस सवाल का जवाब नहीं माना।
expired = पिछली बात को काफी समय हो गया। चलिए, नए सिरे से शुरू करते हैं।
parked = माफ कीजिए, हमारी ओर से गड़बड़ हुई। थोड़ी देर में फिर लिखिए।
handover = अब { -office } के एक साथी यहीं आपसे बात करेंगे। अपनी बात लिख दीजिए। लौटना हो तो ‘मेन्यू’ लिखिए।
remind = आपकी बात अधूरी रह गई थी। जब समय मिले, जवाब दे दीजिए।
waiting = आपकी बात मिल गई। थोड़ी देर बाद हम यहीं आगे बात करेंगे। कुछ और देखना हो तो ‘मेन्यू’ लिखिए।
one-moment = बस एक पल, देख रहे हैं…
