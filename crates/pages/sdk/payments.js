// Paying from a bank account: the functions of Payment Intents, Setup Intents, payment methods and tokens.

/** The two kinds of intent: where they are, and under which name a function resolves with one. */
const PAYMENT = { path: "/v1/payment_intents", result: "paymentIntent", prefix: "pi", noun: "Payment Intent" };
const SETUP = { path: "/v1/setup_intents", result: "setupIntent", prefix: "seti", noun: "Setup Intent" };

/** The intent's own address. */
function intentPath(kind, clientSecret) {
  return `${kind.path}/${clientSecret.split("_secret_")[0]}`;
}

function retrieveIntent(client, name, kind, clientSecret) {
  checkIntentSecret(name, kind, clientSecret);
  const asked = request(client, "GET", intentPath(kind, clientSecret), { client_secret: clientSecret });
  return named(kind.result, asked);
}

/** Links an account and attaches it to the intent, which then waits to be confirmed. */
function collectForIntent(client, name, kind, input) {
  const { clientSecret, params, expand } = checkCollect(name, kind, input);
  return alone(name, async () => {
    const base = intentPath(kind, clientSecret);
    const session = await request(client, "POST", `${base}/link_account_sessions`, {
      client_secret: clientSecret,
      payment_method_data: { type: params.payment_method_type, ...params.payment_method_data },
    });
    if (session.error) return { error: session.error };
    const error = await walk(client, session.value.client_secret);
    if (error) return { error };
    const attach = `${base}/link_account_sessions/${session.value.id}/attach`;
    return named(kind.result, request(client, "POST", attach, { client_secret: clientSecret, expand }));
  });
}

/** Confirms with what the intent has, with a saved payment method, or with numbers. The person agrees to the mandate by it. */
function confirmIntent(client, name, kind, clientSecret, data) {
  checkIntentSecret(name, kind, clientSecret);
  const { payment_method: method, ...rest } = checkOptional(name, data);
  const given = typeof method === "object" && method !== null
    ? { payment_method_data: { type: "us_bank_account", ...method } }
    : { payment_method: method };
  const asked = request(client, "POST", `${intentPath(kind, clientSecret)}/confirm`, {
    ...rest,
    ...given,
    client_secret: clientSecret,
    mandate_data: rest.mandate_data ?? { customer_acceptance: { type: "online", online: { infer_from_client: true } } },
  });
  return named(kind.result, asked);
}

function verifyMicrodeposits(client, name, kind, clientSecret, data) {
  checkIntentSecret(name, kind, clientSecret);
  const asked = request(client, "POST", `${intentPath(kind, clientSecret)}/verify_microdeposits`, {
    ...checkOptional(name, data),
    client_secret: clientSecret,
  });
  return named(kind.result, asked);
}

/** Bank accounts need nothing here: what is left to do, people do later, when small deposits have arrived. */
async function handleNextAction(client, input) {
  const name = "stripe.handleNextAction()";
  const clientSecret = checkObject(name, input).clientSecret;
  const kind = typeof clientSecret === "string" && clientSecret.startsWith("seti_") ? SETUP : PAYMENT;
  const found = await retrieveIntent(client, name, kind, clientSecret);
  if (found.error) return found;
  const status = found[kind.result].status;
  if (status !== "requires_action") {
    throw new IntegrationError(`${name}: the ${kind.noun} is '${status}', and only 'requires_action' has a next action.`);
  }
  return found;
}

function createPaymentMethod(client, input) {
  const name = "stripe.createPaymentMethod()";
  const data = checkObject(name, input);
  if (data.type !== "us_bank_account") {
    throw new IntegrationError(`${name} needs the type 'us_bank_account'; this server takes no other payment methods.`);
  }
  return named("paymentMethod", request(client, "POST", "/v1/payment_methods", data));
}

function createToken(client, type, data) {
  const name = "stripe.createToken()";
  if (type !== "bank_account") {
    throw new IntegrationError(`${name} makes tokens of the type 'bank_account' only.`);
  }
  return named("token", request(client, "POST", "/v1/tokens", { bank_account: checkObject(name, data) }));
}
