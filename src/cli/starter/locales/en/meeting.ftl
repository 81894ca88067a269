### The meeting on Sunday: the words of flows/meeting.yaml. Plain ASCII keeps an SMS cheap.

coming = Namaste! This is { -office } of { -party }. Can you come to the meeting on Sunday?
    .yes = Yes, I am coming
    .no = Not this time

people = How many people will you be, all together?

ride = How will you get there?
    .own = On my own
    .need = I need a ride
    .unsure = I do not know yet

thanks = Thank you! We will be ready for { $people ->
    [one] you
   *[other] the { $people } of you
}.

pity = That is all right, see you next time.
