// The modal frame in which people link an account. Everything is styled through the CSSOM, so that a merchant's page needs no
// 'unsafe-inline' in its Content-Security-Policy.

function style(element, rules) {
  for (const [name, value] of Object.entries(rules)) element.style.setProperty(name, value);
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
