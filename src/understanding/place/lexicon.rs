//! What words do around the name of a place. Kept apart from the words of other answers: `jila`
//! means nothing around a number, and `gram pradhan` is no village.
//!
//! Sources: frames in Hindi, Hinglish, Bhojpuri, Awadhi and English as people write them around
//! names of places: our own table, from general knowledge of the languages; the everyday
//! words are the common nouns of complaints and small talk, which must not be heard as the nearest
//! name.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use crate::geography::fold;

/// What a word may do in a message about a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Says that the name of a place of this level stands beside it.
    Label(Level),
    /// Says that what stands beside it is smaller than any place we ask for: a village, a post.
    Smaller,
    /// Says that what stands before it is larger: a division.
    Larger,
    /// Around a name, and never part of one by its sound.
    Frame,
    /// An everyday word: never the misspelt name of a place.
    Everyday,
    /// No answer comes: the name is forgotten, or kept.
    Withheld,
    /// Counts something else than a seat: `booth 12`, `ward 5`.
    Counted,
    /// The place before it is only near the one meant: `ke paas`.
    Beside,
    /// The two places before it are: `ke beech`.
    Between,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    District,
    Seat,
    LokSabha,
}

#[rustfmt::skip]
const WORDS: &[(Use, &str)] = &[
    (Use::Label(Level::District), "zila jila zilla jilla zile jile zele jilaa zilaa jilha district districts distric distict distt dist dis \
        janpad janapad jnpd jilla जिला ज़िला जिल जिले ज़िले जिल्ला जनपद डिस्ट्रिक्ट डिस्टिक जि ضلع"),
    (Use::Label(Level::Seat), "vidhansabha vidhan bidhansabha bidhan vidhaansabha vidhaan vidhansbha bidhaan vidhayaki assembly asembly assembaly \
        constituency constituancy consituency seat sit vs ac vidhansabhaa vishansabha vidhanshabha \
        विधानसभा विधान बिधानसभा विधानसभ विस सीट असेंबली असेम्बली कांस्टीट्यूएंसी"),
    (Use::Label(Level::LokSabha), "loksabha lok lokasabha ls pc parliamentary parliament sansadiya sansdiya sansad लोकसभा लोक लोस संसदीय संसद"),
    (Use::Smaller, "gaon gaav gav gaw ganv gau gram graam village vill thana thaana tehsil tahsil tehseel taseel tahseel block blok mohalla muhalla \
        post po ward gali colony kasba panchayat tola majra mauza mouza chowki chauki chowk tiraha nyay mo \
        गांव गाँव गाव ग्राम थाना तहसील ब्लॉक ब्लाक मोहल्ला मुहल्ला पोस्ट वार्ड गली कॉलोनी कालोनी कस्बा पंचायत टोला मजरा पो मो चौकी चौक"),
    (Use::Larger, "mandal commissionery commissionary division zone मंडल मण्डल कमिश्नरी जोन"),
    (Use::Frame, "sabha kshetra chhetra chetra shetra area ilaka ilaake region side taraf bundelkhand purvanchal poorvanchal awadh avadh rohilkhand ncr wali vali wala vala wale vale waale valo \
        hamaar hamar hmar hamaro humar humaar humra hamra hamre tohar ba baa baani bani baate bate bare bade badu hayi hai hain haun hayin hau hawe hawan han hoyi hove bhail \
        rahela raheli rahila rahat rahit rahata rahatani rahtani rahan rehan rehela rahewala rahenwala rahne rahai rahe rehe rehvasi rahvasi \
        niwasi nivasi basinda bashinda mool mul rup roop janm janam janme janmbhumi paida paidaish basa base basela bassla belong belongs resident residence \
        native place birthplace born hometown home town stay staying stays live lives living working currently presently parmanent permanent address \
        deila dela deni deb dihla debe vote voter vota voters matdata matdaata deta dete deti dalta dalte dalti padta padti parta parti padela parela padat parat pdta pdti padela \
        aata aati aatey aawela aavela aayela aave lagta lagti lagela lagat lagelaa hota hoti chunav kshetr chhetr nirvachan nirwachan \
        ghar gharwa address state rajya rajy pradesh desh myself self this that its it name named naam nam \
        jahan jaha jahaan yahan yaha yahin wahan waha udhar idhar andar under falls comes ander bahar \
        gaya gayi gaye gya mp mla vidhayak sansad candidate ummidwar sc st gen obc su reserve rijarv surakshit suraksit reserved samanya aarakshit arakshit general \
        bharat bhaarat hindustan india up u p uttarpradesh ki ka ke kaa kee me mein mai main se sey say ko pe par ji jee hu hun hoon hoo h hai hei \
        dekhiye dekhie dekhiyega dekho dekhe dekhen suniye sunie suno sunie batai bataye bataiye bataya batao batau bataun batata batati bol bolu bolun kahu kahun \
        likha likhta likhti likhwa likhva the thi tha ab dham dhaam teerth tirth nagri nagari nagariya jilo jilau hamro hamarau hamaro \
        filhal filhaal philhal abhi abhee niwas nivas apan haun mahoday mahodaya \
        raur raura rauwa rauaa rauwaa puchhat puchhal puchhe puchh puchat t tani tanik \
        jo wahi vahi wohi uhe janamsthan janmsthan mulnivas mulnivasi pahchan wasi vaasi vasi dharti mitti mati \
        only sirf bas keval mtlb matlab yani yaani yane matlb likho likhna likhiye likh likhe lijiye lijie note kariye karlo karlijiye samjho samjhiye samajhiye kehte kahte bolte known \
        सभा क्षेत्र छेत्र इलाका तरफ बुंदेलखंड पूर्वांचल अवध रोहिलखंड एनसीआर साइड वाला वाले वाली हमार हमरा हमरे हमनी तोहार बा बानी बाटे बाटी बाड़े हई हईं हऊ हवे हउवे हयी होई भइल \
        रहेला रहेली रहिला रहीला रहत रहित रहतानी रहे रहवासी बाशिंदा मूल रूप जन्म जन्मभूमि पैदा बसा बसे मूलनिवासी \
        देला देइला देनी देब देवेला पड़ेला परेला परत पड़त आवेला आता आती लगता लगती लगेला होता होती चुनाव निर्वाचन \
        राज्य देश नाम जहाँ यहाँ यहीं वहाँ इधर उधर अंदर अंतर्गत गया गई गए सुरक्षित आरक्षित सामान्य अनुसूचित \
        फिलहाल अभी निवास महोदय देखिए देखिये देखो सुनिए सुनिये सुनो बताइए बताया बताओ बताऊं बताऊँ बताता बताती बोलूं कहूं लिखा लिखता लिखती लिखवा अब धाम तीर्थ नगरी नगरिया जिलौ जिलो हमारौ हमारो हमरो राउर रउआ रउवा रउरा पूछत पूछल त तनी तनिक वही जो था थी थे वासी अजा अजजा अनु माटी धरती \
        भारत हिंदुस्तान सिर्फ केवल मतलब यानी लिखो लिखना लिखिए लिख लीजिए लिखें समझो समझिए कहते बोलते प्रॉपर proper \
       "),
    (Use::Beside, "door dur paas pas najdik nazdik nazdeek najdeek kareeb karib near nearby nikat bagal adjacent aas border bordar seema simavarti दूर पास नजदीक नज़दीक करीब निकट बगल समीप बॉर्डर बार्डर सीमा"),
    (Use::Between, "beech bich biich between dono beechme बीच"),
    (Use::Withheld, "bhul bhool bhoola bhula bhuli forgot forget forgotten chhodo chodo rehnedo bataunga bataungi batana \
        भूल भुल भूला भूली छोड़ो बताऊंगा बताऊंगी बताना"),
    (Use::Counted, "booth buth boot poling polling ward makan house flat plot mobile phone fone mob sector sektar sec class kaksha saal sal varsh umar umr age \
        log logon sadasya member members rupay rupaye rupees rs din mahina mahine baje gali room khata account pincode pin post percent pratishat \
        बूथ बुथ वार्ड मकान फोन मोबाइल सेक्टर कक्षा साल वर्ष उम्र लोग लोगों सदस्य रुपये रुपए दिन महीना महीने बजे कमरा खाता पिन पिनकोड प्रतिशत"),
    (Use::Everyday, "pani paani bijli light sadak road rasta rashan ration pension paisa paise rupya kaam kam naukri job rozgar berozgar school college kheti \
        kisan khet fasal nali naali naliyan gali safai kooda kuda hospital aspatal dawa dawai doctor bimar police thanedar kotwal bank card aadhaar aadhar \
        adhar photo video call phone form file app link whatsapp facebook net internet group msg message time samay aaj kal parso subah shaam raat \
        din mahina hafta baje sarkar sarkaar neta netaji modi yogi akhilesh mayawati rahul sonia bjp bhajpa sp sapa bsp basapa congress kangres cong party parti \
        pradhan pradhaan pramukh mukhiya sarpanch sabhasad parshad mantri mukhyamantri pm cm dm sdm adhikari karyakarta sadasya sadasyata member membership \
        ram shyam kumar kumari singh sinh sharma verma varma yadav gupta mishra tiwari tripathi pandey pande pandit dubey shukla srivastava shrivastava chauhan maurya kushwaha patel kurmi rajput thakur \
        khan ansari ahmad ahmed ali khatoon begum bano devi lal prasad nath das chandra saini jatav pal nishad rajbhar gautam kashyap bind soni jaiswal agarwal agrawal \
        ramesh suresh mahesh dinesh rakesh mukesh rajesh mohit rohit amit sumit ankit sunil anil sunita anita geeta gita sita seeta radha pooja puja priya neha rekha suman kavita \
        mohammad mohammed mohd salman imran irfan aslam shahid rahim karim ajay vijay sanjay manoj vinod arvind ashok deepak dipak pankaj vikas vivek santosh \
        gaay bhains dudh doodh chai roti sabji chawal gehun dal aata tel gas cylinder petrol diesel bus train gaadi gadi bike car auto \
        maa bap baap papa mummy mama mami chacha beta beti ladka ladki bachcha bachche bacha bhabhi dada dadi nana nani pati patni biwi ghar parivar sasural mayka maika shaadi shadi dost \
        khush dukhi gussa pyar kahani baat bat sach jhooth jhuth galat khabar news film gana cricket match khel test testing check demo abc xyz asdf asdfgh qwerty \
        the and you your yes not okay good morning evening night afternoon welcome sorry bye thankyou nice great super best wow lol haha hahaha hehe hmm hmmm uff oho arre \
        english hindi urdu bhasha language computer laptop result exam paper padhai pass fail class student teacher master \
        chor chori bhrashtachar ghotala mahangai garib gareeb amir ameer jaati jati dharm hindu muslim mandir masjid gurudwara \
        sabhi sab saare sara pura poora poore kuch koi aur bhi apna apne apni likhe likhen unka inka kisi sabka banna banna banana karna hona dena lena rehna dusra diya diye diyo liya liye kiya kiye aaya aaye suna dekha mila mile bola kaha likha chala soya khaya piya jana aana khana jaa jao aao doosra dusre pehla pehle abhi agla pichla \
        naya nayi purana purani bada badi bade bara chhota choti chota lamba accha achha achchha bura sundar mast bekar bakwas shukriya shanti om jai hind vande mataram \
        park bazaar bazar dukan mandi market chowk nagri station stesan airport nadi talab pul jangal pahad \
        male female mard marad stri stree istri kinnar trans transgender other anya boy girl janab huzoor hujur hazoor guru ustad maalik malik \
        maah mah mahine varsh varsha kilo kg litre meter km somvar mangalvar budhvar guruvar shukravar shanivar ravivar monday sunday birthday bday dob tarikh \
        thoda thodi zyada jyada bahut bahot hargiz hargij qatai katai bilkul zaroor jaroor need want please chahi chahiye mil milna gai gayi jata jate jati karta karti karte karwa karwaiye \
        हरगिज़ कतई मर्द मरद स्त्री किन्नर अन्य माह पूर्ण सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार मार्च थोड़ी थोड़ा बहुत चाही मिल गई करता करती करते करवाइए करा गुरु हुज़ूर हज़ूर जनाब मालिक \
        cycle saikil kamal panja haath hath hathi haathi handpump jhadu jhaadu lalten chunav kisko kisi voting nota list awas aawas yojana shauchalay sauchalay khad khaad beej bij mehnga mehnge sasta transformer \
        bill nahar nehar awara aawara pashu janwar gaushala gaushaala chhutta chutta saand sand ambulance daroga patwari lekhpal tehsildar vidhwa vridha vriddha viklang divyang samman nidhi kendra seva sewa \
        bhai bhaiya bhaiyya sahab saheb sahib har hari mahadev jay samajwad inquilab inqalab zindabad jindabad murdabad mata pita hafiz khuda allah ratri subh shubh busy meeting duty khana kha market rate bhav \
        barish baarish garmi sardi thand thandi dhoop hawa aandhi badh baadh sukha sookha gehu gehun aalu alu pyaz tamatar sarso sarson ganna ganne chini chinni mill bhugtan makka bajra jwar arhar chana matar \
        patrakar vakil wakil adhyapak shikshamitra shiksha mitra asha bahu anganwadi sevak sevika karmi chaukidar driver mistri mistry halwai darzi darji nai naai dhobi kumhar lohar barhai mali barber mazdoor majdoor \
        thekedar thekedaar vyapari vyapar kirana dukandar sipahi jawaan babu bade chhote munshi peon clerk manager engineer nurse compounder officer afsar collector kalektar \
        hello helo hlo hi hey lottery offer free skip start next kitna kitne kitni kaise kaisa kaisi jaldi turant abhi kabhi hamesha roz roj raha rahe rahi \
        bhook bhukh pyas neend sapna dil dimag aankh kaan naak muh haddi khoon bukhar khansi dard ilaj dava goli sui operation \
        chacha chachi tau tai bua fufa phupha mausi mausa jija jeeja saala sali saali sasur saas bahu damaad damad devar nanad jeth pota poti nati natin bahan behan bahen didi \
        sona chandi kapda kapde joota chappal saree sari kurta topi chashma ghadi jhola thaila balti lota mej table khat chulha diya batti pankha kooler cooler tv radio \
        kutta billi gadha ghoda bakri murga murgi machhli saanp chuha bandar sher bhalu chidiya kabootar mor tota \
        lal hara hari neela peela kala safed gulabi bhagwa \
        bhavan bhawan karyalay daftar office sachivalay kachehri kacheri adalat court jail \
        tutu tutti tooti tuti kharab gadda gaddha dhool keechad kichad pulia puliya khamba khambha taar \
        jaan jaanu baby love sexy pagal bewakoof gadhe kamina harami sala saala chutiya bakwaas bekaar \
        chitra vichitra sanskriti itihas bhugol ganit vigyan kitab copy kalam pencil \
        kavita sarita savita babita lalita anjali anju manju sanju ranju renu venu meenu minu sonu monu golu bholu chhotu chotu bablu bablo dablu guddu gudiya guddi munna munni pappu pinki pinky rinki rinku tinku chintu mintu bunty banti \
        kallu kalu raju rajju biju bijju lallan lalla lalan dilip dileep pradeep pradip sandeep sandip kuldeep jagdeep navdeep sudeep rajendra rajinder surendra virendra birendra dharmendra jitendra mahendra narendra yogendra upendra gajendra devendra \
        harish girish satish jagdish avinash prakash akash vikash subhash kailash rajnish manish anish ashish shirish nitin nitesh ritesh hitesh jayesh umesh kamlesh mithilesh akhlesh shailesh dharmesh rupesh bhupesh mangesh yogesh lokesh brijesh \
        ramlal shyamlal mohanlal sohanlal kishan krishna kishore kishor gopal govind madhav keshav raghav ramu shamu bholanath shankar shiv shiva shivam shubham satyam sundaram saurabh gaurav vaibhav abhishek abhinav aditya arjun karan varun tarun arun \
        mamta kiran seema sima reena rina meena mina beena bina veena tina asha usha nisha disha isha varsha harsha barkha vandana archana sadhana kalpana alpana ranjana sanjana anjana bhavna bhawna kamna \
        shakuntala sharda shardha shraddha durga lakshmi laxmi saraswati parvati savitri gayatri sulochana phoolmati fulmati ramkali shyamkali rajkumari rajkumar phoolkumari \
        shabana rubina yasmin nasreen nasrin parveen parvin shaheen shahin farhan imtiyaz nadeem nadim rizwan rijwan tauseef tausif wasim waseem naseem nasim salim saleem kalim kaleem jamil shakil shakeel aqeel akil jalil khalil arif asif kashif sharif \
        usman osman umar farooq faruk rashid wahid majid sajid abid javed jawed parvez parwez firoz feroz anwar akbar asgar afzal akram aslam azam azim kasim qasim hamid hameed rafiq shafiq tariq zakir shakir nasir yasir bashir munir jahangir alamgir \
        harpal satpal mahipal dharampal vijaypal omprakash hariom hariprasad ramprasad ramesh rameshwar maheshwar bhagwan bhagwati bhagirathi bhairav bajrang hanuman \
        shivani himani roshni rohini mohini kamini yamini nandini kumkum poonam punam sonam shabnam jhanvi jyoti arti aarti bharti bharati malti kanti shanti \
        साइकिल कमल पंजा हाथ हाथी हैंडपंप झाड़ू लालटेन वोटिंग नोटा सूची आवास योजना शौचालय खाद बीज महंगा महंगे सस्ता ट्रांसफार्मर ट्रांसफॉर्मर बिल नहर आवारा पशु जानवर गौशाला छुट्टा सांड एंबुलेंस एम्बुलेंस दरोगा लेखपाल पटवारी तहसीलदार \
        विधवा वृद्धा विकलांग दिव्यांग सम्मान निधि केंद्र सेवा भाई भैया साहब हर महादेव समाजवाद इंकलाब जिंदाबाद माता पिता खुदा अल्लाह रात्रि शुभ बिजी मीटिंग ड्यूटी खाना खा रेट भाव बारिश गर्मी सर्दी ठंड ठंडी धूप हवा आंधी बाढ़ सूखा \
        गेहूँ आलू प्याज टमाटर सरसों गन्ना गन्ने चीनी मिल भुगतान मक्का बाजरा चना मटर पत्रकार वकील अध्यापक शिक्षामित्र शिक्षा मित्र आशा बहू आंगनबाड़ी सेवक कर्मी चौकीदार ड्राइवर मिस्त्री हलवाई दर्जी दरजी नाई धोबी कुम्हार लोहार बढ़ई माली मजदूर \
        ठेकेदार व्यापारी सिपाही बाबू मैनेजर इंजीनियर नर्स अफसर कलेक्टर हेलो हैलो लॉटरी फ्री कितना कितने कैसे जल्दी तुरंत कभी हमेशा रोज रहा रहे रही भूख प्यास नींद सपना दिल दिमाग आंख कान नाक बुखार खांसी दर्द इलाज गोली \
        चाची ताऊ बुआ फूफा मौसी मौसा जीजा साला साली ससुर सास दामाद देवर ननद पोता पोती बहन दीदी सोना चांदी कपड़ा कपड़े जूता चप्पल साड़ी कुर्ता टोपी चश्मा घड़ी मेज पंखा टीवी कुत्ता बिल्ली गधा घोड़ा बकरी मुर्गा मछली सांप चूहा बंदर शेर मोर तोता \
        हरा नीला पीला काला सफेद भवन कार्यालय दफ्तर ऑफिस सचिवालय कचहरी अदालत कोर्ट जेल टूटी टूटा खराब गड्ढा धूल कीचड़ पुलिया खंभा तार पागल इतिहास विज्ञान किताब कलम \
        कविता सरिता सविता बबीता ललिता अंजलि अंजू मंजू रेनू मीनू सोनू मोनू गोलू भोलू छोटू बबलू गुड्डू गुड़िया गुड्डी मुन्ना मुन्नी पप्पू पिंकी रिंकी रिंकू टिंकू चिंटू कल्लू राजू लल्लन दिलीप प्रदीप संदीप कुलदीप राजेंद्र राजेन्द्र सुरेंद्र सुरेन्द्र वीरेंद्र धर्मेंद्र जितेंद्र महेंद्र नरेंद्र योगेंद्र \
        हरीश गिरीश सतीश जगदीश अविनाश प्रकाश आकाश सुभाष कैलाश मनीष अनीश आशीष नितिन नीतेश उमेश कमलेश शैलेश ब्रजेश बृजेश योगेश लोकेश रामलाल श्यामलाल मोहनलाल किशन कृष्ण किशोर गोपाल गोविंद माधव केशव राघव रामू शंकर शिव शिवम शुभम सत्यम सौरभ गौरव अभिषेक आदित्य अर्जुन करन अरुण \
        ममता किरन किरण सीमा रीना मीना बीना वीणा उषा ऊषा निशा दिशा वर्षा वंदना अर्चना साधना कल्पना रंजना संजना भावना शकुंतला शारदा श्रद्धा दुर्गा लक्ष्मी सरस्वती पार्वती सावित्री गायत्री फूलमती रामकली राजकुमारी राजकुमार \
        शबाना रुबीना यास्मीन नसरीन परवीन शाहीन फरहान इम्तियाज नदीम रिजवान रिज़वान वसीम नसीम सलीम कलीम शकील आरिफ आसिफ शरीफ उस्मान उमर राशिद साजिद जावेद परवेज फिरोज अनवर अकबर असलम आजम कासिम हामिद रफीक नासिर बशीर \
        हरिओम ओमप्रकाश रामप्रसाद भगवान भगवती हनुमान शिवानी रोशनी पूनम सोनम शबनम ज्योति आरती भारती मालती \
        tractor traktar bhawan praman patra dakhil kharij khatauni khasra khatoni chakbandi bhulekh ayushman ujjwala ujjvala mnrega manrega jal jeevan tanki kuan kuaan pokhar kabza medh nilgai machhar macchar dengue malaria tika teeka poshan dealer \
        kotedar unit anguthe angutha nishan bhatta parali urea yuria dap fasal bima beema karz karj mafi maafi loan atm otp password recharge network sim jio airtel shayari chutkula jokes status dp diwali deewali dipawali holi eid chhath navratri \
        dussehra dashahra dashhara ramzan ramjan bakrid muharram moharram raksha rakshabandhan bandhan bhandara katha kirtan ramlila mela dangal barat baarat tilak mundan tervi terahvin shok badhai janmdin mubarak meherbani maaf kshama swagat vishwas \
        vikalp parivartan imandari samvidhan loktantra arakshan aarakshan gandhi nehru shastri lohia azad bdo pramukh bekari berojgari mukti mukti andolan rally raili jansabha prachar poster jhanda banner \
        abhiman garv gaurav shaan shan izzat ijjat dukh sukh khushi gham aansu hansi rona hasna sona uthna baithna chalna daudna marna jeena \
        garmiyon bijuli paaneer paneer dahi ghee makkhan namak mirch haldi masala pyaj lahsun adrak bhindi baingan gobhi lauki karela kela seb aam angoor santra nimbu \
        tehsildari chungi tax lagan kiraya bhada mazduri salary tankhwah tankhah vetan bonus \
        कुआं पोखर कब्जा मेढ़ नीलगाय मच्छर डेंगू मलेरिया टीका पोषण कोटेदार अंगूठा भट्ठा भट्टा पराली यूरिया बीमा कर्ज माफी लोन एटीएम रिचार्ज नेटवर्क शायरी चुटकुला दिवाली दीवाली होली ईद छठ नवरात्रि दशहरा रमजान बकरीद मुहर्रम रक्षाबंधन भंडारा कथा कीर्तन मेला दंगल बारात तिलक मुंडन शोक बधाई \
        जन्मदिन मुबारक माफ क्षमा स्वागत विश्वास विकल्प परिवर्तन ईमानदारी संविधान लोकतंत्र आरक्षण गांधी नेहरू शास्त्री लोहिया आजाद खतौनी खसरा चकबंदी प्रमाण पत्र ट्रैक्टर रैली प्रचार झंडा \
        bechan lalmani ramashray rambachan phoolchand fulchand kallan nanhe chhedi jokhu ghurahu budhram mangru sukhdev balram sahdev basant hemant jayant shrikant rajnikant laxmikant umakant kamla kamala vimla vimala nirmala shyama bhagwanti ramdulari \
        chameli gulabo champa juhi naseema nasima hasina haseena saira zarina jarina tabassum shehnaz mehrunnisa gulfam ishaq yunus yusuf idris haroon harun dawood daud sulaiman zubair uzair bilal huzaifa pawan khesari virat kohli dhoni bihari kamta kripal girija surdas tulsidas \
        बेचन लालमणि फूलचंद नन्हे जोखू बुधराम सुखदेव बलराम बसंत हेमंत श्रीकांत कमला विमला निर्मला चमेली चंपा नसीमा हसीना सायरा जरीना यूसुफ हारून बिलाल कामता पवन खेसारी बिहारी \
        gunda gundagardi bahubali mafia khanan balu baalu maurang gitti eent cement siment sariya registry bainama vasiyat vasiyatnama mukadma jamanat zamanat samadhan portal aavedan bhara charkha khadi bunkar kaleen chudi churi tala itra petha gajak rewdi imarti \
        lassi thandai chokha sattu litti paan gutkha tambaku beedi machis agarbatti mombatti torch battery motor pump pipe tonti bartan thali katori chammach gilas tokri chadar takiya razai palang almari sandook talwar lathi danda bandook bandhuk jhagda jhagra chakka jam \
        dharna hadtal juloos padyatra snan ganga kumbh dargah urs majar maulana imam sadhu mahant omkar ayush kartik ansh kavya ananya palak muskan naina riya tanya sakshi simran harpreet david john mary joseph ruby dolly bobby lovely happy lucky vicky rocky jackie \
        moti heera hira panna mangal budhai sukhai dukhi ramdas shivdas nandlal girdhari banwari murari tripurari amarnath somnath vishwanath \
        गुंडा बाहुबली माफिया खनन बालू ईंट सीमेंट रजिस्ट्री मुकदमा जमानत आवेदन चरखा खादी चूड़ी ताला पेठा लस्सी सत्तू पान तंबाकू बीड़ी बर्तन थाली कटोरी चादर तकिया रजाई लाठी डंडा बंदूक झगड़ा चक्का धरना हड़ताल जुलूस स्नान गंगा कुंभ दरगाह मौलाना साधु महंत \
        आयुष कार्तिक काव्या अनन्या मुस्कान रिया साक्षी सिमरन मोती हीरा मंगल रामदास नंदलाल मुरारी अमरनाथ विश्वनाथ \
        aam ped phool phal janata log aadmi admi aurat mahila purush insaan yuva chhatra chhatr budha boodhi jawan fauji sena \
        पानी बिजली लाइट सड़क रोड रास्ता राशन पेंशन पैसा पैसे काम नौकरी रोजगार बेरोजगार स्कूल कॉलेज खेती किसान खेत फसल नाली सफाई कूड़ा अस्पताल दवा दवाई डॉक्टर बीमार पुलिस बैंक कार्ड आधार \
        फोटो वीडियो फोन मोबाइल फॉर्म फाइल ऐप समय आज कल परसों सुबह शाम रात दिन महीना हफ्ता सरकार नेता मोदी योगी अखिलेश मायावती राहुल भाजपा सपा बसपा कांग्रेस पार्टी \
        प्रधान प्रमुख मुखिया सरपंच सभासद पार्षद मंत्री मुख्यमंत्री विधायक सांसद अधिकारी कार्यकर्ता सदस्य सदस्यता \
        राम श्याम कुमार कुमारी सिंह शर्मा वर्मा यादव गुप्ता मिश्रा तिवारी त्रिपाठी पांडेय पाण्डेय पंडित दुबे शुक्ला श्रीवास्तव चौहान मौर्य कुशवाहा पटेल ठाकुर \
        खान अंसारी अहमद अली खातून बेगम बानो देवी लाल प्रसाद नाथ दास चंद्र सैनी जाटव पाल निषाद राजभर गौतम कश्यप सोनी जायसवाल अग्रवाल \
        रमेश सुरेश महेश दिनेश राकेश मुकेश राजेश मोहित रोहित अमित सुमित सुनील अनिल सुनीता अनीता गीता सीता राधा पूजा प्रिया नेहा रेखा सुमन मोहम्मद अजय विजय संजय मनोज अशोक \
        गाय भैंस दूध चाय रोटी सब्जी चावल गेहूं दाल आटा तेल गैस पेट्रोल डीजल बस ट्रेन गाड़ी कार \
        माँ बाप पापा मम्मी मामा चाचा बेटा बेटी लड़का लड़की बच्चा बच्चे भाभी दादा दादी नाना नानी पति पत्नी परिवार ससुराल मायका शादी दोस्त \
        बात सच झूठ गलत खबर फिल्म गाना खेल टेस्ट परीक्षा पढ़ाई शिक्षक छात्र चोर चोरी भ्रष्टाचार घोटाला महंगाई गरीब अमीर जाति धर्म हिंदू मुस्लिम मंदिर मस्जिद \
        सभी सब सारे पूरा पूरे अपना अपने अपनी दिया दिए लिया लिए किया किए आया आए सुना देखा मिला बोला कहा लिखा चला खाया दूसरा दूसरे पहला पहले अभी नया नई पुराना बड़ा बड़ी छोटा छोटी लंबा अच्छा बुरा सुंदर शांति ओम वंदे मातरम \
        पार्क बाजार दुकान मंडी मार्केट नगरी स्टेशन नदी तालाब पुल जंगल पहाड़ आम पेड़ फूल फल जनता लोग आदमी औरत महिला पुरुष युवा जवान सेना"),
];

/// What the folded word does, if it is one of these.
pub(super) fn used(folded: &str) -> Option<Use> {
    static USES: OnceLock<HashMap<String, Use>> = OnceLock::new();
    USES.get_or_init(uses).get(folded).copied()
}

/// Whether it is one of the commonest words of Hindi and English that are no place, a word of everyday,
/// or one around names: no slip of another word.
pub(in super::super) fn is_common_word(folded: &str) -> bool {
    used(folded).is_some() || commonest().contains(folded)
}

/// Whether it is a word of its own, of everyday or the name of a place, and therefore no other word ill
/// written.
pub(in super::super) fn is_word_or_place(folded: &str) -> bool {
    is_common_word(folded) || places().contains(folded)
}

/// Names of one word, folded, from the tables of places within the state and without.
fn places() -> &'static HashSet<String> {
    static PLACES: OnceLock<HashSet<String>> = OnceLock::new();
    PLACES.get_or_init(|| {
        let tables = [
            include_str!("../../../data/districts.csv"),
            include_str!("../../../data/assembly.csv"),
            include_str!("../../../data/elsewhere.csv"),
        ];
        let mut names = HashSet::new();
        for table in tables {
            let mut lines = table.lines().map(|line| line.split(',').collect::<Vec<&str>>());
            let header = lines.next().unwrap_or_default();
            for line in lines {
                let cells = header.iter().zip(line);
                let named = cells.filter(|(column, _)| matches!(**column, "name_en" | "name_hi"));
                names.extend(named.map(|(_, name)| fold(name)).filter(|name| !name.contains(' ')));
            }
        }
        names
    })
}

/// The folded words of `data/common_words.txt`, which tells its source.
fn commonest() -> &'static HashSet<String> {
    static COMMONEST: OnceLock<HashSet<String>> = OnceLock::new();
    COMMONEST.get_or_init(|| {
        let lines = include_str!("../../../data/common_words.txt").lines();
        lines.filter(|line| !line.starts_with('#')).map(fold).collect()
    })
}

/// Builds the tables now.
pub(in super::super) fn prepare() {
    is_word_or_place("");
}

/// The first line that has a word counts.
fn uses() -> HashMap<String, Use> {
    let mut uses = HashMap::new();
    for (use_of, words) in WORDS {
        for word in words.split_whitespace() {
            uses.entry(fold(word)).or_insert(*use_of);
        }
    }
    uses
}
