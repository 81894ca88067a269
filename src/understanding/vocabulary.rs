//! The words and their roles. Spellings are those people type (both scripts); they are folded once, so
//! vowel length, nukta, doubled letters and the like need no entries of their own. Sources: for yes,
//! no, stop, help and the like the spellings counted in stored chat corpora (L3Cube-HingLID, hinglishNorm,
//! Hinglish-TOP) and in office lists of the state; all else is our own table, from general knowledge of Hindi and the
//! languages spoken beside it (Awadhi, Bhojpuri, Braj, Bundeli, Urdu).

#[cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the table names nearly every role")
)]
use super::roles::*;

#[rustfmt::skip]
pub(super) const WORDS: &[(Roles, &str)] = &[
    (YES, "ha haa haan han hn hnn hanji hnji haanji haji hanjee yes yess yas yup yep yeah bilkul bikul bilkool hanjii ahan yaa yah avashya awashya avasya beshak beshaq bilqul indeed course absolutely definitely \
        zaroor jarur jaroor zarur sure ofcourse agree agreed \
        हाँ हा हॉ हाँजी हां हन बिल्कुल बिलकुल यस येस यप जरूर ज़रूर जरुर अवश्य हओ हव हँ हंजी बेशक निश्चित श्योर 👍"),
    (ASSENT, "sahi sahii shi thik theek thk thek teek tik ok okay oke okk okey k correct right manzoor manjoor \
        manjur sehmat sahmat sehmet razi raji raazi sahmati sehmati accept accepted qubool kubool kabool kabul qabool svikrit sweekrit true right perfect \
        permission ijazat anumati ekdam ekdum chalo badiya fine great taiyaar taiyyar okie okies pukka pakka \
        pakki accha achha acha achchha done confirm confirmed jud judna \
        judunga judungi judenge jodo jod badhiya sach theekhai thikhai chalega chalegi manta manti mante \
        सही ठीक ओके ओक ओकै मंजूर मंज़ूर सहमत राजी राज़ी अच्छा अच्छी जुड़ना जोड़ जोड़ो जुड़ूंगा जुड़ेंगे तैयार tayar taiyar स्वीकार sweekar svikar सच मानता मानती मानते सहमति क़बूल कबूल स्वीकृत अनुमति एकदम चलेगा चलेगी चलो पक्का पक्की बढ़िया मंज़ूरी इजाज़त"),
    (ASSENT.and(DO), "karo kro kariye kare karen karna krna karenge karunga karungi karu krunga kijiye kijie kijiyega kardo krdo kara kari karin karwado karein kren krein kre karey karvado karwaiye karwao karvao karwana banna banunga banungi banenge \
        kardijiye करो करें करे करिए करना कीजिए कीजिये करूंगा करूंगी करेंगे करू करदो करा करीं करवाइए करवाओ करवाना बनना बनूंगा बनेंगे"),
    (ASSENT.and(WANT), "chahiye chahie chaiye chahye chahta chahti chahte chahunga chahungi chahenge chahega want chahi chaahi required require wanted \
        चाहिए चाहिये चाहता चाही चाहती चाहते चाहूंगा चाहूंगी"),
    (NO, "nahi nhi nai nahin nahe nhe nah nhii nay nhn nahee nhin naahi nahii nahn nahiin nope nopee not naikhin naikhan nakko hargij hargiz nopes nop nooo never not dont \
        donot doesnt naikhe naikhi naiba nako nehi nehin kabhinahi \
        नहीं नही नहि नहिं नाही नाहीं नहीँ नहिन नईखे नइखे नो कतई नइखीं नइखें नइ नाइ नाय नको हरगिज़ नॉट 👎"),
    (NO.and(NUMBER_FRAME), "no"),
    (NA, "na naa nh n ना न"),
    (WRONG, "galat glt galt wrong incorrect asehmat asahmat asahmati disagree disagreed asvikar asweekar aswikar refuse refused deny false jhooth jhuth mana manaa inkar inkaar enkar reject \
        गलत ग़लत असहमत असहमति मना इनकार इंकार अस्वीकार नामंजूर namanjoor झूठ असत्य"),
    (MAT, "mat mt मत"),
    (TROUBLE, "problem dikkat diqqat pareshani aitraj aitraz etraj harj harz objection \
        दिक्कत परेशानी एतराज ऐतराज हर्ज आपत्ति समस्या"),
    (JI, "ji jee jii g jiii zee जी جی"),
    (POLITE, "namaste namaskar namaskaar nmste pranam prnam salaam salam assalam alaikum walekum sir madam mam maam \
        bhai bhaiya bhaiyya bhaia bhya didi sahab saheb sahib please pls plz plzz kripya kripaya krpya thanks thank dhanyavad dhanyawad \
        shukriya hello hi hii helo hey yaar yar bro dear huzoor hujoor hujur hazoor hazur janab babu bhaijaan bhau bahan behan behanji bahanji mataji chacha \
        netaji maharaj malik good morning evening night afternoon jai shree siya parnam jai hind shri shree radhe \
        नमस्ते नमस्कार प्रणाम सलाम सर मैडम मैम भाई भैया भइया दीदी साहब साहेब कृपया प्लीज धन्यवाद शुक्रिया हेलो हैलो \
        जय हिंद हिन्द राधे यार अरे are अजी aji हुजूर हज़ूर जनाब बाबू मालिक बहन बहनजी नेताजी शुभ प्रभात"),
    (FILLER.and(IS), "hai h he hain hein ह है हैं हे ba baa hau haw hawe is it's its बा हऽ isnt बाटे बाड़े बानी बाटी हवे हऊ हउवें हईं हई हवीं हवन हौ हय होय अहै bani baani baate bate hawe hauwe \
        haeen hoi hawan ahai"),
    (FILLER, "hu hun hoon hoo hua hue ho hi to toh tho bhi ab abhi aur and ye yeh yah wo woh vo ka ki ke ko kaa kee \
        liye lie main the of a an am main mai mein m hum ham humko i im abhi bas hoga hogi hota apna apni apne aap \
        apka aapka apko aapko tum kuch koi un us sab tha thi thee wahi bol bola bolo batao bataya raha rahi rahe was were been be this that just only rahal rahli aapke apke thodi tumhare tumhara thora bhail bhayil bhaila bhaili hokhe sirf keval likh \
        likha likho likhiye inko inka usko uska uski iska iske iski matra zara jara itna \
        हूँ हूं हु हुआ हो ही तो भी अब अभी और ये यह वो वह का की के को लिए मैं मै हम बस होगा होगी होता अपना अपनी अपने आप आपका \
        आपको कुछ कोई सब था थी वही रहा रही रहे इस उस भइल भईल भइली रहल मी आपके थोड़ी तुम्हारे होखे लिखा लिखो लिखिए सिर्फ़ केवल मात्र ज़रा इसका ہوں کا کی کے کو میں سے"),
    (FILLER.and(AGAIN), "se सें से"),
    (FILLER.and(YEAR_FRAME), "me mein में मे मैं"),
    (FILLER.and(ME), "mera mere meri mra hamara hamari hamare hmara mujhe mujhko muje mujhse hame humein my our hamar hamaar hamra hamro hmra hmar humar humra mor more mujko hmko hamko hume hmari hmare hamka humka \
        myself \
        मेरा मेरे मेरी हमारा हमारी हमारे मुझे मुझको हमें हमे हमार हमरा हमरे हमरी हमका हमको मोर मोरा मोरे میرا میری میرے مجھے"),
    (DOUBT, "pata pta ptaa malum maloom maalom jaanta janta janti jante unsure undecided dono padega padhega puch puchh puchke puchkar samay tym \
        vakt waqt time marzi marji possible possibly idk dunno maalum shayad sayad shyd soch socha sochta sochti sochna sochkar sochke sochenge \
        sochunga sochta dekhte dekhenge dekhta dekhunga dekhiye samajh samjh samajha smjh yad yaad bad baad ruko rukiye ruk \
        wait later maybe perhaps know confuse confused confusion idea doubt bataunga bataungi batayenge batate batata batati batati \
          nischit vichar \
        पता मालूम शायद सोच सोचकर सोचके सोचना सोचता सोचेंगे सोचूंगा देखते देखेंगे देखता देखूंगा समझ समझा याद बाद रुको रुकिए रुक \
        बताऊंगा बताऊंगी बताएंगे बताते बताता विचार कन्फ्यूज जानता जानती जानते दोनों पूछकर पूछके पूछ समय टाइम वक्त मर्ज़ी सोचिए सोचने"),
    (ABLE, "sakta sakti sakte sake sakenge sakunga सकता सकती सकते सके सकूंगा keh kah कह"),
    (QUESTION, "kya kyaa kia kahe kaahe kiske kiski matlab mtlb kaun kon kaunsi kaunsa konsi konsa kab kahan kaha kha kidhar kaise kese kitna kitne kitni kis kisko kiska what \
        who when where how which क्या कौन कौनसी कौनसा कब कहाँ कहां किधर कैसे कितना कितने कितनी किस किसको किसका jo काहे किसके किसकी मतलब"),
    (WHY, "kyu kyun kyo kyon kyoon why क्यों क्यो क्यूं क्यू"),
    (OR, "ya or athva athwa या अथवा"),
    (BUT, "lekin magar par but parantu kintu लेकिन मगर पर परंतु किंतु agar अगर if"),
    (HALT, "stop stopall stopp istop istap estop hatwa hatwao hatwado hatava hatawa unsubscribed usubscribe unsbscribe dnd mute band bnd bandh bund rok roko rokiye rokna roke rokdo hatao htao hatado hatadijiye hataiye hatana hataye \
        unsubscribe unsub unsubcribe unsubscrib unsuscribe optout quit stopp remove block \
        स्टॉप स्टोप स्टाप बंद बन्द बंध बन्ध रोक रोको रोकें रोकिए रोकना हटाओ हटाएं हटाए हटाइए हटाइये हटाना हटादो अनसब्सक्राइब अनसब ब्लॉक इस्टाप इस्टॉप हटावा हटवा हटवाओ डीएनडी 🛑"),
    (HALT_NOUN, "hata delete dilit radd rad cancel samapt khatam khtm chhodna chodna chhod chhodo nikalo nikal nikaldo kato kaat kat \
        end leave exit mitao mita take kaatdo katdo nikaal nikaalo nikalna nikalwa chhodni chhodna chhor chhorna chorni chhorni \
        हटा डिलीट रद्द कैंसिल कैंसल समाप्त खत्म ख़त्म छोड़ना छोड़नी छोड़ छोड़ो निकालो निकाल काटो काट मिटाओ मिटा निकालना निकलना"),
    (SEND, "bhejo bhejiye bhejna bhej bheje bhejen bhejein bhejin bhejta bhejti send sending messaging bhejiyega bheja bhejte \
        भेजो भेजें भेजे भेजिए भेजिये भेजना भेज भेजते भेजा भेजीं"),
    (DO, "kar kr karwa karwado do dijiye dijie dijiyega den de dena hona hone deejiye da dihin dai karta karte aana ana aane \
        कर दो दीजिए दीजिये दें दे देना करवा होना होने जाए दा द देईं दिहीं करता करते आना आने"),
    (DO, "chhodna chodna chhodni chodni hatana hatwana rokna छोड़ना छोड़नी हटाना हटवाना रोकना"),
    (MESSAGE, "message messages msg msgs mesage massage mesej maisej sandesh sms notification notifications update updates \
        whatsapp watsapp whatsap samvad सूचनाएं संदेश सन्देश मैसेज मेसेज मेसेज एसएमएस व्हाट्सएप वाट्सएप संवाद मैसेजेस"),
    (MINE.and(NUMBER_FRAME), "number nambar numbar nmbr num nos नंबर नम्बर नं"),
    (MINE.and(NAME_FRAME), "naam nam name नाम"),
    (MINE, "list suchi soochi sadasyata sadsyata sadasyta membership account akaunt \
        सूची लिस्ट सदस्यता मेंबरशिप खाता"),
    (WANT.and(ASSENT), "interest interested intrest ichha ichchha iccha man zarurat jarurat zaroorat jaroorat need इच्छा ज़रूरत जरूरत रुचि दिलचस्पी इंटरेस्ट मन"),
    (STOP_HELPER, "all this these it everything turant foran age aage kabhi sare saare from any more anymore now immediately \
        सारे सभी आगे कभी तुरंत इसे isko ise इसको यहाँ off kal par pe too please alone baat बात more your ur sb saara yourself anything yahan yaha"),
    (STOP_HELPER, "bar baar roz roj har din raat faltu fizul bakwas bakvas bekar bekaar spam group grup party parti itne itna yaha \
        बार रोज रोज़ हर रात फालतू फ़ालतू बकवास बेकार स्पैम ग्रुप पार्टी इतने इतना sandeshe"),
    (BOTHER, "pareshan tang disturb distrub परेशान तंग डिस्टर्ब spam irritate"),
    (THANKS, "thanks thank dhanyavad dhanyawad shukriya dhanyvad धन्यवाद शुक्रिया थैंक्स"),
    (LEAVE, "rehne rahne rhne rehen रहने"),
    (HELP, "🆘 help hlp halp sos madad madat madd mdd sahayata sahayta sahayataa sahaayta shayata हेल्प हैल्प मदद मदत मद्द सहायता सहायाता सहायत"),
    (MENU, "menu menyu mainu minu options menyoo meenu home मेनू मेन्यू मीनू मैन्यू"),
    (MENU.and(CHOICE_FRAME), "option opshan vikalp विकल्प ऑप्शन"),
    (BACK, "back wapas bak bek previous prev vapas wapis vapis waapas peeche piche pichhe picche pichla pichle pichhla वापस वापिस पीछे पिछला पिछले बैक पिछली"),
    (BEGIN, "shuru shuroo suru shru shuruat start prarambh praarambh begin beginning chalu शुरू शुरु सुरू शुरुआत प्रारंभ आरंभ aarambh"),
    (AGAIN, "phir fir firse phirse dobara dubara dobaara naye nae naya punah over again फिर दोबारा दुबारा नए नये नया पुनः फिरसे"),
    (RESTART, "restart ristart reset sire सिरे रीस्टार्ट रिस्टार्ट रीसेट"),
    (LANGUAGE, "bhasha bhasa bhaasha language lang languages भाषा भासा लैंग्वेज zuban zubaan"),
    (NOTICE, "soochna suchna sucna notice privacy policy niti nijta nijata gopniyata gopaniyata सूचना नोटिस निजता गोपनीयता नीति प्राइवेसी"),
    (DATA, "data deta details detail jankari jaankari vivaran vivran record records डेटा डाटा जानकारी विवरण रिकॉर्ड"),
    (SHOW, "batana batane batani बताना dikhao dikha dikhaiye dikhaye dikhado show dekho dekhna dekhni dekhne batao bataiye btao batado open kholo padho padhna \
        दिखाइये दिखलाओ दिखाओ दिखा दिखाएं दिखाए दिखाइए देखना देखनी देखने देखो बताओ बताइए बताएं खोलो पढ़ना"),
    (CHANGE, "change badlo badalo badal badalna badalni badaliye sudhar sudharo sudharna sudhaar edit chenj chanj \
        बदलो बदल बदलना बदलनी बदलें बदलिए सुधार सुधारो सुधारना चेंज"),
    (GO, "go jao jaao jaana jana jaiye chalo chalna chale le par pe step ek kadam page sawal question mukhya \
        जाओ जाना जाइए जाएं चलो चलें चले ले पर कदम सवाल प्रश्न मुख्य"),
    (NUMBER_FRAME, "booth boot buth bhuth bth both bhooth poling polling boothno sankhya sankhyaa sankya kram sr sno serial khand makaan makan kramank karmank kramaank \
        matdan kendra sthal station ward bhag bhaag part va vaan wan wa vi th st nd rd nambar hamar paas \
        बूथ बुथ बूध सं संख्या क्रमांक क्रमाङ्क मतदान केंद्र केन्द्र स्थल भाग वार्ड पोलिंग वां वाँ वा वीं वी वें क्रम क्र मनं मकान ठो स्टेशन एसी"),
    (CHOICE_FRAME, "choice select wala waala vala wali vali chuna chunta chunti chun answer vikalpa \
        वाला वाली चुना चुनता चुनती चुन ऑप्शन नंबर"),
    (YEAR_FRAME, "year san sann sun janam janm janma birth born paida tarikh tareekh tithi dob date isvi isavi \
        सन सन् जन्म जनम पैदा वर्ष ईस्वी ई तारीख तिथि जन्मतिथि को"),
    (AGE, "saal sal sall varsh baras umar umr umra aayu ayu age barhas baris varis umir umiriya umer umariya yer yers yo varshiy varsiya aged yr yrs years varshiya old \
        साल बरस उम्र उमर आयु वर्षीय बरिस उमिर उमिरिया एज سال عمر برس"),
    (PLACE_FRAME, "zila jila zilla jilla zile jile jilaa zele district distt dist dis janpad jnpd vidhansabha vidhan sabha \
        bidhansabha bidhan vidhaansabha vidhaan vidhansbha assembly constituency seat sit kshetra chhetra chetra shetra area vs ac loksabha lok lokasabha ls \
        parliamentary rehta rehti rehne rahta rahti rahne rehte rahte rahe wala wale wali vala vale nivasi niwasi nivasee rahnewala \
        vote voter matdata deta dete deti dalta dalte dalti padta padti parta parti pdta from here live lives living belong \
        se up pradesh u p aata aati hamar ghar india bharat sc gen st su \
        जिला ज़िला जिले जनपद डिस्ट्रिक्ट विधानसभा विधान सभा सीट क्षेत्र लोकसभा लोक निवासी रहता रहती रहते रहने वाला वाले वाली \
        मतदाता वोट वोटर देता देते देती डालता डालते पड़ता पड़ती पड़ते उप यूपी प्रदेश आता आती घर भारत सु एससी असेंबली"),
    (INEXACT, "zyada jyada jada adhik kam lagbhag takriban karib kareeb approx about than above below upar niche pass fail class aaspas aspas andaz andaza andazan plus + darjan dozen near nearly around almost under minimum \
        maximum max min upto till \
        kai anek bahut thoda between tak ज्यादा अधिक कम लगभग तकरीबन करीब ऊपर नीचे पास कई अनेक बहुत तक कक्षा आसपास प्लस अंदाज़ा अंदाज़न थोड़ा थोड़े दर्जन"),
    (MONTH, "mei january janvari janwari janawari jan february farvari farwari fabruary feb march maarch mar april aprail apr \
        may mai june joon jun july julai julay jul august agast agust aug september sitambar sept sep october aktubar oktober oct \
        november navambar nawambar nov december disambar dec \
        जनवरी फरवरी फ़रवरी मार्च अप्रैल अप्रेल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर अक्तूबर नवंबर नवम्बर दिसंबर दिसम्बर"),
    (YEAR_FRAME, "birthday bday birth birthdate janmdin janamdin janmtithi janmdinank dinank dinaank dt day on bhail tha \
        thi day mahina mahine maah month paidaish जन्मदिन दिनांक दि महीना महीने माह पैदाइश जनमदिन डीओबी डेट बर्थ \
        बर्थडे"),
    (COUNTED, "log logo logon logg jan jane jana janon vyakti vyaktiyon sadasya sadsya sadasy member members voter \
        voters vote votes matdata parivar pariwar family kul total bachche bachcha bachhe bacche bachchon beti \
        betiyan ladke seats cards लोग लोगों जन जने व्यक्ति सदस्य मेंबर वोटर वोटरों वोट मतदाता परिवार कुल टोटल \
        बच्चे बेटियाँ भाई बहन ghar घर andar अंदर sirf keval सिर्फ केवल"),
    (UNIT, "baje bje baj din dino dinon hafte hafta saptah ghante ghanta minute minat mint kilo kg km kilometer metre \
        meter feet foot fit inch litre rupaye rupay rupaya rupee rupees rs paise paisa percent pratishat month \
        months mahine बजे दिन दिनों हफ्ते हफ़्ते घंटे मिनट किलो किमी मीटर फीट रुपये रुपए रूपये पैसे प्रतिशत bigha \
        beegha acre बीघा times baar bar bari बार"),
    (KIN, "beta bete betey beti putra putri pita pitaji papa pappa mata mataji maa mummy mummi ammi abbu patni pati \
        wife husband biwi bivi dada dadi nana nani chacha chachi bhabhi bahu dost friend padosi uncle aunty son \
        daughter father mother brother sister unka unki unke बेटा बेटे बेटी पुत्र पुत्री पिता पिताजी पापा माता \
        माँ मम्मी पत्नी पति दादा दादी नाना नानी चाचा चाची भाभी बहू दोस्त पड़ोसी बीवी उनका उनकी उनके उसकी उसके"),
    (PERSON, "budha boodha budhi budhiya vridh vriddh bujurg jawan javan yuva youth nagrik citizen voter matdata kisan \
        majdoor grihini housewife student chhatra retired बूढ़ा बूढ़ी बुढ़िया वृद्ध बुजुर्ग जवान युवा नागरिक \
        मतदाता किसान मजदूर गृहिणी छात्र छात्रा"),
    (BECOME, "gaya gya gayi gyi gai gaye gye chuka chuki chuke pura puri pure poora poori poore complete completed purn \
        lagal lag laga lagi chal hogya hogyi hogayi hogaya hogaye turned kar liye liya already चुका चुकी चुके \
        पूरा पूरी पूरे पूर्ण गया गई गए गयी लगल लगा लगी चल कर लिया लिए maine मैंने अबकी abki"),
    (CERTAIN, "sure pakka pukka certain confirm nishchit nischit पक्का निश्चित श्योर कन्फर्म"),
    (EVENT, "mila mili mile milta milti milte milega milegi aaya aayi aaye aata aati aate aayega hua hui hue bana bane \
        banta banti chala chali chalti sunta sunti sunte deta deti dete diya diye khula kiya kiye hota hoti मिला \
        मिली मिले मिलता मिलती मिलेगी आया आई आयी आए आता आती आते हुआ हुई हुए बना बनी बने चला चली सुनता सुनते देता \
        देते दिया खुला किया होता"),
    (WHEN, "kal kl aaj aj parso parson subah shaam sham raat कल आज परसों परसो सुबह शाम"),
    (MALE, "purush purus purusha prush puroosh pursh male mel mail mael m man mard marad merd aadmi admi adami ladka \
        larka ldka larika chhora boy gent gents guy balak yuvak pulling nar mr पुरुष पुरूष पुरष पुरुस पुरुश मर्द \
        मरद आदमी लड़का लडका लरिका मेल बालक युवक पु पुल्लिंग नर"),
    (FEMALE, "mahila mahilaa mehla mehila mahela female femail femle fimel femael fimale femal fmale phimel f woman \
        women lady ladies aurat orat stri istri stree ladki larki ldki ladaki girl mehraru mehrarun balika kanya \
        yuvati naari nari streeling mrs ms miss महिला महीला औरत ओरत स्त्री इस्त्री लड़की लडकी लईकी नारी फीमेल \
        फिमेल मेहरारू बालिका कन्या युवती स्त्रीलिंग लेडी लेडीज"),
    (THIRD, "kinnar kinner transgender trans hijra hijda tritiya third anya other others queer nonbinary ubhayling \
        किन्नर किनर अन्य तृतीय ट्रांसजेंडर ट्रांस थर्ड हिजड़ा उभयलिंगी"),
    (GENDER_FRAME, "ling gender sex jender jaat jaati warg varg samaj samaaj samuday community type लिंग जेंडर सेक्स वर्ग \
        समाज समुदाय"),
    (FILLER, "hmm hm hmmm you can could aapne हम्म आपने"),
    // Around any answer: who is spoken to, how one begs, small words of the languages beside Hindi.
    (POLITE, "sorry sory maaf maf mafi kshama chhama kindly krupya meharbani maharbani kripa vinti binti nivedan anurodh request \
        gujarish guzarish mahoday mahodaya shriman shrimaan sriman srimaan bhaisahab bhaisaheb boss \
        kaka kaki tau saheb yr yrr are arey arre oye suniye suno dekhiye bitiya \
        माफ माफ़ी क्षमा सॉरी معاف معافی معذرت मेहरबानी कृपा विनती निवेदन अनुरोध गुज़ारिश महोदय महोदया श्रीमान भाईसाहब काका ताऊ बिटिया \
        भैय्या भय्या सुनिए सुनो"),
    (CORRECTION, "sorry sory maaf maf mafi kshama chhama matlab mtlb balki instead rather actually correction oops माफ माफ़ी क्षमा सॉरी معاف معافی معذرت मतलब बल्कि"),
    (MISTAKE, "galti galati glti galtise mistake bhool bhul mistakenly गलती ग़लती भूल"),
    (FILLER, "galti galati glti mistake गलती batau bataun bataau batao बताऊं बताऊँ बताऊ इ ई उ क lo lijiye लो लीजिए to aur hau \
        aay आय आहे rahin hoyi hove hovai होई होवे hamao javab jawab answer उत्तर जवाब"),
    (WROTE, "likha likhi likh likhe likhdiya bola bol bataya bata type tha thi लिखा लिख बताया बोला था थी"),
    (ME, "hamao hamaro hamri hamai hmao mharo maharo mhari mero meri humari humara humare हमाई हमाओ हमारौ हमरो म्हारो म्हारी मेरो हमके हमरा हमनी hamke hamni mujhse mujhpe"),
    (PAPER, "hisab hisaab anusar anusaar mutabik mutabiq according record school skool aadhar adhar aadhaar aadhaarcard card kard marksheet marksheat \
        certificate sartifiket kagaz kagaj kaagaz dastavez pramanpatra sanad highschool per likha asli हिसाब अनुसार मुताबिक रिकॉर्ड स्कूल आधार \
        कार्ड मार्कशीट सर्टिफिकेट कागज प्रमाणपत्र लिखा असली"),
    (YEAR_FRAME, "bhao bhayo bhav bhaiyo bhayi हुओ भओ भयो paidayish e jayanti janmatithi janamtithi जन्मा जन्मी janma janmi लिया पैदाइस"),
    (FILLER.and(AGAIN), "re री"),
    (CLASSIFIER, "go tho thau jani jana jane kho ठो गो जनी जना जने ठे"),
    (NUMBER_FRAME, "anubhag kramsankhya srno sno slno roll ank अंक अनुभाग"),
    (FILLER, "aapki apke aapke in inn yahi yehi yhi pe pai आपकी इन यही पे पै"),
    (POLITE, "kirpya kirpaya kripiya krpaya क्रपया किरपया"),
    (DO, "lein len lena lele लें लेना लेले"),
    (STOP_HELPER, "vagairah vagera etc वगैरह वगैरा आदि in इन"),
    // What is ended: messages and what they come by, and where one is written down.
    (MESSAGE, "mesij maisij messej mesaz mesag mssage मेसिज मैसिज मैसैज मेसैज call calls phone fon kol msz mssg msgs mesg masej mesaj massage messege text texts texting paigam paigaam sandesa sanesa \
        seva service services alert alerts subscription whatsap watsap vatsap broadcast forward prachar \
        कॉल काल फोन फ़ोन पैग़ाम पैगाम संदेसा सन्देसा संदेशा सेवा सर्विस अलर्ट सब्सक्रिप्शन व्हाट्सऐप व्हाट्सअप वाट्सऐप वाट्सअप प्रचार टेक्स्ट मेसज मसेज नोटिफिकेशन अपडेट"),
    (MINE, "mobile mobail registration panjikaran pnjikaran rajistration subscription mailing contact sampark मोबाइल मोबाईल पंजीकरण रजिस्ट्रेशन संपर्क \
        सब्सक्रिप्शन"),
    (HALT, "stp stap unfollow discontinue halt cease"),
    (HALT_NOUN, "bahar baahar बाहर nirast nirst mukt mukti chhutkara chutkara off khatma deactivate deregister withdraw discard quit remov rimuv \
        निरस्त मुक्त मुक्ति छुटकारा ऑफ़ ऑफ खात्मा रिमूव डिएक्टिवेट"),
    (SEND, "contact texting messaging bhejal bhejat bhijao patha pathao pathava pathaiye पठाओ पठावा पठइहा भेजल भेजत भेजाओ"),
    (STOP_HELPER, "aainda ainda ayinda dobara dubara future bhavishya fir phir forever permanently hamesha abse rajnitik rajneetik political chunavi \
        advertisement ads vigyapan unwanted anchahe hath haath jodta jodti jodkar jodke ekdam fauran jald jaldi ever other others \
        आइंदा आइन्दा भविष्य हमेशा राजनीतिक चुनावी विज्ञापन अनचाहे हाथ जोड़ता जोड़ती जोड़कर फौरन फ़ौरन जल्दी जल्द एकदम दोबारा दुबारा फिर कभी"),
    (DO, "dunga dungi denge deo dio dihal dijo kijo karaiye jaye jaaye jae dedo dedijiye kardena karde kardein krden kriye kriyo kijega \
        diha kariha karih karba karab karau karai krwa दूंगा दूंगी देंगे देओ दिहा करिह करिहा करब करबा जाए जाये दइ करै करय करौ"),
    (MAT, "mti jin jini मति जिन जनि जिनि"),
    (BOTHER, "dukhi takleef taklif disturbance दुखी तकलीफ़"),
    // Help, menu, back, restart.
    (HELP, "imdad support इमदाद मद्दत सपोर्ट"),
    (MENU, "menyu minyu mainmenu homepage मैनू मेन्यु होम"),
    (BACK, "bek baik pichhla pichhli pichhu pachhe pachhu पाछे पाछू पीछू पिछ्ला बेक लौट laut"),
    (BEGIN, "starts staart arambh aarambha prarambh shuruwat shuruvat shurwat सुरुआत स्टार्ट आरम्भ प्रारम्भ शुरूआत"),
    (AGAIN, "fer pher pheri feri dobare dubare naya nai nayi firsay phirsay फेर फेरि नई नइ पुन"),
    (RESTART, "restaart ristaat restat reboot रीस्टाट रिसेट रीबूट"),
    (SHOW, "dekhaiye dekhao dikhava dekhava view see देखाओ देखावा दिखावा दिखाव ओपन शो"),
    (GO, "lechalo take switch लौट लौटना आना ana aana स्टेप वाले"),
    // Yes and no.
    (YES, "yeap yess yea yaah yupp yepp hanu hanv haav surely certainly obviously definately haanh हाव हवे शुअर ज़रूरी yesh hji"),
    (ASSENT, "razamand rajamand rajamandi razamandi swikriti svikriti sweekriti sweekaar manjoori manjuri manzur manzuri accepting allow allowed approve approved \
        okji oki kk thiik theekh uchit sahih durust jayaj vajib karab karba judab banab \
        रज़ामंद रजामंद रजामंदी स्वीकृति मंज़ूर मन्जूर मन्जूरी उचित दुरुस्त जायज़ वाजिब डन कन्फर्म एग्री एक्सेप्ट करब जुड़ब बनब"),
    (NO, "nopp naikh nhin nhai nahai noi naay nei nyi nhhi nahie nahike hrgiz negative wont नखे नोप नेगेटिव"),
    (WRONG, "inkaari asvikriti aswikriti naamanjoor naamanzoor namanzoor namanjur asammati rejected decline declined virodh \
        नामंज़ूर अस्वीकृति असम्मति विरोध इन्कार रिजेक्ट"),
    (DOUBT, "depends depend shaayad shaayd samjhe samjhi pt sochu sochun kahunga kahungi batadunga puchunga puchna puchhna say सोचूँ पूछना"),
    // Oneself.
    (MALE, "gentleman gentlemen males admee marda mardana chora chhore chhoro ladke laika babua munda boi \
        बॉय ब्वॉय ब्वाय छोरा छोरो मैल लइका मुंडा जेंट्स जेन्ट्स मैन"),
    (FEMALE, "females womens mahilayen mahilaen mahilaye mahilae khatoon khatun lugai lugaai aurt chhori chhokri laiki janani zanana janana garl \
        गर्ल छोरी लुगाई ख़ातून खातून जनाना जननी महिलाएं लइकी वुमन वूमन लेडिस"),
    (THIRD, "transman transwoman transgendar tranzgender thirdgender khwajasira hijda intersex ख्वाजासरा इंटरसेक्स ट्रांसजेन्डर अदर"),
    (GENDER_FRAME, "zaat jati जात जाति ज़ात जेन्डर"),
    (PERSON, "grihani gruhini grihini gharwali kaamkaji pensioner गृहणी घरवाली पेंशनर रिटायर"),
    (KIN, "padosan saas sasur jija saali devar nanad pota poti naati natin सास ससुर जीजा देवर ननद पोता पोती नाती"),
    (AGE, "saalon varshon barason yrsold yearold बरसों सालों वर्षों सा"),
    (BECOME, "gail gaile bhaini likh गइल गइनी भइनी लिख हुई हुए hui"),
    (LEAVE, "rehna rahna rhna रहना"),
    (HALT_NOUN, "khatm khtam ख़तम खतम"),
    (STOP_HELPER, "log logo दिन भर bhar लोग"),
    (GO, "मेन"),
    (AGE, "varas ईयर"),
    (BECOME, "kiye kiya किये किए"),
    (MALE, "boys"),
    (FEMALE, "girls"),
    (PERSON, "gharelu घरेलू"),
    // How one begs and whom one addresses, in Urdu and in the speech of the countryside.
    (POLITE, "baraye baray baraaye meherbani mehrbani mehrabani maherbani inayat karam prabhu prabhuji bandhu bandhuvar mitra mitron sathi saathi \
        kasht kashta kast बराए मेहेरबानी इनायत प्रभु बंधु मित्र साथी कष्ट"),
    (WANT.and(ASSENT), "darkar darkaar avashyakta aavashyakta zarurat awashyakta दरकार आवश्यकता"),
    // Quantities of English, words of time and place that carry no answer.
    (FILLER, "some"),
    (FILLER, "je jeh e ए जे जो raur raura rauwa rauaa राउर रउआ रउरा tanik tani तनिक तनी"),
    (ME, "mjhe mjh mje mjhko mujh मुझ"),
    (NO, "qatai katayi qatayi kadapi kadaapi kadapee नी कदापि"),
    (DOUBT, "kadachit kadachith कदाचित"),
    (DO, "karke krke karkey karega karegi karogi karoge kijiyo करेगा करेगी करोगे"),
    (WROTE, "dab daba dabaya dabaa dabgaya click press दब दबा दबाया"),
    (COUNTED, "milakar milake milaakar मिलाकर मिलाके"),
    // Kin as they are called at home.
    (POLITE, "baba बाबा"),
    (KIN, "amma ammaa maiya baba aaji aaja nanihal bhauji bhaujai bhouji jiji अम्मा मैया बाबा आजी आजा भौजी भौजाई"),
    (AGE, "umariya उमरिया"),
    (BECOME, "gaen gayen gen bhaen bhayen hoi hoigaye hogaen गएन गयेन भएन भयेन होइ"),
    // Titles tell a gender too; so does the speech of the young.
    (FEMALE, "smt shrimati srimati shreemati shrimatee sushri laundiya lawndiya श्रीमती सुश्री लौंडिया"),
    (MALE, "launda lounda londa laundaa लौंडा"),
    (GENDER_FRAME, "shakti शक्ति"),
    // Where votes are cast: the rooms of polling stations.
    (POLLING, "prathmik praathmik primary junior high inter middle madhyamik purva poorv uchch uchchtar vidyalaya vidhyalaya vidyalay \
        school skool iskool college kanya pathshala panchayat bhawan bhavan samudayik anganwadi dharamshala kaksha room kamra \
        प्राथमिक प्राइमरी जूनियर हाई इंटर इण्टर माध्यमिक पूर्व उच्च उच्चतर विद्यालय स्कूल कॉलेज कालेज कन्या पाठशाला पंचायत भवन \
        सामुदायिक आंगनबाड़ी धर्मशाला कक्ष"),
    (NORTH, "north uttar uttari uttri nort नॉर्थ उत्तर उत्तरी"),
    (SOUTH, "south dakshin dakshini dakhin daxin साउथ दक्षिण दक्षिणी"),
    (EAST, "east est purv purvi purab poorv poorvi purva ईस्ट पूर्व पूर्वी पूरब"),
    (WEST, "west paschim pashchim pashchimi paschimi pacchim वेस्ट पश्चिम पश्चिमी"),
    (CENTRAL, "central madhya madhy sentral सेंट्रल मध्य"),
    (CANTT, "cantt cant kaint cantonment chhavni chavni chhawni chavani kent कैंट कैण्ट कैन्ट केंट छावनी"),
    (RURAL, "rural gramin grameen graamin dehat dehaat ग्रामीण ग्रामिण देहात"),
    (URBAN, "nagar city urban shahar shahr shehar sahar nager नगर शहर शहरी सिटी"),
    (SADAR, "sadar sader सदर"),
];
