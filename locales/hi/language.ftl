which = भाषा चुनिए / Choose a language / زبان چنیے
    .hi = हिंदी
    .en = English
    .ur = اردو

done = ठीक है, अब हिंदी में बात करेंगे।
