### The consent to be asked for an opinion, by itself.

opinion = What you think about our decisions matters to us. May we ask your opinion here from time to time? Saying no changes nothing else. To read all about it, write 'notice'.
    .yes = Yes, please ask
    .no = No

agreed = Thank you! When there is something to ask, we will ask here. To stop, just write 'stop'.

refused = All right, we will not. If you change your mind, write 'ask me'.

still-on = You have agreed to be asked for your opinion. Shall we go on asking?
    .yes = Yes, go on
    .no = No, do not ask

already-on = Yes, we will ask you here. To stop, just write 'stop'.
