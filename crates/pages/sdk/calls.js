// Calls of our API from a merchant's page.

/** `{a: {b: [1]}}` as the API's forms have it: `a[b][0]=1`. What is undefined is left out, null is sent as empty. */
function encode(parameters) {
  const pairs = [];
  const walk = (name, value) => {
    if (value === undefined) return;
    if (Array.isArray(value)) value.forEach((one, index) => walk(`${name}[${index}]`, one));
    else if (typeof value === "object" && value !== null) {
      for (const [key, one] of Object.entries(value)) walk(name ? `${name}[${key}]` : key, one);
    } else pairs.push([name, value === null ? "" : String(value)]);
  };
  walk("", parameters);
  return new URLSearchParams(pairs).toString();
}

/** Asks the API; answers `{value}` or `{error}` and never throws. */
async function request(client, method, path, parameters) {
  const headers = { Authorization: `Bearer ${client.key}` };
  if (client.options.stripeAccount) headers["Stripe-Account"] = client.options.stripeAccount;
  if (client.options.apiVersion) headers["Stripe-Version"] = client.options.apiVersion;
  const form = encode(parameters);
  const posts = method === "POST";
  if (posts) headers["Content-Type"] = "application/x-www-form-urlencoded";
  try {
    const response = await fetch(`${origin}${path}${posts || !form ? "" : `?${form}`}`, {
      method,
      headers,
      body: posts ? form : undefined,
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

/** The answer under the name that the official function gives it. */
async function named(name, asked) {
  const { value, error } = await asked;
  return error ? { error } : { [name]: value };
}
