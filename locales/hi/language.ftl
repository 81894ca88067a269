which = भाषा चुनिए / Choose a language
    .hi = हिंदी
    .en = English

done = ठीक है, अब हिंदी में बात करेंगे।
