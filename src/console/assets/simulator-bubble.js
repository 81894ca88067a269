// One message as a bubble. Texts are put in as text; only *bold*, _italic_, ~struck~, ```plain```
// and web addresses become elements.

import { button, clock, icon, make, text, ticks } from "./simulator-words.js";

/**
 * Draws a bubble.
 * @param bubble what the server sent: {id, rendering, at, status, from, content}
 * @param context {first, rendering, quoteOf(choiceId), pictureOf(bubble), choose(choice, bubble), openList(bubble), send(body), resend(bubble)}
 */
export function drawBubble(bubble, context) {
  const ours = bubble.from === "office";
  const element = make("div", `bubble ${bubble.from}`);
  element.classList.toggle("first", context.first);
  element.dataset.id = bubble.id;
  element.dataset.from = bubble.from;
  element.dataset.status = bubble.status;
  element.dataset.kind = bubble.content.type;
  const inside = make("div", "inside", make("span", "hidden-word", `${text(ours ? "sender" : "you")}: `));
  inside.append(...(ours ? officeParts(bubble, context) : personParts(bubble, context)));
  inside.append(metaOf(bubble, context));
  inside.dir = direction(inside.querySelector(".words")?.textContent);
  element.append(inside);
  if (bubble.status === "failed" && !ours) {
    inside.append(button("resend", () => context.resend(bubble), text("resend")));
  }
  const choices = ours ? choicesOf(bubble, context) : [];
  if (choices.length > 0) {
    element.classList.add("with-choices");
    element.append(make("div", "choices", ...choices));
  }
  return element;
}

/** Changes the ticks of a bubble that is on the screen; its buttons stay under the finger. */
export function tickBubble(element, status) {
  element.dataset.status = status;
  element.querySelector(".inside > .meta > .ticks")?.replaceWith(ticks(status));
}

/** `rtl` for words whose first letter is of a script written from the right (Urdu). */
const direction = (words) => (/^[^\p{L}]*(?=\p{L})[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u.test(words ?? "") ? "rtl" : "ltr");

function metaOf(bubble, context) {
  const time = make("time", "", clock(bubble.at));
  time.dateTime = new Date(bubble.at).toISOString();
  const meta = make("span", "meta");
  if (bubble.from === "office") {
    const body = bubble.content.body;
    if (context.rendering === "sms" && body) meta.append(text("sms_parts", smsParts(body)), " · ");
    meta.append(time);
  } else {
    meta.append(time, ticks(bubble.status));
  }
  return meta;
}

function officeParts(bubble, context) {
  const content = bubble.content;
  const plain = context.rendering === "sms";
  switch (content.type) {
    case "media": {
      const source = content.source ?? {};
      const name = content.filename ?? source.link ?? source.id ?? "";
      return [card(mediaIcon(content.kind), text(`kind_${content.kind}`), name), ...words(content.caption, plain)];
    }
    case "picture": {
      if (plain || !context.pictureOf) return words(content.body, plain);
      const image = make("img", "picture");
      image.src = context.pictureOf(bubble);
      image.alt = text("kind_card");
      image.width = 1080;
      image.height = 680;
      return [image, ...words(content.body, plain)];
    }
    case "template": {
      const variables = (content.body ?? []).map((variable) => variable.text).join(" · ");
      return [card("document", `${text("kind_template")}: ${content.name}`, variables)];
    }
    default:
      return words(content.body, plain);
  }
}

function personParts(bubble, context) {
  const content = bubble.content;
  switch (content.type) {
    case "text":
    case "button":
      return words(content.text, context.rendering === "sms");
    case "choice": {
      const asked = context.quoteOf(content.id);
      const quote = asked && make("span", "quote", make("b", "", text("sender")), make("span", "", asked));
      return [quote, ...words(content.title, true)].filter(Boolean);
    }
    case "media": {
      if (content.voice) {
        const wave = make("span", "wave");
        wave.setAttribute("role", "img");
        wave.setAttribute("aria-label", text("kind_voice"));
        return [make("div", "card", icon("voice"), wave)];
      }
      return [card(mediaIcon(content.kind), text(`kind_${content.kind}`), content.filename), ...words(content.caption, true)];
    }
    case "location":
      return [make("div", "card map", icon("pin")), ...words(content.name ?? `${content.latitude}, ${content.longitude}`, true)];
    case "missed_call":
      return [card("call", text("kind_missed_call"), text("kind_missed_call_hint"))];
    case "contacts":
      return [card("contact", text("kind_contact"), content.phones.join(", ") || text("kind_contact_empty"))];
    default:
      return [card("document", text("kind_other"), content.kind ?? content.type)];
  }
}

const mediaIcon = (kind) => ({ image: "photo", sticker: "photo", audio: "voice" })[kind] ?? "document";

function card(iconName, title, detail) {
  return make("div", "card", icon(iconName), make("div", "", title, detail ? make("small", "", detail) : null));
}

function choicesOf(bubble, context) {
  const content = bubble.content;
  switch (content.type) {
    case "buttons":
      return content.choices.map((choice) => {
        const element = button("choice", () => context.choose(choice, bubble), icon("reply"), choice.title);
        element.dataset.choice = choice.id;
        element.dir = "auto";
        return element;
      });
    case "list": {
      const opener = button("opener", () => context.openList(bubble), icon("list"), content.open);
      opener.dir = "auto";
      opener.setAttribute("aria-haspopup", "dialog");
      return [opener];
    }
    case "location_request":
      return [button("opener", () => context.send({ kind: "location", quoted: bubble.provider_id }), icon("pin"), text("send_location"))];
    case "contact_request":
      return [button("opener", () => context.send({ kind: "contact", quoted: bubble.provider_id }), icon("contact"), text("send_contact"))];
    default:
      return [];
  }
}

const MARKS = /(?<![\p{L}\p{N}])(\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~|```[^`]+```)(?![\p{L}\p{N}])|(https?:\/\/[^\s]+)|([A-Z0-9]+(?:-[A-Z0-9]+)+)/gu;

/** Words with the chat's few marks (on SMS only web addresses); numbers with dashes stay on one line. */
function words(body, plain) {
  if (!body) return [];
  const element = make("span", "words");
  let end = 0;
  for (const match of body.matchAll(MARKS)) {
    if (plain && match[1]) continue;
    element.append(body.slice(end, match.index), marked(match));
    end = match.index + match[0].length;
  }
  element.append(body.slice(end));
  return [element];
}

function marked(match) {
  const [whole, mark, , number] = match;
  if (number) return make("span", number.length <= 24 ? "whole" : "", number);
  if (!mark) {
    const link = make("a", "", whole);
    link.href = whole;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  }
  if (mark.startsWith("```")) return make("code", "", mark.slice(3, -3));
  const tag = { "*": "strong", _: "em", "~": "s" }[mark[0]];
  return make(tag, "", ...numbers(mark.slice(1, -1)));
}

/** Marked words, in which a number may stand too. */
function numbers(inner) {
  return words(inner, true)[0]?.childNodes ?? [inner];
}

const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;

/** How many SMS a text is: 160 (153) septets, or 70 (67) UTF-16 units (3GPP TS 23.038, 23.040). */
function smsParts(body) {
  if (GSM.test(body)) {
    const septets = body.length + (body.match(/[\^{}\\[~\]|€]/g) ?? []).length;
    return septets <= 160 ? 1 : Math.ceil(septets / 153);
  }
  return body.length <= 70 ? 1 : Math.ceil(body.length / 67);
}
