// What callers hand in, checked before anything is asked of the server.

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

function checkObject(name, input) {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new IntegrationError(`${name} needs an object.`);
  }
  return input;
}

function checkOptional(name, input) {
  return input === undefined || input === null ? {} : checkObject(name, input);
}

function checkSessionSecret(name, input) {
  const secret = checkObject(name, input).clientSecret;
  if (typeof secret !== "string" || !/^fcsess_\w+_secret_\w+$/.test(secret)) {
    throw new IntegrationError(
      `${name} needs the client_secret of a Financial Connections Session as clientSecret: fcsess_…_secret_….`,
    );
  }
  return secret;
}

function checkIntentSecret(name, kind, secret) {
  if (typeof secret !== "string" || !new RegExp(`^${kind.prefix}_[A-Za-z0-9]+_secret_\\w+$`).test(secret)) {
    throw new IntegrationError(`${name} needs the client_secret of a ${kind.noun}: ${kind.prefix}_…_secret_….`);
  }
  return secret;
}

function checkCollect(name, kind, input) {
  const { clientSecret, params, expand } = checkObject(name, input);
  checkIntentSecret(name, kind, clientSecret);
  const data = checkObject(`${name} params`, params);
  if (data.payment_method_type !== "us_bank_account") {
    throw new IntegrationError(`${name} needs params.payment_method_type: 'us_bank_account'.`);
  }
  const billing = checkObject(`${name} params.payment_method_data`, data.payment_method_data).billing_details;
  if (typeof checkObject(`${name} billing_details`, billing).name !== "string") {
    throw new IntegrationError(`${name} needs params.payment_method_data.billing_details.name.`);
  }
  return { clientSecret, params: data, expand };
}
