### The day after joining. A later, separate message: was it the person's own wish?

sure = { $member_name } ji, this number was used to become a member of { -party }, member number { $member_number }. Did you ask for this yourself? If you did not, choose 'No'.
    .yes = Yes, I did
    .no = No, I did not

thanks = Thank you! Your membership stands. Please stay with us.

meanwhile = { $member_name } ji, at your service! For a complaint, to bring others or anything else, write 'menu'.
