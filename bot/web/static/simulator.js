// The simulator's page: draws phones from what the server tells it, and posts what people do on them.
"use strict";

const LONGEST_SIDE = 1600; // pixels: phones send photos smaller than they take them
const KINDS = { reply: "balasan", announcement: "undangan", reminder: "pengingat", broadcast: "siaran" };
const STATES = {
  held: "ditahan", queued: "antre", started: "sedang dikirim", sent: "terkirim", failed: "gagal",
  stopped: "diblokir", uncertain: "belum pasti", expired: "lewat waktu", cancelled: "dibatalkan",
};
const TICKS = { queued: "🕓", held: "🕓", started: "🕓", sent: "✓", uncertain: "?", failed: "✗" };
const MARKS = { bold: "b", italic: "i", code: "code" };

const phones = new Map(); // address → desk: {phone, root, list, tab, bubbles, live, …}
let zone = "Asia/Jakarta";
let shift = 0; // the demo clock minus this machine's, in milliseconds
let samples = 0;
let shown = ""; // the phone a narrow screen shows

const find = (selector, root = document) => root.querySelector(selector);
const newId = () => [...crypto.getRandomValues(new Uint32Array(4))].map((word) => word.toString(36)).join("-");
const demoNow = () => new Date(Date.now() + shift);
const written = (moment, parts) => new Intl.DateTimeFormat("id-ID", { timeZone: zone, ...parts }).format(new Date(moment));
const stamp = (moment) => written(moment, { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" });
const hour = (moment) => written(moment, { hour: "2-digit", minute: "2-digit" });
const day = (moment) => written(moment, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

function make(tag, properties = {}, ...children) {
  const { data = {}, aria = {}, ...others } = properties;
  const element = Object.assign(document.createElement(tag), others);
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(aria)) element.setAttribute(`aria-${name}`, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

const press = (textContent, onclick, others = {}) => make("button", { type: "button", textContent, onclick, ...others });

// Talking to the server

async function ask(path, options = {}) {
  const response = await fetch(path, options).catch(() => {
    throw new Error("Server demo tidak terjangkau. Coba lagi.");
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error || "Ada gangguan. Coba lagi.");
  return body;
}

const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

function notice(words) {
  const box = find("[data-notice]");
  box.textContent = words;
  box.hidden = false;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => { box.hidden = true; }, 6000);
}

const trying = (action) => (...args) => action(...args).catch((why) => notice(why.message));

// Bubbles: nothing that anybody typed is ever read as HTML

function drawSpan([text, style = "plain", url = ""]) {
  if (style === "plain") return document.createTextNode(text);
  if (style !== "link") return make(MARKS[style] || "span", { textContent: text });
  if (!/^(https?|tel|mailto):/i.test(url)) return document.createTextNode(text);
  return make("a", { textContent: text, href: url, target: "_blank", rel: "noopener noreferrer" });
}

function drawFile(file) {
  const href = `/media/${file.digest}`;
  if (file.kind === "photo") {
    const image = make("img", { src: href, alt: file.name || "Foto", loading: "lazy", width: 240, height: 180 });
    return make("a", { href, target: "_blank", rel: "noopener", className: "photo" }, image);
  }
  return make("a", { href, download: file.name, className: "file" }, make("span", { ariaHidden: "true" }, "📄"), file.name);
}

function drawChoices(desk, bubble) {
  if (!bubble.choices.length) return null;
  const tap = (choice) => (event) => {
    event.currentTarget.classList.add("used"); // but it stays: real phones keep their buttons for ever
    send(desk, { kind: "tap", token: choice.id, card: bubble.id, text: choice.label }, true);
  };
  const buttons = bubble.choices.map((choice) => press(choice.label, tap(choice), { data: { choice: choice.id } }));
  return make("div", { className: "choices" }, ...buttons);
}

function drawAsk(desk, bubble) {
  if (!bubble.ask) return null;
  const [words, action] = bubble.ask === "contact" ? ["📱 Bagikan nomor saya", shareOwn] : ["📍 Bagikan lokasi", shareLocation];
  return press(words, () => action(desk), { className: "primary ask", data: { ask: bubble.ask } });
}

function drawFoot(desk, bubble) {
  const words = [bubble.edited ? "diubah" : "", hour(bubble.at)].filter(Boolean).join(" · ");
  const state = bubble.from === "person" && bubble.state === "sent" ? "tersimpan" : STATES[bubble.state] || bubble.state;
  const look = { className: "tick", title: state, role: "img", aria: { label: state } };
  const mark = make("span", look, TICKS[bubble.state] || "✗");
  return make("small", {}, words, " ", mark, bubble.again ? press("Kirim ulang", bubble.again, { className: "again" }) : null);
}

function drawBubble(desk, bubble) {
  const body = make("div", { className: "body" });
  if (bubble.file) body.append(drawFile(bubble.file));
  if (bubble.spans.length) body.append(make("p", {}, ...bubble.spans.map(drawSpan)));
  body.append(drawFoot(desk, bubble));
  return make("li", {
    className: `bubble ${bubble.from} ${bubble.state}${bubble.tapped ? " tapped" : ""}`,
    data: { bubble: bubble.id },
    aria: { label: `${bubble.from === "bot" ? "Bot" : desk.phone.name}, ${hour(bubble.at)}` },
  }, body, drawChoices(desk, bubble), drawAsk(desk, bubble));
}

function append(desk, bubble) {
  const today = day(bubble.at);
  if (today !== desk.day) desk.list.append(make("li", { className: "day", textContent: today }));
  desk.day = today;
  desk.list.append(drawBubble(desk, bubble));
}

const bubbleOf = (desk, id) => find(`[data-bubble="${CSS.escape(id)}"]`, desk.list);

function put(desk, bubble) {
  const before = desk.bubbles.get(bubble.id);
  desk.bubbles.set(bubble.id, before && bubble.edited ? { ...bubble, at: before.at } : bubble);
  const old = before && bubbleOf(desk, bubble.id);
  if (old) old.replaceWith(drawBubble(desk, desk.bubbles.get(bubble.id)));
  else append(desk, bubble);
  if (bubble.from === "person" || desk.atEnd) scrollDown(desk);
  else if (!old) find(".down", desk.root).hidden = false;
}

function scrollDown(desk) {
  desk.atEnd = true;
  desk.list.scrollTop = desk.list.scrollHeight;
  find(".down", desk.root).hidden = true;
}

function watchScrolling(desk) {
  desk.list.onscroll = ({ target: list }) => {
    desk.atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    if (desk.atEnd) find(".down", desk.root).hidden = true;
  };
  find(".down", desk.root).onclick = () => scrollDown(desk);
  new ResizeObserver(() => desk.atEnd && scrollDown(desk)).observe(desk.list);
}

async function loadHistory(desk) {
  desk.loaded = true;
  desk.live = [];
  const { bubbles } = await ask(path(desk, "history")).catch((why) => { desk.loaded = false; throw why; });
  const unsent = [...desk.bubbles.values()].filter((bubble) => bubble.again);
  desk.bubbles.clear();
  desk.list.replaceChildren();
  desk.day = "";
  // What was told while the history was on its way may be newer than the history.
  for (const bubble of [...bubbles, ...unsent, ...desk.live]) put(desk, bubble);
  desk.live = null;
  scrollDown(desk);
}

// What people do on a phone

function send(desk, body, tapped = false) {
  const id = newId();
  return deliver(desk, id, body.text ?? "…", tapped, () => post(path(desk, "say"), { event_id: id, ...body }));
}

async function deliver(desk, id, words, tapped, call) {
  const pending = { id, from: "person", spans: [[words]], at: demoNow().toISOString(), choices: [], state: "queued", tapped };
  put(desk, pending);
  try {
    const { bubbles } = await call();
    if (bubbles.every((bubble) => bubble.id !== id)) { // an album: a bubble for each photo
      desk.bubbles.delete(id);
      bubbleOf(desk, id)?.remove();
    }
    bubbles.forEach((bubble) => put(desk, bubble));
  } catch (why) {
    // Sent again under the same id, so that what did arrive the first time counts once.
    put(desk, { ...pending, state: "failed", again: () => deliver(desk, id, words, tapped, call) });
    notice(why.message);
  }
}

const path = (desk, what) => `/phones/${encodeURIComponent(desk.phone.address)}/${what}`;

async function upload(desk, kind, files) {
  if (!files.length) return;
  const id = newId();
  const small = kind === "photo" ? await Promise.all(files.map(shrink)) : files;
  const words = kind === "photo" ? `Mengirim ${files.length} foto …` : `Mengirim ${files[0].name} …`;
  await deliver(desk, id, words, false, () => {
    const form = new FormData();
    form.append("kind", kind);
    form.append("event_id", id);
    small.forEach((file) => form.append("file", file, file.name));
    return ask(path(desk, "file"), { method: "POST", body: form });
  });
}

async function shrink(file) {
  const image = await createImageBitmap(file).catch(() => null);
  if (!image || Math.max(image.width, image.height) <= LONGEST_SIDE) return file;
  const scale = LONGEST_SIDE / Math.max(image.width, image.height);
  const canvas = make("canvas", { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return toFile(canvas, file.name.replace(/\.\w+$/, "") + ".jpg");
}

async function toFile(canvas, name) {
  const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
  return new File([blob], name, { type: blob.type });
}

async function sendSample(desk) {
  samples += 1;
  const canvas = make("canvas", { width: 640, height: 480 });
  const pen = canvas.getContext("2d");
  pen.fillStyle = `hsl(${(samples * 67) % 360} 45% 40%)`;
  pen.fillRect(0, 0, 640, 480);
  Object.assign(pen, { fillStyle: "white", font: "600 48px sans-serif" });
  pen.fillText(`Foto contoh ${samples} · ${stamp(demoNow())}`, 40, 255, 560);
  await upload(desk, "photo", [await toFile(canvas, `foto-contoh-${samples}.jpg`)]);
}

function pickFiles(desk, kind, accept = "") {
  const onchange = trying((event) => upload(desk, kind, [...event.target.files].slice(0, 10)));
  make("input", { type: "file", accept, multiple: kind === "photo", onchange }).click();
}

function shareContact(desk, own) {
  const mine = [desk.phone.number, desk.phone.name, true];
  if (own && desk.phone.number) return send(desk, { kind: "contact", contact: mine });
  const dialog = find("#contact");
  const form = find("form", dialog);
  find("h2", dialog).textContent = own ? "Bagikan nomor saya" : "Kirim kontak orang lain";
  form.elements.name.value = own ? desk.phone.name : "";
  form.elements.phone.value = own ? "+62812" : "";
  return openDialog(dialog, () => {
    const number = form.elements.phone.value.replace(/[\s.-]/g, "");
    return send(desk, { kind: "contact", contact: [number, form.elements.name.value.trim(), own] });
  });
}

const shareOwn = (desk) => shareContact(desk, true);

function shareLocation(desk) {
  const dialog = find("#location");
  const fields = find("form", dialog).elements;
  openDialog(dialog, () => {
    const point = (fields.place.value || fields.point.value).split(/[\s,;]+/).map(Number);
    if (point.length !== 2 || !point.every(Number.isFinite)) return notice("Contoh titik: 3.6000, 98.5000.");
    return send(desk, { kind: "location", location: [...point, fields.forwarded.checked] });
  });
}

function openDialog(dialog, done) {
  dialog.returnValue = "";
  dialog.onclose = () => dialog.returnValue === "ok" && done();
  dialog.showModal();
}

const ACTIONS = {
  menu: (desk) => send(desk, { kind: "text", text: "/menu" }),
  sample: trying(sendSample),
  photos: (desk) => pickFiles(desk, "photo", "image/*"),
  document: (desk) => pickFiles(desk, "document"),
  location: shareLocation,
  own: shareOwn,
  other: (desk) => shareContact(desk, false),
};

// Phones

function addPhone(phone) {
  const desk = phones.get(phone.address) || makePhone(phone);
  desk.phone = phone;
  find("h2", desk.root).textContent = phone.name;
  find("p", desk.root).textContent = phone.role || "belum terdaftar";
  desk.root.classList.toggle("stranger", !phone.role);
  return desk;
}

function makePhone(phone) {
  const root = find("#phone").content.cloneNode(true).firstElementChild;
  const desk = { phone, root, list: find(".chat", root), bubbles: new Map(), live: null, loaded: false, day: "", atEnd: true };
  phones.set(phone.address, desk);
  root.dataset.phone = phone.address;
  root.setAttribute("aria-label", `HP ${phone.name}`);
  desk.list.setAttribute("aria-label", `Percakapan ${phone.name}`);
  find("[name=text]", root).setAttribute("aria-label", `Pesan dari ${phone.name}`);
  find(".avatar", root).textContent = phone.name.split(/\s+/).slice(0, 2).map((word) => word[0]).join("").toUpperCase();
  find("[data-desk]").append(root);
  wireComposer(desk);
  watchScrolling(desk);
  desk.tab = press("", () => show(phone.address));
  desk.tab.append(make("span", {}, phone.name), make("b", { hidden: true, role: "img", aria: { label: "pesan baru" } }));
  find("[data-tabs]").append(desk.tab);
  return desk;
}

function wireComposer(desk) {
  const form = find(".composer", desk.root);
  const [box, attach, menu] = [form.elements.text, find("[data-attach]", form), find(".menu", form)];
  const fold = (open) => {
    menu.hidden = !open;
    attach.setAttribute("aria-expanded", String(open));
    (open ? find("button", menu) : attach).focus();
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    send(desk, { kind: "text", text });
  };
  box.onkeydown = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  };
  attach.onclick = () => fold(menu.hidden);
  menu.onkeydown = (event) => { if (event.key === "Escape") fold(false); };
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) menu.hidden = true; });
  menu.onclick = (event) => {
    const item = event.target.closest("[data-do]");
    if (!item) return;
    fold(false);
    ACTIONS[item.dataset.do](desk);
  };
}

function show(address) {
  shown = address;
  for (const [other, desk] of phones) {
    desk.root.classList.toggle("shown", other === address);
    desk.tab.setAttribute("aria-pressed", String(other === address));
  }
  find("b", phones.get(address).tab).hidden = true;
  scrollDown(phones.get(address));
}

async function hearPhones({ phones: listed }) {
  const desks = listed.map(addPhone);
  if (desks.length) show(shown || desks[0].phone.address);
  await Promise.all(desks.filter((desk) => !desk.loaded).map(loadHistory));
  document.body.classList.add("online");
}

async function addAndShow(body) {
  const phone = await post("/phones", body);
  const desk = addPhone(phone);
  find("#add").close();
  if (!desk.loaded) await loadHistory(desk);
  show(phone.address);
  desk.root.scrollIntoView({ inline: "center" });
  find("[name=text]", desk.root).focus();
}

async function searchPeople(words) {
  const { people } = await ask(`/people?q=${encodeURIComponent(words)}`);
  const rows = people.map(drawPerson);
  find("[data-found]").replaceChildren(...(rows.length ? rows : [make("li", {}, "Tidak ada yang cocok.")]));
}

function drawPerson({ id, name, role, district, number }) {
  const button = press("", trying(() => addAndShow({ person: id })), { data: { person: id } });
  button.append(make("b", {}, name), make("span", {}, [role, district, number].filter(Boolean).join(" · ")));
  return make("li", {}, button);
}

// What the server tells

const HEARD = { phones: trying(hearPhones), message: hearBubble, said: hearBubble, clock: setClock, outbox: drawOutbox };

function hearBubble(event) {
  const desk = [...phones.values()].find((one) => one.phone.chat === event.chat);
  if (!desk) return;
  desk.live?.push(event);
  put(desk, event);
  if (event.from === "bot" && desk.phone.address !== shown) find("b", desk.tab).hidden = false;
}

function setClock({ now, zone: named }) {
  zone = named;
  shift = new Date(now) - Date.now();
  tick();
}

function tick() {
  const time = { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" };
  find("[data-clock]").textContent = `${day(demoNow())} · ${written(demoNow(), time)}`;
}

function drawOutbox({ counts, rows }) {
  const chips = Object.keys(STATES).filter((state) => counts[state])
    .map((state) => make("span", { className: `chip ${state}`, textContent: `${STATES[state]} ${counts[state].toLocaleString("id-ID")}` }));
  find("[data-counts]").replaceChildren(...(chips.length ? chips : ["kosong"]));
  find("[data-outbox] tbody").replaceChildren(...rows.map((row) => {
    const state = make("span", { className: `chip ${row.state}`, textContent: STATES[row.state] || row.state });
    const cells = [row.id, row.person, KINDS[row.kind] || row.kind, state, stamp(row.made_at), row.done_at ? stamp(row.done_at) : "–"];
    if (row.error) state.append(` (${row.error})`);
    return make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
  }));
}

function listen() {
  const feed = new EventSource("/feed");
  feed.onopen = () => phones.forEach((desk) => { desk.loaded = false; }); // what was missed stands in the histories
  feed.onerror = () => {
    document.body.classList.remove("online");
    notice("Terputus dari server demo, menyambung lagi …");
  };
  const hear = (event) => HEARD[event.type]?.(event);
  feed.onmessage = ({ data }) => hear(JSON.parse(data));
}

// The frame around the phones

function wireFrame() {
  document.querySelectorAll("[data-minutes]").forEach((button) => {
    button.onclick = trying(async () => setClock(await post("/clock", { minutes: Number(button.dataset.minutes) })));
  });
  find("[data-open=add]").onclick = trying(async () => { find("#add").showModal(); await searchPeople(""); });
  find("#add [name=query]").oninput = trying((event) => searchPeople(event.target.value));
  find("#add [data-close]").onclick = () => find("#add").close();
  find("[data-stranger]").onsubmit = trying(async (event) => {
    event.preventDefault();
    await addAndShow({ name: event.target.elements.name.value });
    event.target.reset();
  });
}

async function start() {
  wireFrame();
  const about = await ask("/desk");
  document.title = `Demo pkh-bot · ${about.office}`;
  find("[data-office]").textContent = about.office;
  const hints = find("[data-hints]");
  find("ol", hints).append(...about.hints.map((words) => make("li", { textContent: words })));
  Object.assign(hints, { hidden: !about.hints.length, open: matchMedia("(min-width: 46rem)").matches });
  setClock(about);
  setInterval(tick, 1000);
  listen();
}

trying(start)();
