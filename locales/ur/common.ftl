### سب کے کام کے لفظ: پارٹی کا نام، دوبارہ پوچھنا، وقت گزرنا، مدد۔
### Words every conversation shares. Keep them short: an SMS in Urdu holds 70 characters, 67 each when
### it takes several. Do not bend a sentence to the person's gender. Begin every line with an Urdu word,
### never with a variable, a number in a sentence or an English word: the first letter decides whether
### a phone sets the line from the right.

# How the party calls itself. Choose a name that does not bend ("… کا", "… میں", "… سے" must fit behind it).
-party = ہماری پارٹی
-office = ریاستی دفتر
# Who answers complaints about data (DPDP Act 2023, section 13): name, phone or e-mail.
-grievance = شکایت افسر، ریاستی دفتر
# Within how long the office settles a request about data. The law's outer limit is 90 days.
-due = 30 دن

## جواب سمجھ نہ آئے تو

again = معاف کیجیے، یہ سمجھ نہیں آیا۔
again-choices = معاف کیجیے، اب بھی سمجھ نہیں آیا۔ نیچے سے ایک چنیے۔
hint-yes-no = بس ’ہاں‘ یا ’نہیں‘ لکھیے۔
hint-number = مہربانی کر کے { $from } سے { $to } تک کوئی ایک نمبر لکھیے۔
again-numbers = معاف کیجیے، اب بھی سمجھ نہیں آیا۔ نیچے کی فہرست دیکھیے۔
hint-any = { $least ->
    [1] ایک یا زیادہ
   *[other] کم سے کم { $least }
 } نمبر لکھیے، جیسے { $example }۔
hint-any-most = { $exact ->
    [yes] پورے { $most } چنیے، نہ کم نہ زیادہ۔
   *[no] زیادہ سے زیادہ { $most } چنیے۔
 } نمبر ایسے لکھیے: { $example }
hint-ranked = { $exact ->
    [yes] پورے { $most } نمبر
   *[no] نمبر
 } پسند کی ترتیب سے لکھیے، جیسے { $example }۔
hint-age = اپنی عمر ہندسوں میں لکھیے، جیسے 34۔
hint-booth = بوتھ کا نمبر لکھیے، 1 سے { $to } تک۔
hint-date = تاریخ ایسے لکھیے: 15 اگست 1990 یا 15/8/1990۔
hint-date-from = تاریخ { $from } یا اس کے بعد کی لکھیے، جیسے 15/8/2027۔
hint-date-to = تاریخ { $to } تک کی لکھیے، سال کے ساتھ، جیسے 15/8/1990۔
hint-date-between = تاریخ { $from } سے { $to } تک کی لکھیے۔
hint-location = بٹن 📎 دبا کر ’Location‘ چنیے اور اپنی جگہ بھیجیے۔
hint-message = یہاں { $kinds } بھیجیے۔
hint-year = پیدائش کا سال چار ہندسوں میں لکھیے، جیسے 1985۔
hint-name = اپنا پورا نام لکھیے، جیسے شبانہ بیگم۔
hint-district = اتر پردیش کے اپنے ضلع کا نام لکھیے، جیسے بریلی۔
hint-assembly = ضلع { $district } کی اپنی ودھان سبھا کا نام یا نمبر لکھیے۔
hint-lok-sabha = اپنی لوک سبھا کا نام یا نمبر لکھیے۔
hint-phone = موبائل نمبر کے 10 ہندسے لکھیے۔
hint-text = اپنی بات لکھ کر بھیجیے۔
did-you-mean = کیا آپ کا مطلب { $guess } ہے؟
    .yes = ہاں
    .no = نہیں
    .none = ان میں سے کوئی نہیں
# کس طرح کا پیغام: "یہاں فوٹو یا آواز بھیجیے۔" / What a message of each kind is called.
sent = بھیجا گیا
    .text = لکھا ہوا پیغام
    .voice = بولا ہوا پیغام
    .photo = فوٹو
    .video = ویڈیو
    .location = اپنی جگہ
    .file = فائل
# وہ لفظ جو ہر جگہ کام کرتے ہیں: "کیا آپ کا مطلب ’مدد‘ ہے؟" / The words that work everywhere.
words = لفظ
    .menu = مینو
    .help = مدد
    .back = واپس
    .restart = شروع سے
    .language = زبان
    .stop = بند
    .notice = نوٹس
    .my_data = میری معلومات
unsupported = یہ ہم ابھی دیکھ یا سن نہیں پاتے۔ مہربانی کر کے لکھ کر بھیجیے۔

## بٹن اور فہرست

skip = چھوڑ دیں
more = اور دیکھیں
list-open = یہاں چنیے
sms-choose = نمبر لکھیے:
# جب ایک پیغام میں کئی چنے جا سکتے ہیں / Where one message may name several.
choose-any = { $least ->
    [1] ایک یا زیادہ
   *[other] کم سے کم { $least }
 } نمبر لکھیے، جیسے { $example }:
choose-any-most = { $exact ->
    [yes] پورے { $most }
   *[no] زیادہ سے زیادہ { $most }
 } نمبر لکھیے، جیسے { $example }:
choose-ranked = پسند کی ترتیب سے نمبر لکھیے، جیسے { $example }:
choose-ranked-most = پہلی { $most } پسند کے نمبر ترتیب سے لکھیے، جیسے { $example }:
yes = ہاں
no = نہیں

## راستے

back-none = یہ پہلا سوال ہے، اس سے پہلے کچھ نہیں۔
# حوالہ کوڈ جس کا کوئی ہندسہ غلط ہے / A referral code with a wrong digit, behind a start word.
code-unknown = یہ کوڈ ‘{ $code }’ درست نہیں، ایک بار ہندسے دیکھ لیجیے۔ ابھی کوڈ کے بغیر آگے بڑھتے ہیں۔
changed = اس بیچ یہ بات چیت بدل گئی ہے، اس لیے پھر سے پوچھ رہے ہیں۔ معاف کیجیے۔
late = آپ کا پیغام دیر سے پہنچا، اس لیے اسے اس سوال کا جواب نہیں مانا۔
expired = پچھلی بات کو کافی وقت ہو گیا۔ چلیے، نئے سرے سے شروع کرتے ہیں۔
# One channel alone: taken out, and back.
channel-stopped = ٹھیک ہے، { $channel } پر اب ہم اپنی طرف سے کچھ نہیں بھیجیں گے۔ پھر چاہیے تو ‘{ $channel } چالو’ لکھیے۔ سب کچھ روکنا ہو تو ‘بند’ لکھیے۔
channel-back = ٹھیک ہے، { $channel } پر پیغام پھر آئیں گے۔ روکنا ہو تو ‘صرف { $channel } بند’ لکھیے۔
# Once, in the silence before the poll of the person's seat: that it came, and not a word of politics.
silence = آپ کا پیغام ہمیں مل گیا۔ ووٹنگ سے پہلے کی خاموشی میں ہم جواب نہیں بھیجتے۔ ووٹنگ کے بعد پھر لکھیے۔
# While election law lets nobody ask for an opinion: what came was not taken for an answer. $again: whether the poll is open
# after $until (yes, no), or nobody knows (later).
opinion-rests = آپ نے لکھا، اس کے لیے شکریہ۔ انتخابی قانون کے مطابق ان دنوں کسی سے رائے نہیں پوچھی جاتی، اس لیے یہ پیغام جواب میں نہیں جوڑا گیا۔ { $again ->
    [yes] مہربانی کر کے { $until } کے بعد پھر لکھیے۔
    [later] مہربانی کر کے کچھ وقت بعد پھر لکھیے۔
   *[no] {""}
}
# To somebody on the roster of a poll that takes no answer now. $state: answered, unanswered (it is over), cancelled, soon
# (it opens later), shut (its key is away for the moment).
# sms-parts: 5
opinion-over = { $state ->
    [answered] یہ رائے پوری ہو گئی۔ اس نمبر سے آیا جواب وقت پر مل گیا تھا۔ لفافہ گنا گیا یا نہیں، یہ رسید بتاتی ہے: گنتی کے بعد اس کے نو حرف لکھ کر بھیجیے، جیسے 7K2-QXM-9ZT۔ آپ نے وقت دیا، شکریہ!
    [cancelled] دفتر نے رائے لینا بیچ میں روک دیا، اس لیے اب کوئی جواب نہیں لیا جاتا، اور جو آئے تھے وہ نہیں گنے جاتے۔ آپ کے وقت کا شکریہ۔
    [soon] یہ رائے ابھی شروع نہیں ہوئی۔ شروع ہونے پر ’رائے‘ لکھیے، ہم آپ سے ضرور پوچھیں گے۔
    [shut] معاف کیجیے، ابھی جواب نہیں لے پا رہے، اور یہ پیغام بھی جواب میں نہیں جوڑا گیا۔ تھوڑی دیر بعد ’رائے‘ لکھیے۔
   *[other] یہ رائے پوری ہو گئی، اور اس نمبر سے کوئی جواب نہیں آیا تھا۔ اگلی بار آپ کی رائے ضرور جاننا چاہیں گے۔ ابھی کچھ کہنا ہو تو ’مینو‘ لکھیے۔
}
# An answer that came in the silence: stored, and not a word of it.
opinion-kept = آپ کا پیغام مل گیا، شکریہ۔ اسے مہربند کر کے جوڑ لیا گیا ہے۔ ووٹنگ سے پہلے کی خاموشی میں ہم اور جواب نہیں بھیجتے۔
# Instead of words: a voice note, a picture, a card.
opinion-in-words = رائے آواز، تصویر یا کارڈ میں نہیں لی جاتی، اس لیے اسے نہ کھولا گیا، نہ رکھا گیا۔ اپنا جواب لکھ کر بھیجیے: ایک نمبر یا نام۔ بات کچھ اور ہو تو ’مینو‘ لکھیے۔
# An answer that was edited after it was sent.
opinion-edited = بھیجا ہوا پیغام بعد میں ایڈٹ کرنے سے رائے کا جواب نہیں بدلتا؛ ایڈٹ کیا ہوا پڑھا نہیں جاتا۔ جواب بدلنا ہو تو ’بدلیں‘ لکھیے۔
parked = معاف کیجیے، ہماری طرف سے گڑبڑ ہوئی۔ تھوڑی دیر میں پھر لکھیے۔
handover = اب { -office } کے ایک ساتھی یہیں آپ سے بات کریں گے۔ اپنی بات لکھ دیجیے۔ لوٹنا ہو تو ’مینو‘ لکھیے۔
remind = آپ کی بات ادھوری رہ گئی تھی۔ جب وقت ملے، جواب دے دیجیے۔
waiting = آپ کی بات مل گئی۔ تھوڑی دیر بعد ہم یہیں آگے بات کریں گے۔ کچھ اور دیکھنا ہو تو ’مینو‘ لکھیے۔
one-moment = بس ایک پل، دیکھ رہے ہیں…
# جب کسی جواب کا DLT ٹیمپلیٹ نہ ہو، SMS پر بس یہ جاتا ہے / By SMS in India, where nothing of an answer may
# be sent (docs/operations.md, "DLT"). Say where else people are heard, and register it first.
sms-instead = معاف کیجیے، اس کا جواب SMS سے نہیں بھیج سکتے۔ { -office } سے پوچھیے۔ { -party }
# سوال کے بیچ آئے سلام کا جواب؛ نیچے وہی سوال / Above the open question, to a greeting.
salute = آداب! آپ سے بات کر کے اچھا لگا۔
