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
