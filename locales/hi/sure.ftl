### जुड़ने के अगले दिन। A later, separate message: was it the person's own wish?

sure = { $member_name } जी, इस नंबर से { -party } की सदस्यता ली गई है, सदस्य संख्या { $member_number }। क्या यह आपने खुद कहा था? अगर नहीं, तो ‘नहीं’ चुनिए।
    .yes = हाँ, मैंने कहा था
    .no = नहीं, मैंने नहीं

thanks = धन्यवाद! आपकी सदस्यता बनी हुई है। साथ बने रहिए।

meanwhile = जी { $member_name } जी! शिकायत, साथी जोड़ना या कुछ और हो तो ‘मेन्यू’ लिखिए।
