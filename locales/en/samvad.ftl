### Messages of the state office: a consent of its own.

membership = Messages about your membership are off. Turn them back on?
    .yes = Yes, turn them on
    .no = No

samvad = May we also send you news of meetings and events from { -office } here? Saying no does not touch your membership. To read all about it, write 'notice'.
    .yes = Yes, please
    .no = No

agreed = Good, we will keep you posted. To stop, just write 'stop'.

refused = All right, we will not. If you change your mind, write 'resume'.

still-on = Messages are on. Shall we go on sending them?
    .yes = Yes, go on
    .no = No, stop them

already-on = Messages are on already. To stop, just write 'stop'.
