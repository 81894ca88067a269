### Privacy notices (Digital Personal Data Protection Act, 2023, section 5).
### Each stands by itself. Whoever changes a word gives a new version (the date); old consents keep the
### version they were given to.

membership =
    Notice: membership
    What we keep: your name, year of birth, district, assembly seat, booth (if you tell us), this number and what is said here.
    What for: only to record your membership and to tell you about it.
    What we never ask: Aadhaar, voter card, bank, caste, religion.
    Who sees it: only those people of { -party } whose task it is. Messages travel through WhatsApp or an SMS company.
    How long: as long as you are a member, then as long as the law asks.
    To stop: write 'stop' at any time; messages end at once.
    Your rights: write 'my data' to see it, have it corrected or erased.
    Complaints: { -grievance }. If that does not help, the Data Protection Board of India.
    Law: DPDP Act, 2023
    .version = 2026-11-21

samvad =
    Notice: messages of { -office }
    What we keep: this number, your language, your area, and which message reached you when.
    What for: to send you news of meetings, events and the work of { -party }.
    This is apart from membership: saying no changes nothing there.
    To stop: write 'stop' at any time; messages end at once.
    Your rights: write 'my data' to see it, have it corrected or erased.
    Complaints: { -grievance }. If that does not help, the Data Protection Board of India.
    Law: DPDP Act, 2023
    .version = 2026-11-21

opinion =
    Notice: your opinion
    What we keep: your answer, apart from your name, and the fact that you answered.
    What for: to count everyone's opinion together. Nobody is shown what one person said.
    It is your choice: not answering changes nothing about membership or any service.
    To stop: write 'stop' at any time; messages end at once.
    Your rights: write 'my data' to see it, have it corrected or erased.
    Complaints: { -grievance }. If that does not help, the Data Protection Board of India.
    Law: DPDP Act, 2023
    .version = 2026-11-21

follow_up =
    Notice: asking how it went
    What we keep: this number, what you told us, its ticket and your answer.
    What for: to ask you here after some days whether it was seen to, and for nothing else.
    It is your choice: saying no changes nothing for what you told us.
    To stop: write 'stop' at any time; messages end at once.
    Your rights: write 'my data' to see it, have it corrected or erased.
    Complaints: { -grievance }. If that does not help, the Data Protection Board of India.
    Law: DPDP Act, 2023
    .version = 2026-11-21
