// The start page: copies keys and snippets, opens the linking flow with our own SDK, shows what was linked.

const message = document.getElementById("try-message");

function say(text, tone = "") {
  message.textContent = text;
  message.className = `note ${tone}`;
  message.hidden = text === "";
}

async function copy(button) {
  const code = button.closest(".snippet, .key").querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = "Selected";
  }
  setTimeout(() => {
    button.textContent = "Copy";
  }, 1600);
}

function accountRow(account) {
  const row = document.createElement("li");
  const words = document.createElement("div");
  const name = document.createElement("strong");
  name.textContent = account.display_name ?? "Account";
  const about = document.createElement("span");
  about.textContent = `${account.institution_name}${account.last4 ? ` ••••${account.last4}` : ""}`;
  words.append(name, about);
  const id = document.createElement("span");
  id.className = "id";
  id.textContent = account.id;
  row.append(words, id);
  return row;
}

function showLinked(accounts) {
  const heading = document.getElementById("result-heading");
  heading.textContent = accounts.length === 1 ? "One account is linked" : `${accounts.length} accounts are linked`;
  document.getElementById("result-accounts").replaceChildren(...accounts.map(accountRow));
  const payable = accounts.find((account) => account.supported_payment_method_types?.includes("us_bank_account"));
  for (const place of document.querySelectorAll("[data-fill]")) {
    place.textContent = ((place.dataset.fill === "payable" && payable) || accounts[0]).id;
  }
  document.getElementById("result").hidden = false;
  heading.focus();
}

async function link(button) {
  if (button.ariaDisabled === "true") return;
  button.ariaDisabled = "true";
  say("");
  try {
    const response = await fetch("/try/session", { method: "POST" });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    const { client_secret: clientSecret } = await response.json();
    const stripe = window.Stripe(button.dataset.key);
    const { financialConnectionsSession, error } = await stripe.collectFinancialConnectionsAccounts({ clientSecret });
    if (error) say(error.message ?? "The flow could not be opened.", "error");
    else if (financialConnectionsSession.accounts.length === 0) say("No account was linked this time.");
    else showLinked(financialConnectionsSession.accounts);
  } catch (problem) {
    say(`The flow could not be opened. ${problem.message}`, "error");
  } finally {
    button.ariaDisabled = null;
  }
}

/** Turns stacked sections into tabs: arrow keys move, as people expect of tabs. */
function makeTabs(root) {
  const panels = [...root.querySelectorAll("[data-tab]")];
  const list = document.createElement("div");
  list.className = "tab-list";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Language");
  const tabs = panels.map((panel, index) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.textContent = panel.dataset.tab;
    tab.id = `tab-${index}`;
    tab.setAttribute("role", "tab");
    panel.id = `panel-${index}`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    tab.setAttribute("aria-controls", panel.id);
    return tab;
  });
  const select = (chosen) => {
    tabs.forEach((tab, index) => {
      tab.ariaSelected = String(index === chosen);
      tab.tabIndex = index === chosen ? 0 : -1;
      panels[index].hidden = index !== chosen;
    });
  };
  list.append(...tabs);
  list.addEventListener("click", (event) => {
    const index = tabs.indexOf(event.target.closest("button"));
    if (index >= 0) select(index);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length;
    select(next);
    tabs[next].focus();
  });
  root.prepend(list);
  root.dataset.ready = "";
  select(0);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.copy !== undefined) copy(button);
  else if (button?.dataset.try !== undefined) link(button);
});
document.querySelectorAll("[data-tabs]").forEach(makeTabs);
