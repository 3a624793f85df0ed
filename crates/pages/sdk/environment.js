// Where this copy of the SDK came from, what it says to people, and the error for calls that are wrong in themselves.

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
