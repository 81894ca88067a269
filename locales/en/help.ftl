### Help

what = This is the number of { -party }, Uttar Pradesh. Here you can become a member, see your data or talk to us.
    .person = Talk to someone
    .person-hint = One of us will answer you here
    .menu = Menu
    .menu-hint = Everything you can do here
    .join = Become a member
    .join-hint = Five short questions, three minutes
    .my_data = My data
    .my_data-hint = Member number and what we keep
