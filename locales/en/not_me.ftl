### I did not join. A membership nobody asked for is undone.

confirm = Did your membership, number { $member_number }, come about without your asking? If you say 'yes' we remove it, and the office looks into how it happened.
    .yes = Yes, remove it
    .no = No, keep it

undone = Done, your membership has been removed. We will send you no more messages. We are sorry for the trouble.

kept = All right, your membership stands.

not-member = There is no membership on this number. To join, write 'join'.
