// Asking the monitor, and saying in a sentence what went wrong.

/** The monitor answered, and said no; its message is a sentence for the reader. */
export class Refusal extends Error {}

/** Nobody answered. */
export class Unreachable extends Error {}

const kept = new Map();

/**
 * What is at this address, as JSON. The very same object as last time where nothing changed.
 * Throws Refusal with the monitor's own sentence, or Unreachable where nobody answers.
 */
export async function get(address) {
  const last = kept.get(address);
  const headers = last ? { "If-None-Match": last.tag } : {};
  const response = await answerTo(address, { headers });
  if (response.status === 304) return last.content;
  const content = await contentOf(response);
  const tag = response.headers.get("ETag");
  if (tag) kept.set(address, { tag, content });
  return content;
}

/** New points of many curves; `body` as smilecascade.monitor.wishes reads it. */
export async function ask(address, body) {
  const headers = { "Content-Type": "application/json" };
  return contentOf(await answerTo(address, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function answerTo(address, request) {
  try {
    return await fetch(address, { ...request, cache: "no-store" });
  } catch (error) {
    throw new Unreachable(error.message);
  }
}

async function contentOf(response) {
  const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
  if (response.ok && isJson) return response.json();
  const text = isJson ? (await response.json()).error : await response.text();
  throw new Refusal(text || `the monitor answered ${response.status}`);
}
