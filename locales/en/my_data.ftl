### My data: what is kept is what is shown.

member-data =
    This is what we keep about you:
    Name: { $member_name }
    Member number: { $member_number }
    Since: { $member_since }
    Until: { $member_until }
    District: { $member_district }
    Assembly seat: { $member_seat }
    Booth: { $member_booth }
    Mobile number: { $phone_known ->
        [yes] known
       *[no] not known
    }
    Language: { $language_name }
    Messages about membership: { $consent_membership ->
        [yes] on
       *[no] off
    }
    News of { -office }: { $consent_samvad ->
        [yes] on
       *[no] off
    }
    Also your year of birth (if you told us) and what was said here.
    .correct = Correct something
    .erase = Erase everything
    .ok = OK

# What the law lets a person ask for may cost more than a question. sms-parts: 6
citizen-data =
    You are not a member yet. We keep your { $phone_known ->
        [yes] mobile number
       *[no] address in this app
    }, your language ({ $language_name }) and what was said here. { $listed ->
        [yes] A list of the office has you too: name { $listed_name }, assembly seat { $listed_seat }, booth { $listed_booth }, post { $my_posts }.
       *[no] No list of the office has anything in your name.
    }
    .erase = Erase everything
    .ok = OK

correction = Please write in one message what is wrong and what is right.

correcting = Noted. Your ticket number is { $ticket }. We will correct it within { -due }.

erase = Erasing everything also ends your membership, and messages stop right now. Are you sure?
    .yes = Yes, erase it
    .no = No, leave it

erase-citizen = We will erase everything, and messages stop right now. Are you sure?
    .yes = Yes, erase it
    .no = No, leave it

erasing = Noted. Your ticket number is { $ticket }. We will erase it within { -due }. Only what the law makes us keep will stay.

finished = All right. To read the whole notice, write 'notice'.
