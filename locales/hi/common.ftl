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
hint-number = { $from } से { $to } तक कोई एक नंबर लिखिए।
again-numbers = माफ कीजिए, अब भी समझ नहीं आया। नीचे की सूची देखिए।
hint-any = { $least ->
    [1] एक या ज्यादा
   *[other] कम से कम { $least }
 } नंबर लिखिए, जैसे { $example }।
hint-any-most = { $exact ->
    [yes] पूरे { $most } चुनिए, न कम न ज्यादा।
   *[no] { $most } से ज्यादा मत चुनिए।
 } नंबर ऐसे लिखिए: { $example }
hint-ranked = { $exact ->
    [yes] पूरे { $most } नंबर
   *[no] नंबर
 } पसंद के क्रम में लिखिए, जैसे { $example }।
hint-age = अपनी उम्र अंकों में लिखिए, जैसे 34।
hint-booth = बूथ का नंबर लिखिए, 1 से { $to } तक।
hint-date = तारीख ऐसे लिखिए: 15 अगस्त 1990 या 15/8/1990।
hint-date-from = { $from } या उसके बाद की तारीख लिखिए, जैसे 15/8/2027।
hint-date-to = { $to } तक की तारीख लिखिए, साल के साथ, जैसे 15/8/1990।
hint-date-between = { $from } से { $to } तक की कोई तारीख लिखिए।
hint-location = 📎 दबाकर ‘Location’ चुनिए और अपनी जगह भेजिए।
hint-message = यहाँ { $kinds } भेजिए।
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
# किस तरह का संदेश: "यहाँ फोटो या आवाज भेजिए।" / What a message of each kind is called.
sent = भेजा गया
    .text = लिखा हुआ संदेश
    .voice = बोला हुआ संदेश
    .photo = फोटो
    .video = वीडियो
    .location = अपनी जगह
    .file = फाइल
# वे शब्द जो हर जगह काम करते हैं: "क्या आपका मतलब ‘मदद’ है?" / The words that work everywhere.
words = शब्द
    .menu = मेन्यू
    .help = मदद
    .back = वापस
    .restart = शुरू से
    .language = भाषा
    .stop = बंद
    .notice = सूचना
    .my_data = मेरी जानकारी
unsupported = यह हम अभी देख या सुन नहीं पाते। कृपया लिखकर भेजिए।

## बटन और सूची

skip = छोड़ दें
more = और देखें
list-open = यहाँ चुनिए
sms-choose = नंबर लिखिए:
# जब एक संदेश में कई चुने जा सकते हैं / Where one message may name several.
choose-any = { $least ->
    [1] एक या ज्यादा
   *[other] कम से कम { $least }
 } नंबर लिखिए, जैसे { $example }:
choose-any-most = { $most }{ $exact ->
    [yes] {""}
   *[no] {" "}तक
 } नंबर लिखिए, जैसे { $example }:
choose-ranked = पसंद के क्रम में नंबर लिखिए, जैसे { $example }:
choose-ranked-most = पहली { $most } पसंद के नंबर क्रम से लिखिए, जैसे { $example }:
yes = हाँ
no = नहीं

## रास्ते

back-none = यह पहला सवाल है, इससे पहले कुछ नहीं।
# रेफरल कोड जिसका जाँच-अंक नहीं बैठता / Behind a start word, a code with a wrong digit.
code-unknown = ‘{ $code }’ सही कोड नहीं है, एक बार अंक देख लीजिए। अभी कोड के बिना आगे बढ़ते हैं।
changed = इस बीच यह बातचीत बदल गई है, इसलिए फिर से पूछ रहे हैं। माफ कीजिए।
late = आपका संदेश देर से पहुँचा, इसलिए उसे इस सवाल का जवाब नहीं माना।
expired = पिछली बात को काफी समय हो गया। चलिए, नए सिरे से शुरू करते हैं।
# किसी एक रास्ते के लिए मना करने पर, और फिर चालू कराने पर / One channel alone: taken out, and back.
channel-stopped = ठीक है, { $channel } पर अब हम अपनी ओर से कुछ नहीं भेजेंगे। फिर चाहिए तो ‘{ $channel } चालू’ लिखिए। सब कुछ रोकना हो तो ‘बंद’ लिखिए।
channel-back = ठीक है, { $channel } पर संदेश फिर आएँगे। रोकना हो तो ‘सिर्फ { $channel } बंद’ लिखिए।
# मतदान से पहले के मौन में एक बार / Once, in the silence before the poll of the person's seat: that it came, and
# not a word of politics.
silence = आपका संदेश हमें मिल गया। मतदान से पहले की मौन अवधि में हम जवाब नहीं भेजते। मतदान के बाद फिर लिखिए।
# चुनाव कानून जब राय पूछने नहीं देता: जो लिखा गया, वह जवाब नहीं बना / While election law lets nobody ask for an opinion:
# what came was not taken for an answer. $again: whether the poll is open after $until (yes, no), or nobody knows (later).
opinion-rests = आपने लिखा, इसके लिए धन्यवाद। चुनाव कानून के अनुसार इन दिनों किसी से राय नहीं पूछी जाती, इसलिए यह संदेश जवाब में नहीं जोड़ा गया। { $again ->
    [yes] कृपया { $until } के बाद फिर लिखिए।
    [later] कृपया कुछ समय बाद फिर लिखिए।
   *[no] {""}
}
# जिनसे राय ली गई थी, पर अब नहीं ली जा रही / To somebody on the roster of a poll that takes no answer now. $state: answered,
# unanswered (it is over), cancelled, soon (it opens later), shut (its key is away for the moment).
# sms-parts: 5
opinion-over = { $state ->
    [answered] यह राय पूरी हो गई। इस नंबर से आया जवाब समय पर मिल गया था। लिफाफा गिना गया या नहीं, यह रसीद बताती है: गिनती के बाद उसके नौ अक्षर लिखकर भेजिए, जैसे 7K2-QXM-9ZT। आपने समय दिया, धन्यवाद! 🙏
    [cancelled] कार्यालय ने राय लेना बीच में रोक दिया, इसलिए अब कोई जवाब नहीं लिया जाता और जो आए थे वे नहीं गिने जाते। आपके समय के लिए धन्यवाद।
    [soon] यह राय अभी शुरू नहीं हुई है। शुरू होने पर ‘राय’ लिखिए, हम आपसे जरूर पूछेंगे।
    [shut] माफ कीजिए, अभी जवाब नहीं ले पा रहे हैं, और यह संदेश भी जवाब में नहीं जोड़ा गया। थोड़ी देर बाद ‘राय’ लिखिए।
   *[other] यह राय पूरी हो गई, और इस नंबर से कोई जवाब नहीं आया था। अगली बार आपकी राय जरूर जानना चाहेंगे। अभी कुछ कहना हो तो ‘मेन्यू’ लिखिए।
}
# मौन अवधि में आया जवाब: रखा गया, बिना कुछ दोहराए / An answer that came in the silence: stored, and not a word of it.
opinion-kept = आपका संदेश मिल गया, धन्यवाद। उसे मुहरबंद करके जोड़ लिया गया है। मतदान से पहले की मौन अवधि में हम और जवाब नहीं भेजते।
# राय की जगह आवाज, फोटो, कार्ड / Instead of words: a voice note, a picture, a card.
opinion-in-words = राय आवाज, फोटो या कार्ड में नहीं ली जाती, इसलिए इसे न खोला गया, न रखा गया। अपना जवाब लिखकर भेजिए: एक नंबर या नाम। बात कुछ और हो तो ‘मेन्यू’ लिखिए।
# भेजा हुआ जवाब एडिट किया गया / An answer that was edited after it was sent.
opinion-edited = भेजा हुआ संदेश बाद में एडिट करने से राय का जवाब नहीं बदलता; एडिट किया हुआ पढ़ा नहीं जाता। जवाब बदलना हो तो ‘बदलें’ लिखिए।
parked = माफ कीजिए, हमारी ओर से गड़बड़ हुई। थोड़ी देर में फिर लिखिए।
handover = अब { -office } के एक साथी यहीं आपसे बात करेंगे। अपनी बात लिख दीजिए। लौटना हो तो ‘मेन्यू’ लिखिए।
remind = आपकी बात अधूरी रह गई थी। जब समय मिले, जवाब दे दीजिए।
waiting = आपकी बात मिल गई। थोड़ी देर बाद हम यहीं आगे बात करेंगे। कुछ और देखना हो तो ‘मेन्यू’ लिखिए।
one-moment = बस एक पल, देख रहे हैं…
# जब किसी जवाब का DLT टेम्पलेट न हो, SMS पर बस यह जाता है / By SMS in India, where nothing of an answer may
# be sent (docs/operations.md, "DLT"). Say where else people are heard, and register it first.
sms-instead = माफ कीजिए, इसका जवाब SMS से नहीं भेज सकते। { -office } से पूछिए। { -party }
# सवाल के बीच में आए अभिवादन का जवाब; नीचे वही सवाल / Above the open question, to a greeting.
salute = नमस्ते! आपसे बात करके अच्छा लगा।
