### Updating: what is kept is shown, and one thing is changed at a time.

change =
    This is what we have:
    Name: { $member_name }
    District: { $member_district }
    Assembly seat: { $member_seat }
    Booth: { $member_booth }
    What should be changed?
    .name = Name
    .area = District and seat
    .booth = Booth number
    .number = Mobile number
    .other = Something else
    .nothing = Nothing

name = Please write your correct full name.

sure-name = Change the name to '{ $name }'?
    .yes = Yes, change it
    .no = No, try again

district = Which is your district now?

seat = Which is your assembly seat in { $district } district?

booth = What is your booth number? Skip it if you do not know.

sure-booth = Change the booth number to { $booth }?
    .yes = Yes, change it
    .no = No, try again

sure-area =
    Change it to this?
    District: { $district }
    Assembly seat: { $seat }
    Booth: { $booth }
    .yes = Yes, change it
    .no = No, try again

saved =
    Changed. This is what we have now:
    Name: { $member_name }
    District: { $member_district }
    Assembly seat: { $member_seat }
    Booth: { $member_booth }

number = WhatsApp does not show us your number. Please send it with the button below. You may skip this.

number-saved = Thank you, your number is linked. We will know you by phone and SMS too.

not-linked = This number could not be linked now. Only the button links it; whenever you like, write 'update details' and send it again.

other = Please write in one message what is wrong and what is right. Someone at { -office } will look at it.

passed-on = Noted. Your ticket number is { $ticket }. Within { -due } we will check it and write down what is right.

unchanged = All right, nothing was changed.

not-member = There is no membership with this number yet. To join, write 'join'. If your number changed, write 'lost number'.
