### پہلا پیغام اور مینو۔ The first message says who we are.

citizen = آداب! 🙏 یہ { -party }، اتر پردیش کا نمبر ہے۔ بتائیے، کیا کرنا ہے؟
    .join = ممبر بنیں
    .join-hint = پانچ چھوٹے سوال، تین منٹ
    .my_data = میری معلومات
    .my_data-hint = آپ کے بارے میں ہمارے پاس کیا درج ہے
    .help = مدد
    .help-hint = کوئی سوال ہو یا کسی سے بات کرنی ہو
    .language = زبان / Language
    .language-hint = اردو، हिंदी، English
    .leave = پیغام بند کریں
    .leave-hint = پھر ہماری طرف سے کوئی پیغام نہیں

member = آداب { $member_name } جی! 🙏 { -party }، اتر پردیش میں آپ کا استقبال ہے۔ بتائیے، کیا کرنا ہے؟
    .my_data = میری معلومات
    .my_data-hint = ممبر نمبر اور جو درج ہے
    .samvad = پیغام چالو کریں
    .samvad-hint = میٹنگ اور پروگرام کی خبر
    .help = مدد
    .help-hint = کوئی سوال ہو یا کسی سے بات کرنی ہو
    .language = زبان / Language
    .language-hint = اردو، हिंदी، English
    .leave = پیغام بند کریں
    .leave-hint = پیغام یا ممبرشپ چھوڑنا

worker = آداب! 🙏 { -party }، اتر پردیش میں آپ کا استقبال ہے۔ بتائیے، کیا کرنا ہے؟
    .office = دفتر سے بات
    .office-hint = دفتر کے ساتھی جواب دیں گے
    .my_data = میری معلومات
    .my_data-hint = ممبر نمبر اور جو درج ہے
    .samvad = پیغام چالو کریں
    .samvad-hint = میٹنگ اور پروگرام کی خبر
    .help = مدد
    .help-hint = کوئی سوال ہو یا کسی سے بات کرنی ہو
    .language = زبان / Language
    .language-hint = اردو، हिंदी، English
    .leave = پیغام بند کریں
    .leave-hint = پیغام یا ممبرشپ چھوڑنا
