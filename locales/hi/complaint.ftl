### शिकायत: सुनना है, वादा नहीं करना।
### Nothing is promised: neither a time nor an outcome.

whose-place = जान को खतरा हो तो पहले 112 पर फोन कीजिए। परेशानी { $member_seat } विधानसभा में ही है?
    .yes = हाँ, यहीं
    .no = नहीं, कहीं और

district = आपने { -party } को लिखा, धन्यवाद। जान को खतरा हो तो पहले 112 पर फोन कीजिए। परेशानी किस जिले में है?

seat = { $district } जिले की किस विधानसभा में?

# A photo alone does not say where; an SMS can only be written.
what = क्या हुआ, कहाँ और कब से? { $channel ->
    [sms] अपने शब्दों में, एक ही संदेश में लिख दीजिए।
   *[other] एक ही संदेश में लिख दीजिए, बोलकर भेजिए, या फोटो के साथ दो शब्द लिख दीजिए।
} हम इसे सिर्फ इसी शिकायत के लिए रखेंगे।

# The person's own words are not repeated here: they may be longer than a message with buttons takes.
sure = आपकी बात ज्यों की त्यों { -office } को भेज दें?
    .yes = हाँ, भेज दें
    .again = फिर से बताना है
    .no = रहने दें

done = लिख लिया। टिकट नंबर { $ticket } है, संभालकर रखिए। { -office } के साथी इसे देखेंगे; कुछ पूछना हुआ तो यहीं पूछेंगे। कब और क्या हो पाएगा, यह अभी नहीं कह सकते। बताने के लिए धन्यवाद।

cancelled = ठीक है, कुछ नहीं भेजा। जब बताना हो, ‘शिकायत’ लिख दीजिए।

# The consent to be asked once more; a no costs nothing.
may-we = क्या तीन दिन बाद हम यहीं पूछ लें कि परेशानी दूर हुई या नहीं? सिर्फ इसी शिकायत के लिए। रोकना हो तो कभी भी ‘बंद’ लिखिए।
    .yes = हाँ, पूछ लीजिए
    .no = नहीं

# flows/templates/complaint_solved.yaml has the same words: change both, and register them anew.
solved = नमस्ते! तीन दिन पहले आपने जो शिकायत लिखवाई थी, टिकट { $ticket }, क्या वह परेशानी दूर हो गई?
    .yes = हाँ, दूर हो गई
    .no = नहीं, अभी नहीं

glad = जानकर अच्छा लगा। बताने के लिए धन्यवाद।

told-again = बताने के लिए धन्यवाद। आपकी बात { -office } को दोबारा भेज दी है। नया टिकट नंबर { $ticket } है, संभालकर रखिए।

not-asked = ठीक है, हम नहीं पूछेंगे। शिकायत { -office } के पास है।
