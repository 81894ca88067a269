### The consent to be asked for an opinion, by itself.

opinion = What you think about our decisions matters to us. May we ask your opinion here from time to time? Saying no changes nothing else. To read all about it, write 'notice'.
    .yes = Yes, please ask
    .no = No

agreed = Thank you! When there is something to ask, we will ask here. To stop, just write 'stop'.

refused = All right, we will not. If you change your mind, write 'ask me'.

already-on = Yes, we will ask you here. To stop, just write 'stop'.
