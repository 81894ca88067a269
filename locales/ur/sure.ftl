### جڑنے کے اگلے دن۔ A later, separate message: was it the person's own wish?

sure = آداب { $member_name } جی، اس نمبر سے { -party } کی ممبرشپ لی گئی ہے، ممبر نمبر { $member_number }۔ کیا یہ آپ نے خود کہا تھا؟ اگر نہیں، تو ’نہیں‘ چنیے۔
    .yes = ہاں، میں نے کہا تھا
    .no = نہیں، میں نے نہیں

thanks = شکریہ! آپ کی ممبرشپ بنی ہوئی ہے۔ ساتھ بنے رہیے۔

meanwhile = جی { $member_name }، کہیے! شکایت ہو، ساتھی جوڑنا ہو یا کچھ اور، ’مینو‘ لکھیے۔
