// The end of the bank's window: tells the flow that it may go on, then closes itself.

const flow = document.body.dataset.flow;

window.opener?.postMessage({ source: "drawbridge", type: "returned" }, location.origin);
if (flow && "BroadcastChannel" in window) {
  const channel = new BroadcastChannel("drawbridge-flow");
  channel.postMessage({ flow });
  channel.close();
}
window.close();
