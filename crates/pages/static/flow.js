// Improves the linking flow, which works as plain forms without it: changes panes in place, searches as people
// type, opens the bank in a popup and notices its end, tells the page that opened the flow what happened.

const base = document.body.dataset.flow;
const openerOrigin = document.body.dataset.opener || null;
const framed = window.parent !== window;
const popupName = `drawbridge-bank-${base.split("/").pop()}`;
const searchPause = 250;
const firstPoll = 1000;
const slowestPoll = 5000;
const failuresBeforeOffline = 3;

let busy = false;
let popup = null;
let pollTimer = null;
let searchTimer = null;
let searchNumber = 0;
let told = false;
let retry = null;

const pane = () => document.getElementById("pane");
const announce = (text) => {
  document.getElementById("announcer").textContent = text ?? "";
};

function tellOpener(type) {
  if (told || !framed || !openerOrigin) return;
  told = true;
  window.parent.postMessage({ source: "drawbridge", type }, openerOrigin);
}

// --- Panes -----------------------------------------------------------------------------------------------

function parse(html) {
  return new DOMParser().parseFromString(html, "text/html").getElementById("pane");
}

function show(next) {
  stopPolling();
  announce("");
  pane().replaceWith(document.adoptNode(next));
  next.scrollTop = 0;
  // A flow on a page of its own scrolls with the page.
  window.scrollTo(0, 0);
  focusHeading();
  arrive();
}

function focusHeading() {
  const wanted = pane().querySelector("[data-focus]");
  // On a phone a focused search box brings up a keyboard that hides what there is to read.
  const bringsKeyboard = wanted?.matches("input, textarea") && matchMedia("(pointer: coarse)").matches;
  const target = wanted && !bringsKeyboard ? wanted : pane().querySelector("h1");
  target?.focus({ preventScroll: true });
  if (target === wanted) target?.scrollIntoView({ block: "nearest" });
}

/** What a pane needs once it is on the page. */
function arrive() {
  localizeTimes();
  const current = pane();
  for (const button of current.querySelectorAll("[data-reveal]")) button.hidden = false;
  document.body.dataset.pane = current.dataset.pane;
  if (current.dataset.pane !== "bank_login" && popup && !popup.closed) popup.close();
  if (current.dataset.pane === "bank_login") startPolling();
  if (current.dataset.pane === "finished") {
    const cancelled = current.dataset.cancelled === "true";
    tellOpener(cancelled ? "cancel" : "done");
    const back = current.querySelector("a[data-return]");
    if (!framed && back) location.assign(back.href);
  }
}

function localizeTimes() {
  for (const time of pane().querySelectorAll("time[datetime]")) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    const options = { dateStyle: "medium", timeStyle: "short" };
    time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, options).format(date);
  }
}

function showOffline(again) {
  retry = again;
  const template = document.getElementById("offline");
  show(template.content.firstElementChild.cloneNode(true));
}

/** Asks our server for a pane; repeats of a click while it is on its way are dropped. */
async function load(url, options = {}) {
  if (busy) return;
  busy = true;
  pane().setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, { ...options, headers: { "X-Pane": "1" }, credentials: "omit" });
    const next = parse(await response.text());
    if (next) show(next);
    else location.assign(base);
  } catch {
    showOffline(() => load(url, options));
  } finally {
    busy = false;
    pane().removeAttribute("aria-busy");
  }
}

async function submit(form, submitter) {
  const fields = new FormData(form, submitter);
  const action = submitter?.hasAttribute("formaction") ? submitter.formAction : form.action;
  const sent = pane();
  const body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields);
  await load(action, { method: "POST", body });
  if (pane() !== sent && pane().dataset.pane === sent.dataset.pane) keep(fields);
}

/** The server never sends back what was typed; what need not be typed again stays on this page. */
function keep(fields) {
  for (const field of pane().querySelectorAll("[data-keep]")) {
    if (fields.has(field.name)) field.value = fields.get(field.name);
  }
}

/** Puts the values of one form into the fields of another, which the person then sends. */
function fillIn(form) {
  const target = document.getElementById(form.dataset.fill);
  for (const [name, value] of new FormData(form)) target.elements[name].value = value;
  target.querySelector(".button.primary").focus();
}

function reveal(button) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.ariaPressed = String(!shown);
  [button.textContent, button.dataset.reveal] = [button.dataset.reveal, button.textContent];
}

// --- The bank's window -----------------------------------------------------------------------------------

function openBank(link) {
  if (popup && !popup.closed) {
    popup.focus();
    return;
  }
  const left = Math.max(0, window.screenX + (window.outerWidth - 480) / 2);
  const place = `popup,width=480,height=760,left=${Math.round(left)},top=${Math.max(0, window.screenY + 40)}`;
  popup = window.open(link.dataset.bank, popupName, place);
  const blocked = !popup;
  setVisible("blocked", blocked);
  setVisible("closed", false);
  if (!blocked) startPolling();
}

function setVisible(name, visible) {
  const part = pane().querySelector(`[data-when="${name}"]`);
  if (part) part.hidden = !visible;
}

function stopPolling() {
  clearTimeout(pollTimer);
  pollTimer = null;
}

function startPolling() {
  stopPolling();
  let wait = firstPoll;
  let failures = 0;
  const tick = async () => {
    // The timer that runs this belongs to one pane: when another pane came meanwhile, the answer is void.
    const mine = pollTimer;
    try {
      const response = await fetch(`${base}/status`, { cache: "no-store", credentials: "omit" });
      const status = await response.json();
      if (pollTimer !== mine) return;
      failures = 0;
      if (status.revision !== pane().dataset.revision) {
        load(base);
        return;
      }
    } catch {
      if (pollTimer !== mine) return;
      failures += 1;
      if (failures >= failuresBeforeOffline) {
        showOffline(() => load(base));
        return;
      }
    }
    if (popup && popup.closed) {
      popup = null;
      setVisible("closed", true);
    }
    wait = Math.min(slowestPoll, wait * 1.08);
    pollTimer = setTimeout(tick, wait);
  };
  pollTimer = setTimeout(tick, wait);
}

// --- Search ----------------------------------------------------------------------------------------------

async function search(form) {
  clearTimeout(searchTimer);
  searchNumber += 1;
  const number = searchNumber;
  const query = new URLSearchParams(new FormData(form));
  try {
    const response = await fetch(`${form.action}?${query}`, { headers: { "X-Pane": "1" }, credentials: "omit" });
    const next = parse(await response.text());
    if (number !== searchNumber) return;
    const results = next?.querySelector("#results");
    if (!results) {
      if (next) show(next);
      return;
    }
    document.getElementById("results")?.replaceWith(document.adoptNode(results));
    announce(results.dataset.announce);
  } catch {
    if (number === searchNumber) showOffline(() => load(`${form.action}?${query}`));
  }
}

function moveInList(event) {
  const options = [...pane().querySelectorAll('[role="option"]')];
  const at = options.indexOf(document.activeElement);
  const inSearch = document.activeElement?.matches("input[type=search]");
  if (options.length === 0 || (at < 0 && !inSearch)) return;
  const targets = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 };
  if (!(event.key in targets) || (inSearch && event.key !== "ArrowDown")) return;
  event.preventDefault();
  const target = targets[event.key];
  if (target < 0) pane().querySelector("input[type=search]")?.focus();
  else options[Math.min(target, options.length - 1)].focus();
}

// --- Leaving ---------------------------------------------------------------------------------------------

function askToLeave() {
  const name = pane().dataset.pane;
  if (name === "finished") return;
  const dialog = document.getElementById("leave");
  if (!dialog.open) dialog.showModal();
}

async function leave(form) {
  if (popup && !popup.closed) popup.close();
  await submit(form, null);
  // Without a connection people must still get out.
  if (pane().dataset.pane !== "finished") tellOpener("cancel");
}

// --- Events ----------------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || form.target) return;
  event.preventDefault();
  if (form.role === "search") search(form);
  else if (form.dataset.fill !== undefined) fillIn(form);
  else if (form.dataset.leave !== undefined) {
    document.getElementById("leave").close();
    leave(form);
  } else submit(form, event.submitter);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a, button");
  if (!link) return;
  if (link.dataset.bank !== undefined) {
    event.preventDefault();
    openBank(link);
  } else if (link.dataset.pane !== undefined) {
    event.preventDefault();
    load(link.href);
  } else if (link.dataset.reveal !== undefined) {
    reveal(link);
  } else if (link.dataset.retry !== undefined) {
    event.preventDefault();
    retry?.();
  }
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.role !== "search") return;
  clearTimeout(searchTimer);
  searchTimer = setTimeout(() => search(form), searchPause);
});

document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.('[role="button"], [role="option"], button');
  // A key that is held down must not press a button again and again.
  if (event.repeat && (event.key === "Enter" || event.key === " ") && button) event.preventDefault();
  else if (event.key === " " && button?.matches('a[role="button"]')) {
    event.preventDefault();
    button.click();
  } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    askToLeave();
  } else moveInList(event);
});

window.addEventListener("message", (event) => {
  if (event.data?.source !== "drawbridge") return;
  if (event.origin === location.origin && event.data.type === "returned") load(base);
  if (event.origin === openerOrigin && event.data.type === "ask_cancel") askToLeave();
});

// Where storage is not partitioned this reaches us even when the bank's page cut the tie to its opener.
const channel = "BroadcastChannel" in window ? new BroadcastChannel("drawbridge-flow") : null;
channel?.addEventListener("message", (event) => {
  if (event.data?.flow === base) load(base);
});

if (framed) {
  focusHeading();
  if (openerOrigin) window.parent.postMessage({ source: "drawbridge", type: "ready" }, openerOrigin);
}
arrive();
