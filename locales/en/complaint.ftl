### A complaint: we listen, and promise neither a time nor an outcome.

whose-place = If a life is in danger, call 112 first. Is the trouble in { $member_seat }?
    .yes = Yes, here
    .no = No, elsewhere

district = Thank you for writing to { -party }. If a life is in danger, call 112 first. In which district is the trouble?

seat = In which assembly seat of { $district } district?

# A photo alone does not say where; an SMS can only be written.
what = What happened, where, and since when? { $channel ->
    [sms] Please write it in your own words, in one message.
   *[other] In one message, please: write it, speak it, or send a photo with a few words.
} We keep it for this complaint alone.

# The person's own words are not repeated here: they may be longer than a message with buttons takes.
sure = Shall we send it to { -office } just as it is?
    .yes = Yes, send it
    .again = Tell it again
    .no = Never mind

done = Noted. Your ticket number is { $ticket }, please keep it. Someone at { -office } will look at it and ask you here if something is unclear. We cannot say yet what can be done, or when. Thank you for telling us.

cancelled = All right, nothing was sent. Whenever you want to tell us, write 'complaint'.

# The consent to be asked once more; a no costs nothing.
may-we = May we ask you here in three days whether the trouble is over? Only about this complaint. To stop it, write 'stop' at any time.
    .yes = Yes, please ask
    .no = No

# flows/templates/complaint_solved.yaml has the same words: change both, and register them anew.
solved = Namaste! Three days ago you sent us a complaint, ticket { $ticket }. Is the trouble over now?
    .yes = Yes, it is over
    .no = No, not yet

glad = Good to hear. Thank you for telling us.

told-again = Thank you for telling us. Your complaint went to { -office } once more. Its new ticket number is { $ticket }, please keep it.

not-asked = All right, we will not ask. Your complaint is with { -office }.
