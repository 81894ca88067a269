### Stop: everything stops at once. Say it once; do not persuade.

stopped = Done, messages are off. You will hear nothing more from us.
    .undo = Turn back on
    .ok = OK

stopped-member = Done, messages are off. You will hear nothing more from us. You are still a member.
    .undo = Turn back on
    .give_up = Give up membership
    .ok = OK

stopped-nothing = Done, you will hear nothing more from us.

restored = Messages are back on. To stop, just write 'stop'.

give-up = Do you really want to give up your membership? Member number { $member_number } will not come back.
    .yes = Yes, give it up
    .no = No, keep it

left = Your membership has ended. Thank you for the time together. To join again, write 'join'.

kept = All right, you are still a member. Messages are off.
