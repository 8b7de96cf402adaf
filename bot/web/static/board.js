// The check-in board: asks the server every second, and counts down by the server's clock, not by this machine's.
"use strict";

const ASK_EVERY = 1000;
const LOST_AFTER = 5000;
const find = (id) => document.getElementById(id);
let told = null; // what the server said last
let ahead = 0; // the server's clock minus this page's
let heard = performance.now();
let drawn = "";

const now = () => performance.now() + ahead;

function write(id, text) {
  if (find(id).textContent !== text) find(id).textContent = text;
}

function clock(millis, seconds) {
  const iso = new Date(millis + told.shift).toISOString();
  return iso.slice(11, seconds ? 19 : 16).replaceAll(":", ".");
}

function span(millis) {
  const left = Math.max(0, Math.ceil(millis / 1000));
  const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  if (hours) return `${hours} jam ${minutes} menit`;
  return minutes ? `${minutes} menit ${String(seconds).padStart(2, "0")} detik` : `${seconds} detik`;
}

function lead() {
  const at = (millis) => `pukul ${clock(millis)} ${told.zone}`;
  return {
    early: () => `Absen dibuka ${at(told.opens)}`,
    waits: () => "Absen dibuka panitia sebentar lagi",
    open: () => "Pindai, atau kirim ini ke bot:",
    closed: () => `Absen sudah ditutup ${at(told.closes)}`,
    cancelled: () => "Kegiatan ini dibatalkan",
    none: () => "Tidak ada absen hari ini",
    gone: () => "Tautan layar ini tidak berlaku lagi. Mohon minta yang baru di bot: /kegiatan, Papan, Layar.",
  }[told.state]();
}

function left() {
  if (told.state === "early") return `${span(told.opens - now())} lagi`;
  if (told.state === "open") return `Ditutup pukul ${clock(told.closes)} ${told.zone}, ${span(told.closes - now())} lagi`;
  if (told.state === "none" && told.session) return `Berikutnya: ${told.session}`;
  return told.state === "closed" ? "Yang belum tercatat, mohon hubungi panitia." : "";
}

function showDistricts() {
  const rows = told.districts.map(([name, here, expected]) => {
    const row = document.createElement("li");
    const [label, bar, filled, figures] = ["span", "i", "b", "em"].map((tag) => document.createElement(tag));
    label.textContent = name || "Lainnya";
    filled.style.width = `${Math.min(100, (100 * here) / expected)}%`;
    figures.textContent = `${here}/${expected}`;
    row.classList.toggle("all", here >= expected);
    bar.append(filled);
    row.append(label, bar, figures);
    return row;
  });
  find("districts").replaceChildren(...rows);
  write("here", String(told.districts.reduce((sum, one) => sum + one[1], 0)));
  write("expected", String(told.districts.reduce((sum, one) => sum + one[2], 0)));
}

function show() {
  document.body.dataset.state = told.state;
  for (const name of ["office", "event", "session", "place", "zone", "code"]) write(name, told[name] ?? "");
  write("words", (told.words ?? []).join("  "));
  find("qr").hidden = !told.code;
  const both = (told.channels ?? []).length > 1;
  find("other").hidden = !told.code || !both;
  write("qr-name", told.code && both ? "Telegram" : "");
  if (told.code && drawn !== told.code) {
    find("qr").src = `${location.pathname}/qr.svg?kode=${told.code}`;
    if (both) find("qr-other").src = `${location.pathname}/qr.svg?kode=${told.code}&lewat=whatsapp`;
  }
  drawn = told.code;
  if (told.districts) showDistricts();
}

function beat() {
  const silent = performance.now() - heard > LOST_AFTER;
  document.body.classList.toggle("lost", silent);
  write("lost", silent ? "Sambungan ke server terputus, mencoba lagi…" : "");
  if (!told) return;
  write("lead", lead());
  if (told.state === "gone") return;
  write("time", clock(now(), true));
  write("left", left());
  write("holds", told.until ? `Kode berganti ${span(told.until - now())} lagi` : "");
}

async function ask() {
  try {
    const answer = await fetch(`${location.pathname}/keadaan`, { cache: "no-store", signal: AbortSignal.timeout(4000) });
    if (!answer.ok) throw new Error(String(answer.status));
    const next = await answer.json();
    const same = told && JSON.stringify({ ...told, now: 0 }) === JSON.stringify({ ...next, now: 0 });
    told = next;
    heard = performance.now();
    if (told.now) ahead = told.now - heard;
    if (!same) show();
  } catch {
    // The next question asks again; beat() says that nobody answers.
  }
  beat();
  setTimeout(ask, ASK_EVERY);
}

setInterval(beat, 250);
ask();
