which = زبان چنیے / भाषा चुनिए / Choose a language
    .hi = हिंदी
    .en = English
    .ur = اردو

done = ٹھیک ہے، اب اردو میں بات کریں گے۔
