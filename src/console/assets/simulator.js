// The phone simulator: one tab is one phone. Everything the phone shows comes from the server's
// event stream; what its holder sends is shown at once and settled when the server has it.

import { button, currentLanguage, dayName, dayOf, icon, loadTexts, make, switchLanguage, text, translatePage } from "./simulator-words.js";
import { drawBubble, tickBubble } from "./simulator-bubble.js";
import { drawSession } from "./simulator-session.js";

const byId = (id) => document.getElementById(id);
const API = "/simulator/api";
/** Waits before a message is sent again, in milliseconds; after the last it counts as failed. */
const PAUSES = [700, 1500, 3000, 6000];
/** How long a hidden tab keeps its stream; browsers allow six connections to a server in all. */
const REST = 15000;
let rest = null;

const phone = {
  id: null,
  rendering: "whatsapp",
  bubbles: [],
  stream: null,
  cursor: "",
  unread: { whatsapp: 0, sms: 0 },
  standing: null,
  flows: null,
  typing: false,
  isAtEnd: true,
};

// ---- the phone and its stream ------------------------------------------------------------------

async function start() {
  await loadTexts();
  translatePage();
  nameLanguageSwitch();
  drawQuickWords();
  drawSession(null, []);
  loadFlows();
  // `#new` is an address to hand out: whoever opens it holds a phone of their own.
  const known = location.hash.slice(1) || remembered();
  if (/^[0-9a-f]{32}$/.test(known ?? "")) usePhone(known);
  else await newPhone();
}

function remembered() {
  try {
    return sessionStorage.getItem("samvad-simulator-phone");
  } catch {
    return null;
  }
}

async function newPhone() {
  try {
    const answer = await fetch(`${API}/phones`, { method: "POST" });
    if (!answer.ok) throw new Error(answer.statusText);
    usePhone((await answer.json()).id);
  } catch {
    toast(text("no_phone"));
  }
}

function usePhone(id) {
  phone.stream?.close();
  Object.assign(phone, { id, bubbles: [], cursor: "", standing: null, typing: false, unread: { whatsapp: 0, sms: 0 } });
  outbox.length = 0;
  byId("phone").dataset.ready = "no";
  try {
    sessionStorage.setItem("samvad-simulator-phone", id);
  } catch {
    // The address keeps it.
  }
  if (location.hash !== `#${id}`) history.replaceState(null, "", `#${id}`);
  closeSheet();
  drawThread();
  drawUnread();
  drawSession(null, []);
  listen();
}

function listen() {
  const stream = new EventSource(`${API}/phones/${phone.id}/events?after=${encodeURIComponent(phone.cursor)}`);
  phone.stream = stream;
  const on = (name, act) => stream.addEventListener(name, (event) => {
    if (stream !== phone.stream) return;
    if (event.lastEventId) phone.cursor = event.lastEventId;
    act(JSON.parse(event.data));
  });
  drawPresence("connecting");
  stream.onopen = () => drawPresence();
  stream.onerror = () => {
    if (stream !== phone.stream) return;
    drawPresence("connecting");
    // The browser connects again by itself unless the server refused.
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => stream === phone.stream && listen(), 2000);
  };
  on("reset", () => {
    phone.bubbles = phone.bubbles.filter((bubble) => bubble.status === "sending" || bubble.status === "failed");
    byId("phone").dataset.ready = "no";
    drawThread();
  });
  on("bubble", receive);
  on("status", ({ id, status }) => {
    const bubble = phone.bubbles.find((candidate) => candidate.id === id);
    if (!bubble) return;
    bubble.status = status;
    const element = onScreen(bubble);
    if (element) tickBubble(element, status);
    if (bubble.from === "office") drawSession(phone.standing, phone.bubbles);
  });
  on("ready", () => {
    byId("phone").dataset.ready = "yes";
    drawThread();
    tellSeen();
    askSession();
  });
  on("session", askSession);
  on("flows", () => {
    loadFlows();
    toast(text("flows_changed"));
  });
}

function receive(bubble) {
  const place = phone.bubbles.findIndex((candidate) => candidate.id === bubble.id);
  if (place >= 0) {
    phone.bubbles[place] = bubble;
    redraw(bubble);
    return;
  }
  phone.bubbles.push(bubble);
  if (byId("phone").dataset.ready !== "yes") return; // Drawn at once when all are here.
  if (bubble.from === "office") setTyping(false);
  if (isShown(bubble)) {
    appendBubble(bubble);
    tellSeen();
  } else if (bubble.from === "office") {
    phone.unread[bubble.rendering] += 1;
    drawUnread();
  }
  askSession();
}

// ---- the thread --------------------------------------------------------------------------------

const isShown = (bubble) => bubble.rendering === null || bubble.rendering === phone.rendering;

function drawThread() {
  const thread = byId("thread");
  thread.replaceChildren(make("p", "system", text("notice")));
  const shown = phone.bubbles.filter(isShown);
  // A screen reader hears new messages only, not the whole thread again.
  thread.setAttribute("aria-live", "off");
  for (const bubble of shown) appendBubble(bubble, true);
  if (shown.length === 0) drawBegin();
  toEnd();
  requestAnimationFrame(() => thread.setAttribute("aria-live", "polite"));
}

function drawBegin() {
  byId("thread").querySelector(".begin")?.remove();
  if (byId("phone").dataset.ready !== "yes" || phone.bubbles.some(isShown)) return;
  const words = (phone.flows ?? []).map((flow) => flow.start_word)
    .filter((word) => word && !text("quick_words").split("|").includes(word)).slice(0, 3);
  const greeting = currentLanguage() === "hi" ? "नमस्ते" : "hello";
  if (!words.includes(greeting)) words.unshift(greeting);
  const chips = make("div", "chips", ...words.map((word) => button("chip", () => say(word), word)));
  byId("thread").append(make("div", "begin", make("p", "", text("begin")), chips));
}

function appendBubble(bubble, quietly = false) {
  const thread = byId("thread");
  const atEnd = distanceToEnd() < 120;
  thread.querySelector(".begin")?.remove();
  thread.querySelector(".typing")?.remove();
  const shown = phone.bubbles.filter(isShown);
  const previous = shown[shown.indexOf(bubble) - 1];
  if (!previous || dayOf(previous.at) !== dayOf(bubble.at)) thread.append(make("p", "day", dayName(bubble.at)));
  thread.append(draw(bubble));
  if (phone.typing) drawTyping();
  if (quietly) return;
  if (atEnd || bubble.from === "person") toEnd();
  else byId("to-end").hidden = false;
}

function draw(bubble) {
  const shown = phone.bubbles.filter(isShown);
  const previous = shown[shown.indexOf(bubble) - 1];
  const first = !previous || previous.from !== bubble.from || dayOf(previous.at) !== dayOf(bubble.at);
  return drawBubble(bubble, {
    first,
    rendering: phone.rendering,
    quoteOf: (choice) => quoteOf(choice, bubble),
    pictureOf: (shown) => `${API}/phones/${phone.id}/pictures/${encodeURIComponent(shown.id)}`,
    choose: (choice, asked) => send({ choice: { id: choice.id, title: choice.title }, quoted: asked.provider_id }),
    openList: (asked) => openSheet(asked.content.open, asked.content.choices.map((choice) => ({
      id: choice.id,
      title: choice.title,
      hint: choice.description,
      act: () => send({ choice: { id: choice.id, title: choice.title }, quoted: asked.provider_id }),
    }))),
    send,
    resend,
  });
}

const onScreen = (bubble) => byId("thread").querySelector(`[data-id="${CSS.escape(bubble.id)}"]`);

function redraw(bubble) {
  if (isShown(bubble)) onScreen(bubble)?.replaceWith(draw(bubble));
}

/** The words of the question a tapped choice stood under. */
function quoteOf(choice, bubble) {
  const earlier = phone.bubbles.slice(0, phone.bubbles.indexOf(bubble));
  const asked = earlier.findLast((candidate) => candidate.from === "office"
    && candidate.content.choices?.some((offered) => offered.id === choice));
  return asked?.content.body ?? null;
}

function distanceToEnd() {
  const thread = byId("thread");
  return thread.scrollHeight - thread.scrollTop - thread.clientHeight;
}

function toEnd() {
  const thread = byId("thread");
  phone.isAtEnd = true;
  thread.scrollTop = thread.scrollHeight;
  byId("to-end").hidden = true;
}

function setTyping(typing) {
  phone.typing = typing;
  clearTimeout(setTyping.timer);
  byId("thread").querySelector(".typing")?.remove();
  drawPresence();
  if (!typing) return;
  drawTyping();
  setTyping.timer = setTimeout(() => setTyping(false), 8000);
}

function drawTyping() {
  if (phone.rendering === "sms") return;
  const dots = make("div", "inside", make("i"), make("i"), make("i"));
  const element = make("div", "bubble office first typing", dots);
  element.setAttribute("aria-hidden", "true");
  byId("thread").append(element);
  toEnd();
}

function drawPresence(state) {
  const online = phone.rendering === "sms" ? text("sms_sender") : text(phone.typing ? "typing" : "online");
  byId("presence").textContent = state ? text(state) : online;
}

function drawUnread() {
  for (const segment of document.querySelectorAll(".segment")) {
    const badge = segment.querySelector(".unread");
    const count = phone.unread[segment.dataset.rendering];
    badge.textContent = count;
    badge.hidden = count === 0;
  }
}

/** Tells the server that the newest messages were seen, so that their ticks turn blue. */
function tellSeen() {
  clearTimeout(tellSeen.timer);
  tellSeen.timer = setTimeout(() => {
    const unseen = phone.bubbles.some((bubble) => bubble.from === "office" && isShown(bubble) && bubble.status === "delivered");
    if (document.visibilityState !== "visible" || !unseen) return;
    post(`phones/${phone.id}/seen`, { rendering: phone.rendering }).catch(() => {});
  }, 250);
}

// ---- sending -----------------------------------------------------------------------------------

const outbox = [];
let isSending = false;

const say = (words) => send({ text: words });

function send(body) {
  closePanels();
  const key = newKey();
  const content = contentOf(body);
  const bubble = { id: `p${key}`, rendering: phone.rendering, at: Date.now(), status: "sending", from: "person", content };
  bubble.body = { key, rendering: phone.rendering, ...body };
  phone.bubbles.push(bubble);
  appendBubble(bubble);
  setTyping(true);
  outbox.push(bubble);
  drain();
}

function resend(bubble) {
  bubble.status = "sending";
  redraw(bubble);
  outbox.push(bubble);
  drain();
}

/** Sends what waits, one after the other, so that the order in which one wrote is kept. */
async function drain() {
  if (isSending) return;
  isSending = true;
  const id = phone.id;
  while (outbox.length > 0 && phone.id === id) {
    const bubble = outbox.shift();
    const refusal = await deliver(id, bubble.body);
    if (phone.id !== id) break;
    const current = phone.bubbles.find((candidate) => candidate.id === bubble.id);
    if (!current) continue;
    if (refusal === null) {
      if (current.status === "sending") current.status = "delivered";
      askSession();
    } else {
      current.status = "failed";
      setTyping(false);
      if (refusal) toast(text("refused", refusal));
    }
    redraw(current);
  }
  isSending = false;
  if (outbox.length > 0) drain();
}

/** Posts until the server has it: `null`; the server's reason when it never will; "" when it is away. */
async function deliver(id, body) {
  for (const pause of [...PAUSES, null]) {
    try {
      const answer = await post(`phones/${id}/messages`, body);
      if (answer.ok) return null;
      if (answer.status !== 503 && answer.status !== 429) return (await answer.json()).error;
    } catch {
      // The server is away; the same key makes trying again harmless.
    }
    if (pause !== null) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return "";
}

function post(path, body) {
  return fetch(`${API}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** What the bubble shows until the server's own word for it arrives. */
function contentOf(body) {
  if (body.text !== undefined) return { type: "text", text: body.text };
  if (body.choice) return { type: "choice", ...body.choice };
  switch (body.kind) {
    case "location": return { type: "location", name: "विधान भवन, लखनऊ" };
    case "contact": return { type: "contacts", phones: [] };
    case "voice": return { type: "media", kind: "audio", voice: true };
    case "missed_call": return { type: "missed_call" };
    case "document": return { type: "media", kind: "document", filename: "namuna.pdf" };
    default: return { type: "media", kind: "image" };
  }
}

/** 128 random bits; `crypto.randomUUID` is missing on plain http. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ---- panels: flows, quick words, session ---------------------------------------------------------

async function loadFlows() {
  try {
    phone.flows = (await (await fetch(`${API}/flows`)).json()).flows;
  } catch {
    phone.flows = null;
  }
  drawFlows();
  drawBegin();
}

function drawFlows() {
  const list = byId("flow-list");
  if (!phone.flows?.length) {
    list.replaceChildren(make("li", "quiet", text(phone.flows ? "no_flows" : "flows_unread")));
    return;
  }
  list.replaceChildren(...phone.flows.map((flow) => {
    const title = make("b", "", flow.start_word ?? flow.name, make("code", "", flow.name));
    const about = make("span", "", flow.start_word ? flow.about : `${flow.about} (${text("no_start_word")})`);
    const element = button("flow", () => say(flow.start_word), title, about);
    element.dataset.flow = flow.name;
    element.disabled = !flow.start_word;
    element.classList.toggle("now", phone.standing?.conversation?.flow === flow.name);
    return make("li", "", element);
  }));
}

function drawQuickWords() {
  const words = text("quick_words").split("|");
  byId("quick").replaceChildren(...words.map((word) => button("chip", () => say(word), word)));
}

/** Asks for the session; wishes that come while one is asked for become one more question. */
async function askSession() {
  if (askSession.isAsking) {
    askSession.again = true;
    return;
  }
  askSession.isAsking = true;
  do {
    askSession.again = false;
    const id = phone.id;
    const standing = await fetchSession(id);
    if (phone.id === id) {
      phone.standing = standing;
      drawSession(standing, phone.bubbles);
      drawFlows();
    } else {
      askSession.again = true;
    }
  } while (askSession.again);
  askSession.isAsking = false;
}

async function fetchSession(id) {
  try {
    const answer = await fetch(`${API}/phones/${id}/session`);
    return answer.ok ? await answer.json() : "unread";
  } catch {
    return "unread";
  }
}

function togglePanel(name) {
  const panel = byId(name);
  const opens = !panel.classList.contains("open");
  closePanels();
  panel.classList.toggle("open", opens);
  byId(`open-${name}`).setAttribute("aria-expanded", String(opens));
  if (opens) panel.querySelector("button").focus();
}

function closePanels() {
  for (const name of ["flows", "session"]) {
    byId(name).classList.remove("open");
    byId(`open-${name}`).setAttribute("aria-expanded", "false");
  }
}

// ---- sheet and toast -----------------------------------------------------------------------------

let beforeSheet = null;

function openSheet(title, rows) {
  beforeSheet = document.activeElement;
  byId("sheet-title").textContent = title;
  byId("sheet-rows").replaceChildren(...rows.map((row) => {
    const words = make("span", "", make("b", "", row.title), row.hint ? make("small", "", row.hint) : null);
    const element = button("row", () => { closeSheet(); row.act(); }, row.icon ? icon(row.icon) : null, words, row.icon ? null : make("i"));
    if (row.id) element.dataset.choice = row.id;
    element.dir = "auto";
    return make("li", "", element);
  }));
  for (const id of ["sheet", "veil"]) byId(id).hidden = false;
  for (const part of [byId("thread"), byId("composer")]) part.inert = true;
  byId("sheet-rows").scrollTop = 0;
  byId("sheet").querySelector(".row")?.focus();
}

function closeSheet() {
  if (byId("sheet").hidden) return;
  for (const id of ["sheet", "veil"]) byId(id).hidden = true;
  for (const part of [byId("thread"), byId("composer")]) part.inert = false;
  if (beforeSheet?.isConnected) beforeSheet.focus();
}

function openAttachments() {
  if (phone.rendering === "sms") {
    toast(text("attach_sms"));
    return;
  }
  const kinds = { photo: "photo", voice: "voice", location: "pin", document: "document", contact: "contact" };
  openSheet(text("attach"), Object.entries(kinds).map(([kind, iconName]) => ({
    icon: iconName,
    title: text(`attach_${kind}`),
    hint: text(`attach_${kind}_hint`),
    act: () => send({ kind }),
  })));
}

function toast(words) {
  const element = byId("toast");
  element.textContent = words;
  element.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { element.hidden = true; }, 4500);
}

// ---- what the person at the screen does ------------------------------------------------------------

function nameLanguageSwitch() {
  const other = currentLanguage() === "hi" ? { lang: "en", name: "English" } : { lang: "hi", name: "हिंदी" };
  byId("language").textContent = other.name;
  byId("language").lang = other.lang;
}

function chooseRendering(rendering) {
  phone.rendering = rendering;
  phone.unread[rendering] = 0;
  byId("phone").dataset.rendering = rendering;
  for (const segment of document.querySelectorAll(".segment")) {
    const isChosen = segment.dataset.rendering === rendering;
    segment.setAttribute("aria-checked", String(isChosen));
    segment.tabIndex = isChosen ? 0 : -1;
  }
  closeSheet();
  drawUnread();
  drawPresence();
  drawThread();
  tellSeen();
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = byId("text");
  if (field.value.trim() === "") return;
  say(field.value);
  field.value = "";
  fitField();
  field.focus();
});

byId("text").addEventListener("keydown", (event) => {
  // While a Hindi keyboard is composing, Enter belongs to it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("composer").requestSubmit();
});

/** Grows the field with its text where the browser does not do it by itself. */
function fitField() {
  if (CSS.supports("field-sizing", "content")) return;
  const field = byId("text");
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

byId("text").addEventListener("input", fitField);
byId("attach").addEventListener("click", openAttachments);
byId("to-end").addEventListener("click", toEnd);
// A keyboard that slides up must not hide the newest message: only a scroll of the person's own,
// not one that the new size brings, leaves the end.
let threadSize = "";
const sizeOf = (thread) => `${thread.clientWidth} ${thread.clientHeight}`;
byId("thread").addEventListener("scroll", ({ target: thread }) => {
  if (sizeOf(thread) !== threadSize) return;
  phone.isAtEnd = distanceToEnd() < 40;
  if (phone.isAtEnd) byId("to-end").hidden = true;
}, { passive: true });
new ResizeObserver(([{ target: thread }]) => {
  threadSize = sizeOf(thread);
  if (phone.isAtEnd) toEnd();
}).observe(byId("thread"));
byId("sheet-close").addEventListener("click", closeSheet);
byId("veil").addEventListener("click", closeSheet);
// A missed call is answered by SMS: a phone that rings may have no more.
byId("ring").addEventListener("click", () => {
  if (!phone.id) return;
  if (phone.rendering !== "sms") chooseRendering("sms");
  send({ kind: "missed_call" });
});
byId("new-phone").addEventListener("click", newPhone);
byId("open-flows").addEventListener("click", () => togglePanel("flows"));
byId("open-session").addEventListener("click", () => togglePanel("session"));
for (const close of document.querySelectorAll(".panel-close")) close.addEventListener("click", closePanels);

byId("rendering").addEventListener("click", (event) => {
  const segment = event.target.closest(".segment");
  if (segment) chooseRendering(segment.dataset.rendering);
});
byId("rendering").addEventListener("keydown", (event) => {
  if (!event.key.startsWith("Arrow")) return;
  event.preventDefault();
  chooseRendering(phone.rendering === "sms" ? "whatsapp" : "sms");
  document.querySelector('.segment[aria-checked="true"]').focus();
});

byId("language").addEventListener("click", () => {
  switchLanguage();
  translatePage();
  nameLanguageSwitch();
  drawQuickWords();
  drawFlows();
  drawPresence();
  drawThread();
  drawSession(phone.standing, phone.bubbles);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  closeSheet();
  closePanels();
});
document.addEventListener("click", (event) => {
  // Outside an open panel: the shade around it.
  if (!event.target.closest(".panel, .bar")) closePanels();
});
document.addEventListener("visibilitychange", () => {
  clearTimeout(rest);
  if (document.visibilityState === "hidden") {
    rest = setTimeout(() => phone.stream?.close(), REST);
    return;
  }
  if (phone.id && phone.stream?.readyState === EventSource.CLOSED) listen();
  tellSeen();
});
window.addEventListener("hashchange", () => {
  const id = location.hash.slice(1);
  if (id === "new") newPhone();
  else if (/^[0-9a-f]{32}$/.test(id) && id !== phone.id) usePhone(id);
});

start();
