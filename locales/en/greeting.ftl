### The first message and the menu. The first message says who we are.

citizen = Namaste! This is the number of { -party }, Uttar Pradesh. What would you like to do?
    .join = Become a member
    .join-hint = Five short questions, three minutes
    .my_data = My data
    .my_data-hint = What we keep about you
    .help = Help
    .help-hint = A question, or someone to talk to
    .language = Language / भाषा
    .language-hint = English, हिंदी, اردو
    .leave = Stop messages
    .leave-hint = No more messages from us

member = Namaste { $member_name } ji! Welcome to { -party }, Uttar Pradesh. What would you like to do?
    .my_data = My data
    .my_data-hint = Member number and what we keep
    .samvad = Turn messages on
    .samvad-hint = News of meetings and events
    .help = Help
    .help-hint = A question, or someone to talk to
    .language = Language / भाषा
    .language-hint = English, हिंदी, اردو
    .leave = Stop messages
    .leave-hint = Leave messages or membership

worker = Namaste! Welcome to { -party }, Uttar Pradesh. What would you like to do?
    .office = Talk to the office
    .office-hint = Someone at the office will answer
    .my_data = My data
    .my_data-hint = Member number and what we keep
    .samvad = Turn messages on
    .samvad-hint = News of meetings and events
    .help = Help
    .help-hint = A question, or someone to talk to
    .language = Language / भाषा
    .language-hint = English, हिंदी, اردو
    .leave = Stop messages
    .leave-hint = Leave messages or membership
