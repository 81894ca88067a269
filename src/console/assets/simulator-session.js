// The panel beside the phone: where the conversation stands and what the records know.

import { currentLanguage, has, make, moment, text, ticks } from "./simulator-words.js";

let before = null;

/**
 * Draws the panel.
 * @param standing the server's word; `null` before the first message; "unread" when it could not be had
 * @param bubbles all bubbles of the phone, for the newest statuses
 */
export function drawSession(standing, bubbles) {
  const body = document.getElementById("session-body");
  if (standing === "unread") {
    body.replaceChildren(make("p", "quiet", text("session_unread")));
    return;
  }
  if (standing === null) {
    before = null;
    body.replaceChildren(make("p", "quiet", text("session_blank")));
    return;
  }
  const { contact } = standing;
  const parts = [];
  if (contact.handed_over) parts.push(make("p", "human", text("human")));
  parts.push(...conversation(standing.conversation));
  parts.push(...timers(standing.timers ?? []));
  parts.push(heading("person"), ...person(contact, standing.place));
  parts.push(heading("facts"), facts(contact));
  parts.push(...ours(bubbles));
  parts.push(raw(standing));
  const wasOpen = body.querySelector("details")?.open ?? false;
  body.replaceChildren(...parts);
  body.querySelector("details").open = wasOpen;
  before = standing;
}

const heading = (key) => make("h3", "", text(key));

function conversation(now) {
  if (!now) return [heading("session_now"), make("p", "quiet", text("session_none"))];
  const place = make("p", "place");
  for (const waiting of now.waiting) place.append(tag("", waiting.flow, "waiting", text("waiting")), "›");
  place.append(tag("", now.flow, "flow", text("flow")), "›", tag("step", now.step, "step", text("step")));
  const counts = make("dl", "pairs");
  addPair(counts, text("answered"), now.path.length, "answered");
  if (now.tries > 0) addPair(counts, text("tries"), now.tries, "tries");
  const answers = make("dl", "pairs");
  const old = before?.conversation?.flow === now.flow ? before.conversation.answers : {};
  // In the order they were given.
  const names = new Set([...now.path, ...Object.keys(now.answers)]);
  for (const name of [...names].filter((step) => step in now.answers)) {
    const value = now.answers[name];
    const isNew = JSON.stringify(old[name]) !== JSON.stringify(value);
    addPair(answers, name, worded(value), `answer:${name}`, before !== null && isNew);
  }
  const given = answers.childElementCount > 0 ? answers : make("p", "quiet", text("no_answers"));
  return [heading("session_now"), place, counts, heading("answers"), given];
}

function tag(className, words, field, title) {
  const element = make("span", `tag ${className}`, words);
  element.dataset.field = field;
  element.title = title;
  return element;
}

function timers(list) {
  if (list.length === 0) return [];
  const pairs = make("dl", "pairs");
  for (const timer of list) addPair(pairs, text(`timer_${timer.kind}`), moment(timer.due), `timer:${timer.kind}`);
  return [heading("timers"), pairs];
}

function person(contact, place) {
  const parts = [];
  const member = contact.membership;
  if (member) {
    const number = make("b", "", member.number);
    number.dataset.field = "member-number";
    const box = make("div", "number", make("small", "", text("member_number")), number);
    if (!before?.contact?.membership && before !== null) box.classList.add("changed");
    parts.push(box);
  }
  const pairs = make("dl", "pairs");
  if (member) {
    addPair(pairs, text("name"), member.name, "name");
    addPair(pairs, text("place"), place?.[currentLanguage()] ?? `${member.district} · ${member.assembly}`, "place");
    if (member.booth) addPair(pairs, text("booth"), member.booth, "booth");
  } else {
    addPair(pairs, text("member"), text("not_member"), "member");
  }
  const language = text(`language_${contact.language}`);
  const shown = contact.language_chosen ? language : text("language_default", language);
  addPair(pairs, text("language"), shown, "language");
  if (contact.posts?.length) addPair(pairs, text("posts"), contact.posts.join(", "), "posts");
  parts.push(pairs);
  return parts;
}

function facts(contact) {
  const list = make("ul", "facts");
  const add = (words, at, className) => list.append(make("li", className, words, at ? make("time", "", moment(at)) : null));
  if (contact.membership) add(text("fact_member"), contact.membership.since);
  for (const consent of contact.consents ?? []) {
    const key = `purpose_${consent.purpose}`;
    const purpose = has(key) ? text(key) : consent.purpose;
    if (consent.given) add(text("fact_given", purpose), consent.at);
    else add(text("fact_withdrawn", purpose), consent.at, "withdrawn");
  }
  if (contact.language_chosen) add(text("fact_language", text(`language_${contact.language}`)));
  return list.childElementCount > 0 ? list : make("p", "quiet", text("no_facts"));
}

function ours(bubbles) {
  const newest = bubbles.filter((bubble) => bubble.from === "office").slice(-4);
  if (newest.length === 0) return [];
  const list = make("ul", "ours");
  for (const bubble of newest) {
    const words = (bubble.content.body ?? bubble.content.caption ?? bubble.content.name ?? "").replace(/\s+/g, " ");
    const line = make("li", "", ticks(bubble.status), make("span", "words", words), make("small", "", text(`status_${bubble.status}`)));
    line.dataset.status = bubble.status;
    list.append(line);
  }
  return [heading("ours"), list];
}

function raw(standing) {
  const details = make("details", "", make("summary", "", text("raw")));
  details.append(make("pre", "", JSON.stringify(standing, null, 2)));
  return details;
}

function addPair(list, name, value, field, isNew = false) {
  const shown = make("dd", isNew ? "changed" : "", String(value));
  shown.dataset.field = field;
  list.append(make("dt", "", name), shown);
}

/** An answer in words, whatever shape the flow gave it. */
function worded(value) {
  if (value === null || value === undefined) return "—";
  if (Array.isArray(value)) return value.map(worded).join(", ");
  if (typeof value !== "object") return String(value);
  const named = value[currentLanguage()] ?? value.label ?? value.name ?? value.text ?? value.value;
  return named === undefined ? JSON.stringify(value) : worded(named);
}
