// A web server of a merchant that takes webhooks and remembers them.
import http from 'node:http';
import { eventually } from './world.mjs';

/** Starts one; it is closed when the test ends. `answer(count, event)` gives the status, or a promise of it. */
export async function receiver(context, answer = () => 200) {
  const received = [];
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const event = JSON.parse(body);
    received.push({ headers: request.headers, body, event, path: request.url });
    response.statusCode = await answer(received.length, event);
    response.end('noted');
  });
  await new Promise((listening) => { server.listen(0, '127.0.0.1', listening); });
  context.after(() => { server.closeAllConnections(); server.close(); });
  return {
    url: `http://127.0.0.1:${server.address().port}/hooks`,
    received,
    /** Waits for a delivery that the predicate accepts. */
    next: (what, accepts = () => true) => eventually(what, () => received.find(accepts)),
    of: (type) => received.filter((delivery) => delivery.event.type === type),
  };
}
