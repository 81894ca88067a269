### Becoming a member. Five questions, each said in one breath; no benefit is promised for joining.

consent = To make you a member of { -party } we keep your name, year of birth, area and this number, only for your membership. Write 'stop' to end it, 'notice' to read all about it. Do you agree?
    .yes = Yes, I agree
    .no = No

birth-year =
    Question 1/5
    In which year were you born? For example 1985

number = WhatsApp does not show us your number. Please send it with the button below, so that we know you by phone and SMS too. You may skip this.

not-linked = This number could not be linked now. That is all right, let us go on.

# The number comes with an earlier "no" to membership.
agree-again = Thank you. From this number membership was declined before, so we ask once more: may we keep your details for your membership of { -party }?
    .yes = Yes, I agree
    .no = No

name =
    Question 2/5
    What is your full name?

district =
    Question 3/5
    { $name } ji, which is your district?

seat =
    Question 4/5
    Which is your assembly seat in { $district } district?

booth =
    Question 5/5
    What is your booth number? Skip it if you do not know.

confirm =
    Please have a look:
    Name: { $name }
    Born: { $birth_year } (18 or older)
    District: { $district }
    Assembly seat: { $seat }
    Booth: { $booth }
    Is everything right?
    .right = Yes, it is right
    .change = Change something

change-what = What should be changed?
    .name = Name
    .area = District and seat
    .booth = Booth number
    .birth_year = Year of birth

welcome = { $name } ji, welcome to { -party }! Your member number is { $member_number }. Please keep it safe.

declined = That is all right, you were not added. Whenever you like, write 'join'.

too-young = Members must be at least 18 years old, so you were not added. Thank you for talking to us.

already-member = { $member_name } ji, you are with us already. Your member number is { $member_number }. To correct something, write 'my data'.

remind = Your membership is not finished yet. Just this is left:
