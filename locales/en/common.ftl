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
unsupported = We cannot see or hear that here yet. Please write it.

## Buttons and lists

skip = Skip
more = More
list-open = Choose here
sms-choose = Reply with a number:
yes = Yes
no = No

## Ways through

back-none = This is the first question, there is nothing before it.
changed = This conversation was changed in the meantime, so we ask again. Sorry.
late = Your message reached us late, so we did not take it as the answer to this question.
expired = It has been a while since we talked. Let us start afresh.
parked = Sorry, something went wrong on our side. Please write again in a little while.
handover = One of us at { -office } will talk to you here. Please write what it is about. To come back, write 'menu'.
remind = We had not finished. Whenever you have a moment, please answer this.
waiting = Got it. We will go on here in a while. For anything else, write 'menu'.
one-moment = One moment please, we are looking it up.
