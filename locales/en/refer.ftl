### Bringing others. No benefit is promised for it.

none-yet = { $member_name } ji, your code is { $my_code }. Send the message below to people you know. Whoever joins with it is counted with you.

some = Thank you, { $member_name } ji! Members who joined with your code { $my_code } so far: { $my_count }. Here is the message to send on:

forward = You too can become a member of { -party }. It takes just three minutes: { $my_link }

not-member = To bring others you must be a member yourself. Would you like to join now?
    .yes = Yes, join
    .no = Not now

later = All right. Whenever you like, write 'join'.
