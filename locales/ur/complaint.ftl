### شکایت: سننا ہے، وعدہ نہیں کرنا۔
### Nothing is promised: neither a time nor an outcome.

whose-place = جان کو خطرہ ہو تو پہلے 112 پر فون کیجیے۔ پریشانی { $member_seat } ودھان سبھا میں ہی ہے؟
    .yes = ہاں، یہیں
    .no = نہیں، کہیں اور

district = آپ نے { -party } کو لکھا، شکریہ۔ جان کو خطرہ ہو تو پہلے 112 پر فون کیجیے۔ پریشانی کس ضلع میں ہے؟

seat = ضلع { $district } کی کس ودھان سبھا میں؟

# A photo alone does not say where; an SMS can only be written.
what = کیا ہوا، کہاں اور کب سے؟ { $channel ->
    [sms] اپنے لفظوں میں، ایک ہی پیغام میں لکھ دیجیے۔
   *[other] ایک ہی پیغام میں لکھ دیجیے، بول کر بھیجیے، یا فوٹو کے ساتھ دو لفظ لکھ دیجیے۔
} ہم اسے صرف اسی شکایت کے لیے رکھیں گے۔

# The person's own words are not repeated here: they may be longer than a message with buttons takes.
sure = آپ کی بات جوں کی توں { -office } کو بھیج دیں؟
    .yes = ہاں، بھیج دیں
    .again = پھر سے بتانا ہے
    .no = رہنے دیں

done = لکھ لیا۔ ٹکٹ نمبر { $ticket } ہے، سنبھال کر رکھیے۔ { -office } کے ساتھی اسے دیکھیں گے؛ کچھ پوچھنا ہوا تو یہیں پوچھیں گے۔ کب اور کیا ہو پائے گا، یہ ابھی نہیں کہہ سکتے۔ بتانے کے لیے شکریہ۔

cancelled = ٹھیک ہے، کچھ نہیں بھیجا۔ جب بتانا ہو، ’شکایت‘ لکھ دیجیے۔

# The consent to be asked once more; a no costs nothing.
may-we = کیا تین دن بعد ہم یہیں پوچھ لیں کہ پریشانی دور ہوئی یا نہیں؟ صرف اسی شکایت کے لیے۔ روکنا ہو تو کبھی بھی ’بند‘ لکھیے۔
    .yes = ہاں، پوچھ لیجیے
    .no = نہیں

# flows/templates/complaint_solved.yaml has the same words: change both, and register them anew.
solved = آداب! تین دن پہلے آپ نے جو شکایت لکھوائی تھی، ٹکٹ { $ticket }، کیا وہ پریشانی دور ہو گئی؟
    .yes = ہاں، دور ہو گئی
    .no = نہیں، ابھی نہیں

glad = جان کر اچھا لگا۔ بتانے کے لیے شکریہ۔

told-again = بتانے کے لیے شکریہ۔ آپ کی بات { -office } کو دوبارہ بھیج دی ہے۔ نیا ٹکٹ نمبر { $ticket } ہے، سنبھال کر رکھیے۔

not-asked = ٹھیک ہے، ہم نہیں پوچھیں گے۔ شکایت { -office } کے پاس ہے۔
