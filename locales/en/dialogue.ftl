### Answers to a broadcast: listen first, then ask whether there is more.

heard = Yes, please tell us. { $channel ->
    [sms] Write it in one message.
   *[other] Write it, speak it, or send a photo.
}

more = Your message has reached { -office }, ticket { $ticket }. Anything else?
    .complaint = File a complaint
    .person = Talk to a person
    .enough = That is all

person = All right. Somebody of { -office } will answer right here.

thanks = Thank you. What you say matters to us.
