### Renewal. The three years stand in flows/renew.yaml: change both together.

over = { $member_name } ji, your membership ended on { $member_until }. Renew it for three years?
    .yes = Yes, renew it
    .no = Not now

due = { $member_name } ji, your membership runs until { $member_until }. Add three years?
    .yes = Yes, renew it
    .no = Not now

done = Done! Your membership now runs until { $member_until }. Your member number stays { $member_number }. Thank you for staying with us.

later = All right. Whenever you like, write 'renew'.

early = Your membership runs until { $member_until }, so there is nothing to do now. Write 'renew' in its last 60 days.

endless = Your membership is valid and has no last day. There is nothing to renew.

not-member = You are not a member yet. Would you like to join?
    .yes = Yes, join
    .no = Not now

finished = All right. Whenever you like, write 'join'.

remind = We had not finished with your membership:
