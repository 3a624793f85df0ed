// The browser SDK: a classic script that gives `window.Stripe`. It opens the linking flow in a modal frame
// and resolves with the shape of the official function. Everything is styled through the CSSOM, so that a
// merchant's page needs no 'unsafe-inline' in its Content-Security-Policy.
(() => {
  "use strict";

  const script = document.currentScript;
  const address = new URL(script ? script.src : location.href, location.href);
  const origin = address.origin;
  // The versioned address carries a release name; the old one reports the number that it always did.
  const version = address.pathname.startsWith("/endive/") ? "endive" : 3;
  const phoneWidth = 520;
  /** Milliseconds after which people get a way out of a frame that does not come up. */
  const readyWithin = 4000;

  /** What this script itself says to people; the flow's pages have texts of their own. */
  const words = {
    en: { title: "Link a bank account", cancel: "Cancel" },
    es: { title: "Conectar una cuenta bancaria", cancel: "Cancelar" },
  };

  /** The number of open modals on this page is at most one. */
  let modalIsOpen = false;

  class IntegrationError extends Error {
    constructor(message) {
      super(message);
      this.name = "IntegrationError";
    }
  }

  function checkPublishableKey(key) {
    if (typeof key !== "string" || key.trim() === "") {
      throw new IntegrationError("Stripe() needs your publishable key, a string that begins with pk_.");
    }
    if (/^(sk|rk)_/.test(key)) {
      throw new IntegrationError(
        "Stripe() was given a secret or restricted key. Never use one in a browser: pass the publishable key, which begins with pk_.",
      );
    }
    if (!key.startsWith("pk_")) {
      throw new IntegrationError("Stripe() needs a publishable key: it begins with pk_test_ or pk_live_.");
    }
  }

  function checkOptions(options) {
    if (options === undefined || options === null) return {};
    if (typeof options !== "object" || Array.isArray(options)) {
      throw new IntegrationError("The second argument of Stripe() must be an object of options.");
    }
    for (const name of ["stripeAccount", "apiVersion", "locale"]) {
      if (options[name] !== undefined && typeof options[name] !== "string") {
        throw new IntegrationError(`The option ${name} of Stripe() must be a string.`);
      }
    }
    return options;
  }

  function checkClientSecret(name, input) {
    if (typeof input !== "object" || input === null || Array.isArray(input)) {
      throw new IntegrationError(`${name} needs an object with a clientSecret.`);
    }
    const secret = input.clientSecret;
    if (typeof secret !== "string" || !/^fcsess_\w+_secret_\w+$/.test(secret)) {
      throw new IntegrationError(
        `${name} needs the client_secret of a Financial Connections Session as clientSecret: fcsess_…_secret_….`,
      );
    }
    return secret;
  }

  /** Calls our API from the browser; answers `{value}` or `{error}` and never throws. */
  async function call(client, path, parameters) {
    const headers = {
      Authorization: `Bearer ${client.key}`,
      "Content-Type": "application/x-www-form-urlencoded",
    };
    if (client.options.stripeAccount) headers["Stripe-Account"] = client.options.stripeAccount;
    if (client.options.apiVersion) headers["Stripe-Version"] = client.options.apiVersion;
    try {
      const response = await fetch(`${origin}/drawbridge/v1/connections/${path}`, {
        method: "POST",
        headers,
        body: new URLSearchParams(parameters).toString(),
        credentials: "omit",
        cache: "no-store",
      });
      const body = await response.json();
      if (response.ok) return { value: body };
      return { error: body.error ?? { type: "api_error", message: `The server answered ${response.status}.` } };
    } catch {
      return {
        error: {
          type: "api_connection_error",
          message: "The server could not be reached. Check your connection and try again.",
        },
      };
    }
  }

  function style(element, rules) {
    for (const [name, value] of Object.entries(rules)) element.style.setProperty(name, value);
  }

  /** The language that the merchant asked for, or none when the browser's own counts. */
  function askedLocale(client) {
    const locale = client.options.locale;
    return locale && locale !== "auto" ? locale : null;
  }

  /** The first language of the person that there are words in. */
  function wordsFor(client) {
    const tags = [askedLocale(client), ...(navigator.languages ?? [navigator.language])];
    const known = tags.map((tag) => words[String(tag).toLowerCase().split("-")[0]]).find(Boolean);
    return known ?? words.en;
  }

  function buildDialog(url, { title, cancel }) {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", title);
    dialog.setAttribute("aria-modal", "true");
    dialog.setAttribute("closedby", "none");
    style(dialog, {
      position: "fixed", inset: "0", width: "100vw", height: "100dvh", "max-width": "none", "max-height": "none",
      margin: "0", padding: "0", border: "0", background: "rgba(9, 22, 28, 0.55)", overflow: "hidden",
      "box-sizing": "border-box", "align-items": "center", "justify-content": "center",
    });
    const frame = document.createElement("iframe");
    frame.title = title;
    frame.name = "drawbridge-flow";
    frame.setAttribute("allow", "clipboard-write");
    frame.src = url;
    // A way out for the case that the frame never comes up; see `showModal`.
    const exit = document.createElement("button");
    exit.type = "button";
    exit.textContent = cancel;
    exit.hidden = true;
    style(exit, {
      position: "fixed", top: "12px", right: "12px", "min-width": "88px", "min-height": "44px", padding: "0 16px",
      border: "0", "border-radius": "10px", background: "#ffffff", color: "#12262d", cursor: "pointer",
      font: "600 16px system-ui, sans-serif",
    });
    dialog.append(frame, exit);
    return { dialog, frame, exit };
  }

  /** A card in the middle of a wide page, the whole screen on a phone. */
  function fit(frame) {
    const phone = window.innerWidth <= phoneWidth;
    style(frame, {
      display: "block", border: "0", background: "transparent",
      width: phone ? "100%" : "440px",
      height: phone ? "100%" : "min(720px, calc(100dvh - 48px))",
      "border-radius": phone ? "0" : "16px",
      "box-shadow": phone ? "none" : "0 24px 64px rgba(4, 16, 22, 0.35)",
    });
  }

  /** Shows the flow and settles when the person is done with it, however they leave. */
  function showModal(url, texts) {
    const returnFocusTo = document.activeElement;
    const flowOrigin = new URL(url).origin;
    const { dialog, frame, exit } = buildDialog(url, texts);
    const scrolling = document.documentElement.style.overflow;
    document.documentElement.style.overflow = "hidden";
    fit(frame);
    document.body.append(dialog);
    dialog.showModal();
    dialog.style.setProperty("display", "flex");

    return new Promise((resolve) => {
      let ready = false;
      const patience = setTimeout(() => {
        exit.hidden = ready;
      }, readyWithin);
      const askToLeave = (event) => {
        event.preventDefault();
        if (!ready) leave();
        else frame.contentWindow?.postMessage({ source: "drawbridge", type: "ask_cancel" }, flowOrigin);
      };
      const onKey = (event) => {
        if (event.key === "Escape") askToLeave(event);
      };
      const onResize = () => fit(frame);
      const onMessage = (event) => {
        if (event.origin !== flowOrigin || event.source !== frame.contentWindow) return;
        const message = event.data;
        if (!message || message.source !== "drawbridge") return;
        if (message.type === "ready") {
          ready = true;
          exit.hidden = true;
        }
        if (message.type === "done" || message.type === "cancel") leave();
      };
      const leave = () => {
        clearTimeout(patience);
        window.removeEventListener("message", onMessage);
        window.removeEventListener("resize", onResize);
        dialog.removeEventListener("close", leave);
        dialog.remove();
        document.documentElement.style.overflow = scrolling;
        if (returnFocusTo instanceof HTMLElement) returnFocusTo.focus();
        resolve();
      };
      window.addEventListener("message", onMessage);
      window.addEventListener("resize", onResize);
      dialog.addEventListener("cancel", askToLeave);
      dialog.addEventListener("keydown", onKey);
      // A browser may close a dialog against our wish (a second Esc, a back gesture): that is leaving, too.
      dialog.addEventListener("close", leave);
      exit.addEventListener("click", leave);
      frame.addEventListener("load", () => frame.focus(), { once: true });
    });
  }

  async function collect(client, clientSecret) {
    modalIsOpen = true;
    try {
      const locale = askedLocale(client);
      const opened = await call(client, "flows", { client_secret: clientSecret, ...(locale ? { locale } : {}) });
      if (opened.error) return { error: opened.error };
      await showModal(opened.value.url, wordsFor(client));
      const result = await call(client, "flows/result", { client_secret: clientSecret });
      if (result.error) return { error: result.error };
      return { financialConnectionsSession: result.value.financialConnectionsSession };
    } finally {
      modalIsOpen = false;
    }
  }

  function Stripe(publishableKey, options) {
    checkPublishableKey(publishableKey);
    const client = { key: publishableKey.trim(), options: checkOptions(options) };
    return {
      collectFinancialConnectionsAccounts(input) {
        const name = "stripe.collectFinancialConnectionsAccounts()";
        const clientSecret = checkClientSecret(name, input);
        if (modalIsOpen) {
          return Promise.reject(
            new IntegrationError(`${name} was called while the flow is open. Wait for the first call to resolve.`),
          );
        }
        return collect(client, clientSecret);
      },
      registerAppInfo() {},
      _registerWrapper() {},
    };
  }
  Stripe.version = version;

  // The first copy wins, so that a page that loads the script twice keeps one modal.
  if (!window.Stripe) window.Stripe = Stripe;
})();
