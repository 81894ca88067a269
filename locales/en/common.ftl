### Words every conversation shares. Plain ASCII in these texts keeps an English SMS at 160 characters
### a part instead of 70: no curly quotes, no dashes from a word processor, no emoji.

# How the party calls itself; it must fit behind "of", "to" and "in".
-party = our party
-office = the state office
# Who answers complaints about data (DPDP Act 2023, section 13): name, phone or e-mail.
-grievance = the grievance officer, state office
# Within how long the office settles a request about data. The law's outer limit is 90 days.
-due = 30 days

## When an answer was not understood

again = Sorry, I did not get that.
again-choices = Sorry, I still did not get that. Please pick one below.
hint-yes-no = Just write 'yes' or 'no'.
hint-number = Please write a number from { $from } to { $to }.
again-numbers = Sorry, I still did not get that. Please look at the list below.
hint-any = Please write { $least ->
    [1] one or more numbers
   *[other] at least { $least } numbers
 }, like { $example }.
hint-any-most = Please choose { $exact ->
    [yes] exactly { $most }
   *[no] no more than { $most }
 }. Write the numbers like this: { $example }
hint-ranked = Please write { $exact ->
    [yes] all { $most } numbers
   *[no] the numbers
 } in the order you prefer, like { $example }.
hint-age = Please write your age in digits, like 34.
hint-booth = Please write the number of the booth, from 1 to { $to }.
hint-date = Please write the date like this: 15 August 1990 or 15/8/1990.
hint-date-from = Please write a date from { $from } on, like 15/8/2027.
hint-date-to = Please write a date up to { $to } with its year, like 15/8/1990.
hint-date-between = Please write a date between { $from } and { $to }.
hint-location = Tap the paper clip, choose 'Location' and send where you are.
hint-message = Please send { $kinds } here.
hint-year = Please write your year of birth in four digits, like 1985.
hint-name = Please write your full name, like Sunita Devi.
hint-district = Please write the name of your district in Uttar Pradesh, like Bareilly.
hint-assembly = Please write the name or number of your assembly seat in { $district } district.
hint-lok-sabha = Please write the name or number of your Lok Sabha seat.
hint-phone = Please write a mobile number of 10 digits.
hint-text = Please write it in your own words.
did-you-mean = Do you mean { $guess }?
    .yes = Yes
    .no = No
    .none = None of these
# What a message of each kind is called: "Please send a photo or a voice note here."
sent = sent
    .text = a text
    .voice = a voice note
    .photo = a photo
    .video = a video
    .location = your location
    .file = a file
# The words that work everywhere: "Do you mean 'help'?"
words = words
    .menu = menu
    .help = help
    .back = back
    .restart = start again
    .language = language
    .stop = stop
    .notice = notice
    .my_data = my data
unsupported = We cannot see or hear that here yet. Please write it.

## Buttons and lists

skip = Skip
more = More
list-open = Choose here
sms-choose = Reply with a number:
# Where one message may name several.
choose-any = Reply with { $least ->
    [1] one or more numbers
   *[other] at least { $least } numbers
 }, like { $example }:
choose-any-most = Reply with { $exact ->
    [yes] {""}
   *[no] up to{" "}
 }{ $most } numbers, like { $example }:
choose-ranked = Reply with the numbers in your order, like { $example }:
choose-ranked-most = Reply with the numbers of your first { $most }, like { $example }:
yes = Yes
no = No

## Ways through

back-none = This is the first question, there is nothing before it.
# A referral code with a wrong digit, behind a start word.
code-unknown = '{ $code }' is not a valid code, please look at its digits. We go on without it.
changed = This conversation was changed in the meantime, so we ask again. Sorry.
late = Your message reached us late, so we did not take it as the answer to this question.
expired = It has been a while since we talked. Let us start afresh.
# One channel alone: taken out, and back.
channel-stopped = All right, we send nothing of our own by { $channel } any more. To have it again write '{ $channel } on'. To stop everything write 'stop'.
channel-back = All right, messages by { $channel } come again. To stop them write 'only { $channel } stop'.
# Once, in the silence before the poll of the person's seat: that it came, and not a word of politics.
silence = Your message has reached us. In the silence before the poll we send no answers. Please write again after polling.
# While election law lets nobody ask for an opinion: what came was not taken for an answer. $again: whether the poll is open
# after $until (yes, no), or nobody knows (later).
opinion-rests = Thank you for writing. By election law nobody is asked for an opinion these days, so this message was not added as an answer. { $again ->
    [yes] Please write again after { $until }.
    [later] Please write again in a while.
   *[no] {""}
}
# To somebody on the roster of a poll that takes no answer now. $state: answered, unanswered (it is over), cancelled, soon
# (it opens later), shut (its key is away for the moment).
# sms-parts: 5
opinion-over = { $state ->
    [answered] This poll is over. The answer from this number came in time. Whether its envelope was counted, the receipt tells: after the count send its nine signs, like 7K2-QXM-9ZT. Thank you for your time!
    [cancelled] The office stopped this poll before its end: no answer is taken any more, and none of those that came is counted. Thank you for your time.
    [soon] This poll has not begun yet. When it does, write "opinion" and we will ask you.
    [shut] Sorry, we cannot take answers at the moment, and this message was not added as one. Please write "opinion" in a while.
   *[other] This poll is over, and no answer came from this number. We would love to hear you next time. To tell us something now, write "menu".
}
# An answer that came in the silence: stored, and not a word of it.
opinion-kept = Your message has reached us, thank you. It is sealed and added. In the silence before the poll we send no further answers.
# Instead of words: a voice note, a picture, a card.
opinion-in-words = Opinions are not taken as voice, pictures or cards, so this was neither opened nor kept. Please write your answer: a number or a name. If it is about something else, write 'menu'.
# An answer that was edited after it was sent.
opinion-edited = Editing a message you have sent does not change an answer to a poll; the edited words are not read. To change your answer write 'badlein'.
parked = Sorry, something went wrong on our side. Please write again in a little while.
handover = One of us at { -office } will talk to you here. Please write what it is about. To come back, write 'menu'.
remind = We had not finished. Whenever you have a moment, please answer this.
waiting = Got it. We will go on here in a while. For anything else, write 'menu'.
one-moment = One moment please, we are looking it up.
# By SMS in India, where nothing of an answer may be sent (docs/operations.md, "DLT"). Say where else people
# are heard, and register it first.
sms-instead = Sorry, we cannot answer this by SMS. Please ask { -office }. - { -party }
# To a greeting while a question is open; the question stands below.
salute = Namaste! Good to hear from you.
