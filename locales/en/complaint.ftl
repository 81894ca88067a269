### A complaint: we listen, and promise neither a time nor an outcome.

whose-place = If a life is in danger, call 112 first. Is your complaint about { $member_seat }?
    .yes = Yes, here
    .no = No, elsewhere

district = If a life is in danger, call 112 first. Which district is your complaint about?

seat = Which assembly seat in { $district } district is it about?

what = What happened, where, and since when? Please write it in your own words, in one message. We keep it for this alone.

# The person's own words are not repeated here: they may be longer than a message with buttons takes.
sure = Shall we send it to { -office }, just as you wrote it?
    .yes = Yes, send it
    .rewrite = Write it again
    .no = Never mind

done = Noted. Your ticket number is { $ticket }, please keep it. Someone at { -office } will read it and ask you here if something is unclear. We cannot say yet what can be done, or when. Thank you for telling us.

cancelled = All right, nothing was sent. Whenever you want to tell us, write 'complaint'.
