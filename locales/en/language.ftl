which = Choose a language / भाषा चुनिए / زبان چنیے
    .hi = हिंदी
    .en = English
    .ur = اردو

done = Good, we will talk in English from now on.
