### Opinion: post-holders are asked who should stand. The answer is sealed: { $poll_choice } and { $poll_receipt } show in the
### message that leaves at once, and nowhere else; what is kept is noted-plain.

# sms-parts: 8
choice =
    { $channel ->
        [sms] { $poll_several ->
            [yes] { $poll_who }, this question is for you.
           *[no] Namaste! Your opinion means a lot to us.
        } { $poll_secret ->
            [yes] Your answer is sealed.
           *[no] {""}
        } { $poll_seat }: { $poll_question }
        { $poll_candidates }
        { $poll_method ->
            [rank] Write the numbers in your order, like 2 1 3.
            [approve] Write the numbers of all you would accept, like 1 3.
           *[other] Write one number or name.
        } { -party }
       *[other]
        { $poll_several ->
            [yes] { $poll_who }, this question is for you.
           *[no] Namaste! Your opinion means a lot to us.
        } { $poll_many ->
            [yes] You are asked more than one question these days; this is one of them.
           *[no] {""}
        }
        { $poll_answered ->
            [yes] Your answer is sealed. If you answer again, the new one counts.
           *[no] { $poll_secret ->
                [yes] Your answer is sealed: nobody can open it before the count, and who wrote what is not told.
               *[no] You can answer until { $poll_closes }.
            }
        }

        { $poll_seat }: { $poll_question }

        { $poll_candidates }

        { $poll_method ->
            [rank] Write the numbers in your order, your first choice first, like 2 1 3.
            [approve] Write the numbers of all you would accept, like 1 3.
           *[other] Write one number or name.
        } { $poll_others ->
            [yes] Somebody who is not listed? Write: other Shyam Lal
           *[no] {""}
        }
    }
    .other = Somebody else, with the name
    .refuse = I would rather not say

choice-again = Sorry, we were not sure what you meant, so we kept nothing of it. Please write your whole answer in one message.

choice-once-more = Sorry, still not clear. Just send the number, like { $poll_method ->
    [rank] 2 1 3.
    [approve] 1 3.
   *[other] 2.
}

choice-who-else = Who is it? Write it in one message, like: other Shyam Lal

choice-listed = { $poll_choice } is on the list: number { $poll_number }. If that is your choice, just write that number.

choice-long = So long a name does not fit into the envelope. Behind "other" write the name alone.

# sms-parts: 6
noted =
    { $poll_many ->
        [yes] Your answer to "{ $poll_question }"
       *[no] Your answer
    }: { $poll_choice }
    Sealed. Receipt: { $poll_receipt }
    After the count it shows you that your envelope was counted; your answer cannot be opened by it.
    { $poll_may_change ->
        [yes] To change it, write "badlein" until { $poll_closes }.
       *[no] {""}
    }

noted-plain = Your answer is sealed. Write "receipt" to see its receipt.

# sms-parts: 5
receipt =
    { $poll_several ->
        [yes] Receipt of { $poll_who }
       *[no] Your receipt
    }{ $poll_many ->
        [yes] {" "}({ $poll_question })
       *[no] {""}
    }: { $poll_receipt }
    After the count it shows you that your envelope was counted.

# What is said of a receipt that somebody wants to have checked. receipt-checked is kept; the others show only in the message
# that leaves at once.
# sms-parts: 6
receipt-counted =
    Receipt { $poll_receipt }: counted
    { $poll_question }
    Your envelope is on the published list of the { $poll_count } that were counted. The seal of the list begins with { $poll_head }; everybody must see the same.

# sms-parts: 6
receipt-uncounted =
    Receipt { $poll_receipt } is not on any list of counted envelopes.
    Please compare it sign by sign. If you changed your answer, the new receipt is counted, not the old one. The list of a poll that still runs is made after its count.
    If it still cannot be found, please tell the office: this has to be looked into.

receipt-current =
    Receipt { $poll_receipt } is that of your answer which will be counted. Send it again after the count, and we will tell you whether the envelope was counted.

# sms-parts: 5
receipt-other =
    Receipt { $poll_receipt } is not that of your answer which will be counted, and it is on no list of a finished poll. When an answer is changed, its receipt changes too. Write "receipt" to see the one of now.

# sms-parts: 5
receipt-how = The opinions have been counted. Send the nine signs of your receipt, like 7K2-QXM-9ZT: we will tell you whether your envelope was counted. The receipt stands in the message that came after your answer.

receipt-checked = We looked your receipt up. To have it looked up again, send it once more.

# sms-parts: 6
ratings =
    Now give every name marks from 1 (poor) to 5 (very good), in this order: { $poll_aspects }.

    { $poll_candidates }

    { $channel ->
        [sms] Write the marks of all names in the order of the list, like { $poll_example } and no more.
       *[other] One line for each name, its number first, like:
            { $poll_example }
    }
    .availability = being there for people
    .honesty = honesty
    .work = work

ratings-again = Sorry, we were not sure about the marks. Please write your whole answer in one message.

ratings-once-more = Sorry, still not clear. Please write it just as the example below.

remark = If you want to say more, write it in your own words, in one message. It is sealed too.

remark-again = Sorry, we could not read this. Please write it.

remark-once-more = Sorry, we still cannot read it. Please write it in words, or skip it.

remark-long = About 1,000 letters fit into the envelope. Please say it in fewer words.

thanks = Thank you! Your opinion has arrived. { $poll_may_change ->
    [yes] Until { $poll_closes } you can change it by writing "badlein"; the last answer counts.
   *[no] {""}
}

# sms-parts: 5
not-asked = Thank you for wanting to give your opinion. It is asked of those who hold a post of the organisation in a seat, and this number is not being asked at the moment. You are heard all the same: write "menu" and tell us what is on your mind.

final = Your answer is sealed, and this time the first answer counts. Thank you! Write "receipt" to see its receipt.

unsure = No problem, nothing was kept. Whenever it suits you, write "opinion", then just send a number from the list. To talk to a person, write "help".

no-marks = No problem, we leave the marks out. Your first answer is sealed.

closed = The time for opinions is over, so this answer could not be added. If an answer of yours was sealed before, that one counts. Thank you for your time!

closed-marks = The time for opinions is over, so this answer could not be added. Your first answer is sealed, and it counts. Thank you for your time!

remind = Your opinion is still open. Please answer when you find the time.
