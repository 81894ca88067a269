### A changed number: someone at the office checks it. Nothing of the old membership is shown here.

number = WhatsApp does not show us this number of yours. Please send it with the button below: your membership may be found by it. You may skip this.

found-it = Found it! { $member_name } ji, your membership is registered with this number. To see your member number, write 'my data'.

known-by = Has your number changed? That is all right, we will ask { -office } to connect your old membership with this number. What do you remember?
    .old = My old number
    .number = My member number
    .neither = Neither

old-number = Please write the old mobile number, 10 digits.

member-number = Please write your member number. You find it on your card or in our message.

district = In which district was the membership?

name = Under which name was the membership? Please write the full name.

sure = { $name } ji, shall we send this to { -office }? We keep it only to find your membership.
    .yes = Yes, send it
    .no = No, leave it

done = Noted. Your ticket number is { $ticket }. Someone at { -office } will check it and talk to you here. We never ask for an OTP or a password: tell it to nobody.

cancelled = All right, nothing was sent. Whenever you like, write 'lost number'.

from-new-phone = This number is the one of your membership. To connect a new one, write 'lost number' to us from the new phone.
