which = Choose a language / भाषा चुनिए
    .hi = हिंदी
    .en = English

done = Good, we will talk in English from now on.
