// Texts, times and small helpers for building the page. Nothing here knows of phones.

const ZONE = "Asia/Kolkata";
let table = {};
let language = "hi";

/** Loads both languages; the chosen one is remembered across visits. */
export async function loadTexts() {
  const address = document.querySelector('meta[name="texts"]').content;
  table = await (await fetch(address)).json();
  language = remembered() ?? "hi";
}

function remembered() {
  try {
    const saved = localStorage.getItem("samvad-simulator-language");
    return saved in table ? saved : null;
  } catch {
    return null; // A browser that stores nothing still shows the page.
  }
}

/** The text of a key, with `{0}`, `{1}` … filled in. */
export function text(key, ...values) {
  const pattern = table[language]?.[key] ?? key;
  return pattern.replace(/\{(\d)\}/g, (_, place) => values[place] ?? "");
}

/** Whether there is a text for the key. */
export const has = (key) => key in (table[language] ?? {});

export const currentLanguage = () => language;

export function switchLanguage() {
  language = language === "hi" ? "en" : "hi";
  try {
    localStorage.setItem("samvad-simulator-language", language);
  } catch {
    // Not remembered, then.
  }
}

/** Puts the current language into everything that names its text by an attribute. */
export function translatePage() {
  document.documentElement.lang = language;
  document.title = text("title");
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = text(element.dataset.text);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", text(element.dataset.label));
    if (element.matches("button")) element.title = text(element.dataset.label);
  }
  for (const element of document.querySelectorAll("[data-placeholder]")) {
    element.placeholder = text(element.dataset.placeholder);
  }
}

/** Time of day in India: `4:16 pm`. */
export function clock(at) {
  return new Date(at).toLocaleTimeString("en-IN", { timeZone: ZONE, hour: "numeric", minute: "2-digit" });
}

/** The day in India as `2026-03-05`, to compare days by. */
export const dayOf = (at) => new Date(at).toLocaleDateString("en-CA", { timeZone: ZONE });

/** The day in words: today, yesterday, `5 मार्च 2026`. */
export function dayName(at) {
  const now = Date.now();
  if (dayOf(at) === dayOf(now)) return text("today");
  if (dayOf(at) === dayOf(now - 86_400_000)) return text("yesterday");
  return new Date(at).toLocaleDateString(language === "hi" ? "hi-IN" : "en-IN", {
    timeZone: ZONE, day: "numeric", month: "long", year: "numeric",
  });
}

/** Day and time, short: `05-03-2026, 4:16 pm`. */
export function moment(at) {
  const day = new Date(at).toLocaleDateString("en-GB", { timeZone: ZONE }).replaceAll("/", "-");
  return dayOf(at) === dayOf(Date.now()) ? clock(at) : `${day}, ${clock(at)}`;
}

/** An element with a class and children (strings become text, never markup). */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button that does something. */
export function button(className, onPress, ...children) {
  const element = make("button", className, ...children);
  element.type = "button";
  element.addEventListener("click", onPress);
  return element;
}

/** One of the icons at the head of the page. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** The ticks of a status, said aloud as a word. */
export function ticks(status) {
  const names = { queued: "sending", claimed: "sending", sending: "sending", sent: "sent",
    delivered: "delivered", read: "delivered", unknown: "sending" };
  const element = make("span", "ticks", icon(names[status] ?? "failed"));
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", text(`status_${status}`));
  element.title = text(`status_${status}`);
  return element;
}
