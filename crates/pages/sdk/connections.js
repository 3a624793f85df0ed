// Linking accounts: `collectFinancialConnectionsAccounts` and `collectBankAccountToken`.

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

/** Runs what opens the modal; only one may be open on a page. */
async function alone(name, run) {
  if (modalIsOpen) {
    throw new IntegrationError(`${name} was called while the flow is open. Wait for the first call to resolve.`);
  }
  modalIsOpen = true;
  try {
    return await run();
  } finally {
    modalIsOpen = false;
  }
}

/** Shows a session's flow; answers an error only if it could not be opened. */
async function walk(client, clientSecret) {
  const locale = askedLocale(client);
  const opened = await request(client, "POST", "/drawbridge/v1/connections/flows", {
    client_secret: clientSecret,
    locale: locale ?? undefined,
  });
  if (opened.error) return opened.error;
  await showModal(opened.value.url, wordsFor(client));
  return null;
}

async function collect(client, clientSecret, extra) {
  const error = await walk(client, clientSecret);
  if (error) return { error };
  const asked = { client_secret: clientSecret, ...extra };
  const result = await request(client, "POST", "/drawbridge/v1/connections/flows/result", asked);
  return result.error ? { error: result.error } : result.value;
}

function collectFinancialConnectionsAccounts(client, input) {
  const name = "stripe.collectFinancialConnectionsAccounts()";
  const clientSecret = checkSessionSecret(name, input);
  return alone(name, () => collect(client, clientSecret));
}

/** The token is null when the person left without an account. */
function collectBankAccountToken(client, input) {
  const name = "stripe.collectBankAccountToken()";
  const clientSecret = checkSessionSecret(name, input);
  return alone(name, async () => {
    const result = await collect(client, clientSecret, { bank_account_token: true });
    if (result.error) return { financialConnectionsSession: undefined, token: undefined, error: result.error };
    return { financialConnectionsSession: result.financialConnectionsSession, token: result.token };
  });
}
